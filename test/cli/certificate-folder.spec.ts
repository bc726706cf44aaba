import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdtemp, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCertificateFolder, writeCertificateFolder } from '../../src/cli/certificate-folder.js';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

let directory: string;
let folder: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'muster-folder-'));
  folder = path.join(directory, 'held');
});
afterEach(() => rm(directory, { recursive: true }));

/** A pair in which key and certificate say which of all pairs they are of. */
const pair = (number: number) => ({
  root: 'root',
  key: `pair ${number}`,
  certificate: `pair ${number}`,
  issuers: ['issuer'],
});
const whole = (number: number) => ({ root: 'root\n', key: `pair ${number}\n`, chain: `pair ${number}\nissuer\n` });

/** What any program finds that resolves the link once. */
async function found(): Promise<string[]> {
  const current = await realpath(path.join(folder, 'current'));
  return Promise.all(['key.pem', 'certificate.pem'].map((name) => readFile(path.join(current, name), 'utf8')));
}

describe('the folder of a certificate', () => {
  it('holds the newest pair under its plain names, for its owner alone', async () => {
    await writeCertificateFolder(folder, pair(1));
    await writeCertificateFolder(folder, pair(2));
    expect(await readCertificateFolder(folder)).toEqual(whole(2));
    for (const name of ['root.pem', 'key.pem', 'issuers.pem', 'chain.pem', 'certificate.pem'])
      expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(path.join(folder, 'key.pem'), 'utf8')).toBe('pair 2\n');
    expect((await lstat(path.join(folder, 'current'))).isSymbolicLink()).toBe(true);
  });

  it('keeps the pair before for those who are reading it, and none older', async () => {
    for (const number of [1, 2, 3, 4]) await writeCertificateFolder(folder, pair(number));
    const versions = (await readdir(folder)).filter((name) => name.startsWith('version-'));
    const keys = await Promise.all(versions.map((name) => readFile(path.join(folder, name, 'key.pem'), 'utf8')));
    expect(keys.sort()).toEqual(['pair 3\n', 'pair 4\n']);
  });

  it('never shows a key beside another’s certificate, while it is replaced and the writer is killed at random', async () => {
    await ensureBuilt();
    await writeCertificateFolder(folder, pair(0));
    const module = pathToFileURL(path.join(REPOSITORY, 'dist/src/cli/certificate-folder.js')).href;
    const program = `
      const { writeCertificateFolder } = await import(${JSON.stringify(module)});
      for (let number = Date.now(); ; number += 1) {
        const text = 'pair ' + number;
        const held = { root: 'root', key: text, certificate: text, issuers: ['issuer'] };
        await writeCertificateFolder(${JSON.stringify(folder)}, held);
        process.stdout.write('.');
      }`;
    for (let life = 0; life < 8; life += 1) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 2] });
      await once(writer.stdout!, 'data');
      const over = Date.now() + 20 + 17 * life;
      for (let looks = 0; looks < 5 || Date.now() < over; looks += 1) {
        const [key, certificate] = await found().catch(() => ['replaced twice', 'replaced twice']);
        expect(key).toBe(certificate);
        const held = await readCertificateFolder(folder);
        expect(held.chain).toBe(`${held.key}issuer\n`);
      }
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const [key, certificate] = await found();
      expect(key).toBe(certificate);
      await sleep(1);
    }
  });
});
