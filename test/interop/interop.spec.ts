import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import { Terminal } from '../cli/terminal.js';
import { REPOSITORY } from '../harness/build.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import type { Visitor } from '../harness/visitor.js';
import { Judge } from './judge.js';

jest.setTimeout(300_000);

/** Python with `cryptography` and `pkilint`; its folder holds pkilint's commands. */
const VENV = process.env['INTEROP_VENV'] ?? '/tmp/muster-interop';
const PIP = `python3 -m venv ${VENV} && ${VENV}/bin/pip install cryptography pkilint (or name another by INTEROP_VENV)`;
const openssl = new Judge('openssl', 'your system’s package openssl, 3.0 or later');
const curl = new Judge('curl', 'your system’s package curl');
const python = new Judge(`${VENV}/bin/python`, PIP);
const pkilint = new Judge(`${VENV}/bin/lint_pkix_cert`, PIP);
const pkilintCrl = new Judge(`${VENV}/bin/lint_crl`, PIP);
const zlint = new Judge(
  process.env['INTEROP_ZLINT'] ?? 'zlint',
  'go install github.com/zmap/zlint/v3/cmd/zlint@v3.6.7, on the PATH (or named by INTEROP_ZLINT)',
);
const node = new Judge(process.execPath, 'https://nodejs.org');

let home: Home;
let service: ServiceProcess;
let terminal: Terminal;
let kept: string;
let engineer: Visitor;
let bot: { id: string };

async function joinToken(): Promise<string> {
  return (await engineer.post<{ token: string }>(`/v1/identities/${bot.id}/join-tokens`)).token;
}

async function registerBot(): Promise<{ id: string }> {
  const { cast } = service;
  const carla = await cast.signInAs('custodian');
  const bruno = await cast.signInAs('custodian');
  const paula = await cast.signInAs('platform-engineer');
  engineer = paula.visitor;
  const team = await engineer.post<{ id: string }>('/v1/teams', {
    name: 'interop',
    managerId: carla.id,
    memberIds: [],
  });
  const custodians = { primaryCustodianId: carla.id, backupCustodianId: bruno.id };
  const facts = { name: 'judged-bot', kind: 'bot', environment: 'test', purpose: 'Is judged by others' };
  return engineer.post('/v1/identities', { ...facts, teamId: team.id, ...custodians });
}

/** Makes a key and a request with OpenSSL alone, and asks the service for a certificate. */
async function askFor(name: string, keyOptions: readonly string[]) {
  const [key, csr] = [terminal.file(`${name}.key`), terminal.file(`${name}.csr`)];
  const made = await openssl.hear([
    ...['req', '-new', '-nodes', '-subj', '/CN=interop', '-keyout', key, '-out', csr],
    ...keyOptions,
  ]);
  expect(made).toMatchObject({ status: 0 });
  const attestation = { kind: 'join-token', token: await joinToken() };
  const body = { attestation, csr: await readFile(csr, 'utf8') };
  const answer = await service
    .visitor()
    .call<{ certificate: string; chain: string[]; code: string }>('POST', '/v1/certificates', body);
  return { key, ...answer };
}

/** The tour as its user runs it: what it keeps is what the judges get. */
async function takeTour(): Promise<string> {
  const { visitor } = await service.cast.administrator();
  const someone = { name: 'Irene Interop', email: 'irene@example.com', roles: ['administrator'] };
  const { signInToken } = await visitor.post<{ signInToken: string }>('/v1/people', someone);
  await writeFile(terminal.file('sign-in.token'), signInToken);
  const place = ['--url', `https://localhost:${service.ports.open}`, '--ca-fingerprint', rootFingerprint(service.root)];
  for (const words of [
    ['login', '--token-file', 'sign-in.token'],
    ['tour', '--keep', 'kept'],
  ]) {
    const { status, out, err } = await terminal.muster([...words, ...place]);
    if (status !== 0) throw new Error(`muster ${words[0]!} failed:\n${out}${err}`);
  }
  return terminal.file('kept');
}

beforeAll(async () => {
  home = await newHome();
  [terminal, service] = await Promise.all([Terminal.open(), ServiceProcess.start(home)]);
  await service.ready();
  kept = await takeTour();
  bot = await registerBot();
});
afterAll(async () => {
  await service.stop();
  await terminal.close();
  await home.remove();
});

describe('OpenSSL', () => {
  beforeAll(() => openssl.introduce('OpenSSL', ['version']));

  const verify = (...more: string[]) =>
    openssl.hear(
      ['verify', '-x509_strict', ...more, '-CAfile', 'root.pem', '-untrusted', 'chain.pem', 'certificate.pem'],
      { cwd: kept },
    );

  it('verifies the chain strictly, and finds the certificate revoked on the list (RFC 5280 §6)', async () => {
    expect(await verify()).toEqual({ status: 0, said: 'certificate.pem: OK\n' });
    const revoked = await verify('-crl_check', '-CRLfile', 'crl.pem');
    expect(revoked).toMatchObject({ status: 2, said: expect.stringContaining('certificate revoked') });
  });

  it.each([
    ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['Ed25519', ['-newkey', 'ed25519']],
    ['RSA-2048', ['-newkey', 'rsa:2048']],
  ])('makes a request with a %s key that is answered with a certificate it verifies', async (name, options) => {
    const { status, body } = await askFor(name, options);
    expect(status).toBe(201);
    await writeFile(terminal.file(`${name}.pem`), body.certificate);
    await writeFile(terminal.file(`${name}.chain`), body.chain.join('\n'));
    const files = ['-CAfile', path.join(kept, 'root.pem'), '-untrusted', terminal.file(`${name}.chain`)];
    const verified = await openssl.hear(['verify', '-x509_strict', ...files, terminal.file(`${name}.pem`)]);
    expect(verified).toMatchObject({ status: 0 });
  });

  it('is refused a certificate for an RSA key of 1024 bits', async () => {
    const { status, body } = await askFor('RSA-1024', ['-newkey', 'rsa:1024']);
    expect({ status, code: body.code }).toEqual({ status: 400, code: expect.stringMatching(/csr|key/) });
  });

  it.each(['open', 'mutual'] as const)(
    'reaches the %s listener by TLS 1.3 and 1.2, not by 1.1 or CBC',
    async (which) => {
      const hello = (...more: string[]) =>
        openssl.hear([
          ...['s_client', '-connect', `127.0.0.1:${service.ports[which]}`, '-servername', 'localhost'],
          ...['-verify_return_error', '-verify_hostname', 'localhost', '-CAfile', path.join(kept, 'root.pem'), ...more],
        ]);
      expect((await hello('-tls1_3')).said).toContain('Verify return code: 0 (ok)');
      expect((await hello('-tls1_2')).said).toContain('Verify return code: 0 (ok)');
      for (const old of [
        ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'],
        ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:AES128-SHA'],
      ]) {
        const { status, said } = await hello(...old);
        expect(status).not.toBe(0);
        expect(said).toMatch(/alert (protocol version|handshake failure)/);
      }
    },
  );
});

describe('curl', () => {
  beforeAll(() => curl.introduce('curl', ['--version']));

  it('reads the checkpoint under the root alone, and renews by certificate on the other port', async () => {
    const root = ['--silent', '--show-error', '--fail', '--cacert', path.join(kept, 'root.pem')];
    const checkpoint = await curl.hear([...root, `https://localhost:${service.ports.open}/v1/audit/checkpoint`]);
    expect(checkpoint).toMatchObject({ status: 0, said: expect.stringMatching(/\n\n— /) });
    const { key, body } = await askFor('curl', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    await writeFile(terminal.file('curl.pem'), [body.certificate, ...body.chain].join('\n'));
    const renewal = `https://localhost:${service.ports.mutual}/v1/certificates/renewal`;
    await writeFile(
      terminal.file('renewal.json'),
      JSON.stringify({ csr: await readFile(terminal.file('curl.csr'), 'utf8') }),
    );
    const shown = ['--cert', terminal.file('curl.pem'), '--key', key];
    const renewed = await curl.hear([...root, ...shown, '--json', `@${terminal.file('renewal.json')}`, renewal]);
    expect(renewed).toMatchObject({ status: 0, said: expect.stringContaining('BEGIN CERTIFICATE') });
    const without = await curl.hear([...root, '--json', `@${terminal.file('renewal.json')}`, renewal]);
    expect(without.status).not.toBe(0);
  });
});

describe('Python', () => {
  beforeAll(() =>
    python.introduce('Python', [
      '-c',
      'import sys, cryptography as c; print(sys.version.split()[0], "cryptography", c.__version__)',
    ]),
  );

  it('verifies chain and revocation list with pyca/cryptography', async () => {
    const script = path.join(import.meta.dirname, 'check.py');
    expect(await python.hear([script, kept])).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^OK [0-9a-f]+/),
    });
  });
});

/**
 * What pkilint alone minds: it takes every URI for a public web address, and so refuses the scheme `spiffe` and the host
 * `localhost`, which RFC 3986 §3 allows; SPIFFE X509-SVID §2 asks for the first, a run on one machine for the second.
 */
const NO_WEB_ADDRESS = /pkix\.invalid_uri_syntax \(ERROR\): Invalid URI syntax: "(spiffe:\/\/|https:\/\/localhost:)/;

describe('linters', () => {
  beforeAll(async () => {
    await zlint.introduce('zlint', ['-version']);
    await python.introduce('pkilint', ['-c', 'import importlib.metadata as m; print(m.version("pkilint"))']);
  });

  it.each(['certificate.pem', 'chain.pem', 'root.pem'])('find no error in %s', async (name) => {
    const report = await zlint.hear(['-includeSources', 'RFC5280,RFC5480,RFC8813,Community', path.join(kept, name)]);
    const results = Object.entries(JSON.parse(report.said) as Record<string, { result: string }>);
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter(([, { result }]) => result === 'error' || result === 'fatal')).toEqual([]);
    const linted = await pkilint.hear(['lint', '-s', 'ERROR', path.join(kept, name)]);
    const errors = linted.said.split('\n').filter((line) => /\((ERROR|FATAL)\)/.test(line));
    expect(errors.filter((line) => !NO_WEB_ADDRESS.test(line))).toEqual([]);
  });

  it('find no error in the revocation list', async () => {
    const linted = await pkilintCrl.hear([
      'lint',
      '-t',
      'CRL',
      '-p',
      'PKIX',
      '-s',
      'ERROR',
      path.join(kept, 'crl.pem'),
    ]);
    expect(linted).toEqual({ status: 0, said: expect.not.stringContaining('ERROR') });
  });
});

describe('the verifier of exports, alone', () => {
  beforeAll(() => node.introduce('Node', ['--version']));

  it('runs as one copied file, and finds a flipped byte', async () => {
    await copyFile(path.join(REPOSITORY, 'dist/src/audit/verifier/verify.js'), terminal.file('verify.mjs'));
    const verify = (file: string) => node.hear(['verify.mjs', file], { cwd: terminal.directory });
    expect(await verify('kept/log-export.json')).toMatchObject({ status: 0 });
    const flipped = await readFile(path.join(kept, 'log-export.json'));
    flipped[flipped.length >> 1]! ^= 1;
    await writeFile(terminal.file('flipped.json'), flipped);
    expect(await verify('flipped.json')).toMatchObject({ status: 1 });
  });
});
