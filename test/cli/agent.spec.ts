import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeCertificateFolder } from '../../src/cli/certificate-folder.js';
import { rootFingerprint } from '../../src/client/index.js';
import { FakeMuster, ROTATION, secretOf } from '../consumer/fake-muster.js';
import { untilTrue } from '../consumer/until-true.js';
import { ensureBuilt } from '../harness/build.js';
import { Running } from './running.js';
import { Terminal } from './terminal.js';

jest.setTimeout(120_000);

const muster = new FakeMuster();
let terminal: Terminal;
let running: Running[];

const text = (name: string) => readFile(terminal.file(name), 'utf8').catch(() => undefined);
const heard = () => muster.acknowledged.map(({ version }) => version);
const pin = () => ['--url', muster.url, '--ca-fingerprint', rootFingerprint(muster.rootPem)];

function start(...words: string[]): Running {
  const made = Running.muster(['agent', '--config', 'agent.yaml', ...words, ...pin()], terminal.directory, {});
  running.push(made);
  return made;
}

const status = (...words: string[]) => terminal.muster(['agent', 'status', '--config', 'agent.yaml', ...words]);

/** Configures one secret in two files, and what becomes of its user. */
async function configure(afterChange = ''): Promise<void> {
  await writeFile(
    terminal.file('agent.yaml'),
    `certificates:
  - folder: certificate
    joinTokenFile: join-token
    secrets:
      - rotation: ${ROTATION}
        instance: orders-1
        files:
          - path: password
          - path: database.env
            text: "USER={account}\\nPASSWORD={secret}\\n"
        ${afterChange}
statusFile: status.json
`,
  );
}

async function holdCertificate(): Promise<void> {
  const [certificate, issuer] = muster.held.chain.split(/(?<=-----END CERTIFICATE-----\n)/) as [string, string];
  const held = { root: muster.rootPem, key: muster.held.key, certificate, issuers: [issuer] };
  await writeCertificateFolder(terminal.file('certificate'), held);
}

beforeAll(async () => {
  await Promise.all([ensureBuilt(), muster.start()]);
});
afterAll(() => muster.stop());
beforeEach(async () => {
  [running, terminal] = [[], await Terminal.open()];
  muster.asked.length = muster.acknowledged.length = muster.refusals.length = muster.proofs.length = 0;
  muster.handed = secretOf(1);
  await holdCertificate();
  await configure();
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await terminal.close();
});

describe('muster agent', () => {
  it('writes what it fetches into files of their owner’s alone, and says that it is in use', async () => {
    start();
    await untilTrue(() => heard().length === 1);
    expect(await text('password')).toBe('secret-1');
    expect(await text('database.env')).toBe('USER=orders_b\nPASSWORD=secret-1\n');
    for (const name of ['password', 'database.env', 'status.json'])
      expect((await stat(terminal.file(name))).mode & 0o777).toBe(0o600);
    expect(muster.acknowledged).toEqual([{ version: 1, instance: 'orders-1' }]);
  });

  it('replaces them when another version comes, runs what it was told to, and only then says so', async () => {
    const command = JSON.stringify([process.execPath, '-e', `require('fs').copyFileSync('password', 'taken')`]);
    await configure(`afterChange: { command: ${command} }`);
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    start();
    await untilTrue(async () => (await text('taken')) === 'secret-1' && heard().length === 1);
    muster.handed = secretOf(2, { previousVersion: 1 });
    await untilTrue(() => heard().includes(2));
    expect([await text('password'), await text('taken')]).toEqual(['secret-2', 'secret-2']);
  });

  it('comes sooner than it was told to when somebody says so', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 3600 });
    const made = start();
    await untilTrue(() => made.err.includes('Everything is there.'));
    muster.handed = secretOf(2, { previousVersion: 1 });
    made.child.kill('SIGHUP');
    await untilTrue(() => heard().includes(2));
  });

  it('does not say that it is in use where nobody took it up, and tries that again', async () => {
    const command = JSON.stringify([process.execPath, '-e', `require('fs').accessSync('ready')`]);
    await configure(`afterChange: { command: ${command} }`);
    const made = start();
    await untilTrue(() => made.err.includes('command_failed'));
    expect(heard()).toEqual([]);
    await writeFile(terminal.file('ready'), '');
    await untilTrue(() => heard().length === 1);
  });

  it('signals whoever uses it', async () => {
    await configure('afterChange: { signal: SIGHUP, pidFile: pid }');
    const program = `process.on('SIGHUP', () => { console.log('hung up'); }); console.log('began'); setInterval(() => 0, 1000)`;
    const user = Running.node(['-e', program], terminal.directory);
    running.push(user);
    await user.writes('began');
    await writeFile(terminal.file('pid'), `${user.child.pid}\n`);
    start();
    await user.writes('hung up');
  });

  it('leaves alone what is as it should be when it starts again', async () => {
    await writeFile(terminal.file('password'), 'secret-1');
    await writeFile(terminal.file('database.env'), 'USER=orders_b\nPASSWORD=secret-1\n');
    await configure(`afterChange: { command: [no-such-command-here] }`);
    start();
    await untilTrue(() => heard().length === 1);
  });

  it('fetches the first certificate, and ends once everything is there where it is told so', async () => {
    await terminal.node(['-e', `require('fs').rmSync('certificate', { recursive: true })`]);
    await writeFile(terminal.file('join-token'), 'a-join-token');
    const made = start('--once');
    expect(await made.status()).toBe(0);
    expect(muster.proofs).toEqual([expect.stringContaining('a-join-token')]);
    expect(await text('password')).toBe('secret-1');
  });

  it('says how it stands, and ends in good order', async () => {
    const made = start();
    await untilTrue(() => made.err.includes('Everything is there.'));
    const { status: well, out } = await status('--json');
    expect({ well, shown: JSON.parse(out) as unknown }).toMatchObject({
      well: 0,
      shown: { state: 'ok', credentials: [{ kind: 'certificate' }, { kind: 'secret', name: ROTATION, version: 1 }] },
    });
    made.child.kill('SIGTERM');
    expect(await made.status()).toBe(0);
    expect(await readdir(terminal.directory)).not.toContain('status.json');
    expect((await status()).status).toBe(1);
  });

  it('lives on where nobody reads what it says', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    muster.refusals.push({ status: 503, code: 'unavailable' });
    const made = start();
    made.child.stderr!.destroy();
    for (const version of [1, 2, 3]) {
      muster.handed = secretOf(version, { renewAfterSeconds: 1 });
      await untilTrue(() => heard().includes(version) || made.hasEnded);
    }
    expect({ heard: heard(), hasEnded: made.hasEnded }).toEqual({ heard: [1, 2, 3], hasEnded: false });
  });

  it('waits for a service that is away, and says so', async () => {
    await muster.stop();
    const made = start();
    await untilTrue(() => made.err.includes('unreachable'));
    const { status: ill, out } = await status('--json');
    await muster.start();
    expect({ ill, state: (JSON.parse(out) as { state: string }).state }).toEqual({ ill: 1, state: 'failing' });
    await untilTrue(() => heard().length === 1);
    expect((await status()).status).toBe(0);
  });

  it.each([
    ['certificates: []', 'certificates'],
    ['certificates: [{ folder: a, passwrd: b }]', 'passwrd'],
    ['certificates: [{ folder: a, secrets: [{ rotation: rot_1, files: [{ path: b }] }] }]', 'rotation'],
    [`certificates: [{ folder: a, secrets: [{ rotation: ${ROTATION}, files: [{ path: b, text: "{x}" }] }] }]`, 'place'],
    ['certificates: [{ folder: a, afterChange: { signal: SIGNOTHING, pidFile: p } }]', 'signal'],
    ['{', 'YAML'],
  ])('refuses a file that says %s', async (config, words) => {
    await writeFile(terminal.file('agent.yaml'), config);
    const made = start();
    expect(await made.status()).toBe(1);
    expect(made.err).toContain(words);
  });

  it('writes the secret nowhere but where it was told to (P9)', async () => {
    muster.handed = secretOf(1, { secret: 'canary-1' });
    const made = start();
    await untilTrue(() => heard().length === 1);
    await made.stop();
    expect(made.out + made.err).not.toContain('canary');
    const told = ['password', 'database.env'].map((name) => terminal.file(name));
    for (const file of await readdir(terminal.directory, { recursive: true, withFileTypes: true })) {
      const path = `${file.parentPath}/${file.name}`;
      if (file.isFile() && !told.includes(path)) expect(await readFile(path, 'utf8')).not.toContain('canary');
    }
  });
});
