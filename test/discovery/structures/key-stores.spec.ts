import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import forge from 'node-forge';
import { StructureError } from '../../../src/discovery/structures/index.js';
import { readJavaKeyStore } from '../../../src/discovery/structures/jks.js';
import { openPkcs12 } from '../../../src/discovery/structures/pkcs12.js';
import { certificateFor } from '../certificates.js';
import { factsIn, secretsOf } from './files.js';
import { javaKeyStore } from './java-key-store.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
let certificate: string;
let der: Buffer;

beforeAll(async () => {
  certificate = await certificateFor(privateKey, { commonName: 'settler', organization: 'payments' });
  der = new X509Certificate(certificate).raw;
});

function pkcs12(password: string, options: Record<string, unknown> = {}): Buffer {
  const key = forge.pki.privateKeyFromPem(PEM);
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, [forge.pki.certificateFromPem(certificate)], password, {
    algorithm: '3des',
    count: 100,
    ...options,
  });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

describe('a PKCS #12 file (RFC 7292)', () => {
  it.each([
    ['changeit', '3des'],
    ['changeit', 'aes128'],
    ['changeit', 'aes256'],
    ['', '3des'],
    ['', 'aes256'],
  ])('opens with the password “%s” under %s, and says whose it is', (password, algorithm) => {
    const [found, ...rest] = secretsOf('conf/settler.p12', pkcs12(password, { algorithm }));
    expect(rest).toEqual([]);
    expect(found!.start).toBeNull();
    expect(factsIn(found!, 'key-store')).toEqual({
      opensWith: password === '' ? 'no password' : 'the password changeit',
    });
    expect(factsIn(found!, 'certificate')).toMatchObject({ commonName: 'settler', groups: 'payments' });
  });

  it('under another password tells its certificates where they stand in clear', () => {
    const [found] = secretsOf('a.pfx', pkcs12('another one'));
    expect(factsIn(found!, 'key-store')).toEqual({});
    expect(factsIn(found!, 'certificate')).toMatchObject({ commonName: 'settler' });
  });

  it('that would take long to open is told as one that does not open', () => {
    const file = pkcs12('changeit', { count: 32_768 });
    const iterations = Buffer.from('0203008000', 'hex');
    for (let at = file.indexOf(iterations); at >= 0; at = file.indexOf(iterations, at))
      file.writeUIntBE(0x7fffff, at + 2, 3);
    expect(() => openPkcs12(file, ['changeit'])).toThrow(expect.objectContaining({ code: 'structure_too_large' }));
    expect(secretsOf('a.p12', file).map(({ clues }) => clues)).toEqual([
      [{ from: 'key-store', words: 'PKCS #12 file under a password', facts: {} }],
    ]);
  });

  it.each([
    ['cut short', (file: Buffer) => file.subarray(0, -20)],
    ['something else in DER', () => Buffer.from('30820100'.padEnd(1024, '0'), 'hex')],
  ])('that is %s is refused', (_, damage) => {
    expect(() => openPkcs12(damage(pkcs12('changeit')), ['changeit'])).toThrow(StructureError);
    expect(secretsOf('a.p12', damage(pkcs12('changeit')))).toEqual([]);
  });
});

/** OpenSSL encrypts certificates, too; its own program writes the file, where it is installed. */
const withOpenSsl = spawnSync('openssl', ['version']).error ? describe.skip : describe;

withOpenSsl('a PKCS #12 file whose certificates are encrypted', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'muster-stores-'));
    writeFileSync(path.join(folder, 'both.pem'), PEM + certificate);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const made = (password: string, ...options: readonly string[]): Buffer => {
    const args = [
      'pkcs12',
      '-export',
      '-in',
      path.join(folder, 'both.pem'),
      '-passout',
      `pass:${password}`,
      ...options,
    ];
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  };

  it.each([
    ['a password, under PBES2', 'changeit', []],
    ['no password, under PBES2', '', []],
    [
      'a password, under the schemes of PKCS #12',
      'changeit',
      ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
    ],
  ] as const)('opens with %s', (_, password, options) => {
    const opened = openPkcs12(made(password, ...options), ['', 'changeit'])!;
    expect(opened.password).toBe(password);
    expect(opened.certificates).toEqual([der]);
    expect(opened.privateKeys).toBe(1);
  });

  it('does not open with another password', () => {
    expect(openPkcs12(made('another one'), ['', 'changeit'])).toBeNull();
  });
});

describe('a Java key store', () => {
  it('tells its certificates without a password, and whether one is its password', () => {
    const file = javaKeyStore([{ alias: 'settler', certificates: [der], key: Buffer.alloc(40, 1) }], 'changeit');
    const [found] = secretsOf('conf/server.jks', file);
    expect(factsIn(found!, 'key-store')).toEqual({ alias: 'settler', opensWith: 'the password changeit' });
    expect(factsIn(found!, 'certificate')).toMatchObject({ commonName: 'settler' });
    expect(readJavaKeyStore(file).opensWith('changeit')).toBe(true);
    expect(readJavaKeyStore(file).opensWith('changeIt')).toBe(false);
  });

  it('that trusts certificates and holds no key is no finding', () => {
    expect(
      secretsOf('conf/truststore.jks', javaKeyStore([{ alias: 'root', certificates: [der] }], 'changeit')),
    ).toEqual([]);
  });

  it.each([
    ['cut short', (file: Buffer) => file.subarray(0, 60), 'structure_malformed'],
    ['of more entries than bytes', (file: Buffer) => put(file, 8, 200), 'structure_malformed'],
    ['of more entries than anybody keeps', (file: Buffer) => put(file, 8, 0xffffffff), 'structure_too_large'],
    ['of another version', (file: Buffer) => put(file, 4, 9), 'structure_malformed'],
    [
      'with a key longer than itself',
      (file: Buffer) => put(file, 12 + 4 + 2 + 7 + 8, 0x7fffffff),
      'structure_malformed',
    ],
  ])('that is %s is refused', (_, damage, code) => {
    const file = javaKeyStore([{ alias: 'settler', certificates: [der], key: Buffer.alloc(40, 1) }], 'changeit');
    expect(() => readJavaKeyStore(damage(file))).toThrow(expect.objectContaining({ code }));
  });
});

function put(file: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(value, at);
  return copy;
}
