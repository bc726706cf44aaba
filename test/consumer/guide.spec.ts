import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAgentConfig } from '../../src/cli/agent/config.js';
import { writeCertificateFolder } from '../../src/cli/certificate-folder.js';
import { NOUNS } from '../../src/cli/nouns.js';
import { createProgram } from '../../src/cli/program.js';
import { FakeMuster, secretOf } from './fake-muster.js';
import { guideExample } from './guide-example.js';
import { untilTrue } from './until-true.js';

const GUIDE = path.join(import.meta.dirname, '../../docs/guides/consumer.md');

let guide: string;
let directory: string;
const before = process.cwd();

const blockOf = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide)![1]!;

beforeAll(async () => {
  [guide, directory] = [await readFile(GUIDE, 'utf8'), await mkdtemp(path.join(tmpdir(), 'muster-guide-'))];
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

describe('the guide for consumers', () => {
  it('shows a program that is tried here, letter by letter', async () => {
    const tried = await readFile(path.join(import.meta.dirname, 'guide-example.ts'), 'utf8');
    const body = /\/\/ begin\n([\s\S]*?) {2}\/\/ end/.exec(tried)![1]!.replace(/^ {2}/gm, '');
    expect(blockOf('ts').split('\n\n').slice(1).join('\n\n')).toBe(body);
  });

  it('shows a program that works', async () => {
    const rotation = 'rot_0192f0c1a2b37c4d8e5f60718293a4b5';
    const muster = new FakeMuster(rotation);
    await muster.start();
    const [certificate, issuer] = muster.held.chain.split(/(?<=-----END CERTIFICATE-----\n)/) as [string, string];
    const held = { root: muster.rootPem, key: muster.held.key, certificate, issuers: [issuer] };
    await writeCertificateFolder(path.join(directory, 'muster-certificate'), held);
    process.chdir(directory);
    const refused = Object.assign(new Error('password authentication failed'), { code: '28P01' });
    const signIn = async (account: string, password: string) => {
      if (password !== 'secret-2') {
        muster.handed = secretOf(2);
        throw refused;
      }
      await untilTrue(() => true);
      return `${account} is in`;
    };
    expect(await guideExample(muster.service.mutualUrl, signIn, () => undefined)).toBe('orders_a is in');
    await muster.stop();
  });

  it('shows a configuration that an agent takes', async () => {
    await writeFile(path.join(directory, 'agent.yaml'), blockOf('yaml'));
    const { certificates, statusFile } = await readAgentConfig(path.join(directory, 'agent.yaml'));
    expect({ folders: certificates.map(({ folder }) => folder), statusFile }).toEqual({
      folders: ['/var/lib/orders/certificate', '/var/lib/nginx/certificate'],
      statusFile: '/run/muster/agent.json',
    });
  });

  it('names no option that the command does not have', () => {
    const program = createProgram('0.0.0', NOUNS);
    const known = ['exec', 'agent', 'cert'].flatMap((name) =>
      program.commands.find((one) => one.name() === name)!.options.map(({ long }) => long),
    );
    const named = new Set([...guide.matchAll(/(?<=[`' ])--[a-z-]+/g)].map(([option]) => option));
    expect([...named].filter((option) => !known.includes(option))).toEqual([]);
    expect(named.size).toBeGreaterThan(6);
  });
});
