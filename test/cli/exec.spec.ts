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

/** A program that says what it was given, and lives until it is told to end. */
const PROGRAM = `
  const { readFileSync } = require('node:fs');
  const say = (what) => process.stdout.write(what + ' ' + process.env.PASSWORD + ' ' + process.env.DSN + '\\n');
  const read = () => process.stdout.write('read ' + readFileSync(process.env.FILE ?? '/dev/null', 'utf8') + '\\n');
  process.on('SIGTERM', () => { process.stdout.write('told to end\\n'); process.exit(7); });
  process.on('SIGHUP', read);
  process.on('SIGUSR2', () => process.exit(3));
  say('began');
  read();
  setInterval(() => undefined, 1000);
`;

const command = ['--', process.execPath, '-e', PROGRAM];
const byFile = () => ['--secret', ROTATION, '--file', `${terminal.file('password')}={account}:{secret}`];

function exec(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const pin = ['--ca-fingerprint', rootFingerprint(muster.rootPem)];
  const made = Running.muster(['exec', '--url', muster.url, ...pin, ...words], terminal.directory, environment);
  running.push(made);
  return made;
}

async function holdCertificate(): Promise<void> {
  const [certificate, issuer] = muster.held.chain.split(/(?<=-----END CERTIFICATE-----\n)/) as [string, string];
  const held = { root: muster.rootPem, key: muster.held.key, certificate, issuers: [issuer] };
  await writeCertificateFolder(terminal.file('muster-certificate'), held);
}

const heard = () => muster.acknowledged.map(({ version }) => version);

beforeAll(async () => {
  await Promise.all([ensureBuilt(), muster.start()]);
});
afterAll(() => muster.stop());
beforeEach(async () => {
  [running, terminal] = [[], await Terminal.open()];
  muster.asked.length = muster.acknowledged.length = muster.refusals.length = muster.proofs.length = 0;
  muster.handed = secretOf(1);
  muster.renewAfterSeconds = 2400;
  await holdCertificate();
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await terminal.close();
});

describe('muster exec', () => {
  const byEnvironment = [
    '--secret',
    ROTATION,
    '--env',
    'PASSWORD',
    '--env',
    'DSN=postgres://{account}:{secret:url}@db',
  ];

  it('hands a secret over in the environment, says that it is in use, and ends as the command does', async () => {
    muster.handed = secretOf(1, { secret: 'a/b' });
    const made = exec([...byEnvironment, '--instance', 'orders-1', ...command]);
    await made.writes('began a/b postgres://orders_b:a%2Fb@db');
    await untilTrue(() => heard().length === 1);
    expect(muster.acknowledged).toEqual([{ version: 1, instance: 'orders-1' }]);
    made.child.kill('SIGUSR2');
    expect(await made.status()).toBe(3);
  });

  it('passes signals on', async () => {
    const made = exec([...byEnvironment, ...command]);
    await made.writes('began');
    made.child.kill('SIGTERM');
    expect(await made.status()).toBe(7);
    expect(made.out).toContain('told to end');
  });

  it('lives on with its command where nobody reads what it says', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    muster.refusals.push({ status: 503, code: 'unavailable' });
    const quiet = [
      '--',
      process.execPath,
      '-e',
      "process.on('SIGUSR2', () => process.exit(3)); setInterval(() => 0, 1000)",
    ];
    const made = exec([...byFile(), '--on-change', 'none', ...quiet]);
    made.child.stdout!.destroy();
    made.child.stderr!.destroy();
    for (const version of [1, 2, 3]) {
      muster.handed = secretOf(version, { renewAfterSeconds: 1 });
      await untilTrue(() => heard().includes(version) || made.hasEnded);
    }
    expect({ heard: heard(), hasEnded: made.hasEnded }).toEqual({ heard: [1, 2, 3], hasEnded: false });
    made.child.kill('SIGUSR2');
    expect(await made.status()).toBe(3);
  });

  it('says how a command ended that a signal ended', async () => {
    const made = exec([...byEnvironment, '--', process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")']);
    expect(await made.status()).toBe(137);
  });

  it('restarts the command with the next version, and acknowledges it only then', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    const made = exec([...byEnvironment, ...command]);
    await made.writes('began secret-1');
    muster.handed = secretOf(2, { previousVersion: 1, renewAfterSeconds: 3600 });
    await made.writes('began secret-2');
    await untilTrue(() => heard().length === 2);
    expect(heard()).toEqual([1, 2]);
    expect(made.out.indexOf('told to end')).toBeLessThan(made.out.indexOf('began secret-2'));
  });

  it('ends by force what does not end by itself, and starts it again', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    const stubborn =
      "process.on('SIGTERM', () => 0); process.on('SIGUSR2', () => process.exit()); console.log('has', process.env.PASSWORD); setInterval(() => 0, 1000)";
    const made = exec([...byEnvironment, '--stop-within', '1', '--', process.execPath, '-e', stubborn]);
    await made.writes('has secret-1');
    muster.handed = secretOf(2, { renewAfterSeconds: 3600 });
    await made.writes('has secret-2');
    made.child.kill('SIGUSR2');
    await made.status();
  });

  it('hands it over in a file of its owner’s alone, which goes with the command', async () => {
    const made = exec([...byFile(), ...command], { FILE: terminal.file('password') });
    await made.writes('read orders_b:secret-1');
    expect((await stat(terminal.file('password'))).mode & 0o777).toBe(0o600);
    await made.stop();
    expect(await readdir(terminal.directory)).not.toContain('password');
  });

  it('signals the command where it is told to, when the file is there', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    const how = ['--on-change', 'signal:SIGHUP', '--settle', '1'];
    const made = exec([...byFile(), ...how, ...command], { FILE: terminal.file('password') });
    await made.writes('read orders_b:secret-1');
    muster.handed = secretOf(2, { renewAfterSeconds: 3600 });
    await made.writes('read orders_a:secret-2');
    await untilTrue(() => heard().length === 2);
    expect(made.out.match(/began/g)).toHaveLength(1);
  });

  it('keeps the certificate’s folder fresh and tells the command where it is', async () => {
    muster.renewAfterSeconds = 1;
    const made = exec([
      '--',
      process.execPath,
      '-e',
      "console.log('in', process.env.MUSTER_CERTIFICATE); setInterval(() => 0, 1000)",
    ]);
    await made.writes('in ');
    const key = () => readFile(terminal.file('muster-certificate', 'key.pem'), 'utf8');
    const first = await key();
    await untilTrue(async () => (await key()) !== first);
    expect(made.out).toContain(`in ${terminal.file('muster-certificate')}\n`);
    expect(first).not.toBe(muster.held.key);
  });

  it.each([
    ['from the start where it holds one', []],
    ['after the first one', ['--cert', 'fresh', '--join-token-file', 'join']],
  ])('says that the certificate was not renewed, %s', async (_when, words) => {
    const refuse = () => muster.refusals.push({ status: 503, code: 'unavailable' });
    await writeFile(terminal.file('join'), 'a-join-token');
    muster.renewAfterSeconds = 1;
    if (words.length === 0) refuse();
    const made = exec([...words, ...command]);
    await made.writes('began');
    if (words.length > 0) refuse();
    await untilTrue(() => made.err.startsWith('muster: certificate: No. (unavailable). Again in 1 s.\n'));
  });

  it('does not say that it comes again where the service refuses the first secret', async () => {
    const made = exec(['--secret', ROTATION.replace(/.$/, 'f'), '--env', 'PASSWORD', ...command]);
    expect(await made.status()).toBe(1);
    expect(made.err).toMatch(/^muster: .*\n {2}code: /);
    expect(made.err).not.toContain('Again in');
  });

  it('fetches the first certificate by a join token', async () => {
    await writeFile(terminal.file('join'), 'a-join-token');
    const made = exec(['--cert', 'fresh', '--join-token-file', 'join', '--', process.execPath, '-e', '0']);
    expect({ status: await made.status(), err: made.err }).toEqual({ status: 0, err: '' });
    expect(muster.proofs).toEqual([expect.stringContaining('"a-join-token"')]);
  });

  it('ends where nothing proves what it is, and does not say that it tries again', async () => {
    const made = exec(['--cert', 'fresh', ...command]);
    expect(await made.status()).toBe(1);
    expect(made.err).toMatch(/^muster: No workload token was found\. .*\n {2}code: token_not_found\n$/);
  });

  it('waits for a service that is away', async () => {
    await muster.stop();
    const made = exec([...byEnvironment, ...command]);
    await untilTrue(() => made.err.includes('unreachable'));
    await muster.start();
    await made.writes('began secret-1');
  });

  it('goes on while the service is away', async () => {
    muster.handed = secretOf(1, { renewAfterSeconds: 1 });
    const made = exec([...byEnvironment, ...command]);
    await made.writes('began secret-1');
    await untilTrue(() => heard().length === 1);
    await muster.stop();
    await untilTrue(() => made.err.includes('secret: '));
    muster.handed = secretOf(2, { renewAfterSeconds: 3600 });
    await muster.start();
    await made.writes('began secret-2');
  });

  it('ends where the service refuses, with its words', async () => {
    const made = exec(['--secret', `rot_${'f'.repeat(32)}`, '--env', 'PASSWORD', ...command]);
    expect(await made.status()).toBe(1);
    expect(made.out).toBe('');
  });

  it.each([
    [['--secret', ROTATION], 'option_missing'],
    [['--env', 'PASSWORD'], 'option_missing'],
    [['--secret', ROTATION, '--env', 'A B'], 'option_invalid'],
    [['--secret', ROTATION, '--env', 'A={password}'], 'option_invalid'],
    [['--secret', ROTATION, '--env', 'A', '--on-change', 'none'], 'option_invalid'],
    [['--secret', ROTATION, '--file', 'A', '--on-change', 'signal:9'], 'option_invalid'],
  ])('refuses %j', async (words, code) => {
    const made = exec([...words, ...command]);
    expect(await made.status()).toBe(1);
    expect(made.err).toContain(`code: ${code}`);
  });

  it('says what is not there', async () => {
    const made = exec([...byEnvironment, '--', 'no-such-command-here']);
    expect(await made.status()).not.toBe(0);
    expect(made.err).toContain('code: command_not_found');
  });

  it('writes the secret nowhere but where it was told to (P9)', async () => {
    muster.handed = secretOf(1, { secret: 'canary-1', renewAfterSeconds: 1 });
    const quiet = ['--', process.execPath, '-e', "console.log('began'); setInterval(() => 0, 1000)"];
    const made = exec([...byFile(), '--on-change', 'none', ...quiet]);
    await made.writes('began');
    muster.handed = secretOf(2, { secret: 'canary-2', renewAfterSeconds: 'canary-3' as never });
    await untilTrue(() => made.err.includes('answer_unreadable'));
    muster.handed = secretOf(2, { secret: 'canary-2', renewAfterSeconds: 3600 });
    await untilTrue(() => heard().includes(2));
    expect(await readFile(`/proc/${made.child.pid}/cmdline`, 'utf8')).not.toContain('canary');
    await made.stop();
    expect(made.out + made.err).not.toContain('canary');
    for (const file of await readdir(terminal.directory, { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect(await readFile(`${file.parentPath}/${file.name}`, 'utf8')).not.toContain('canary');
  });
});
