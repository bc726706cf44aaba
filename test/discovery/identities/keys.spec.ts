import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crc16 } from '../../../src/discovery/domain/checksums.js';
import { decodeBase32, encodeBase32 } from '../../../src/discovery/identities/base32.js';
import { decodeBech32, encodeBech32 } from '../../../src/discovery/identities/bech32.js';
import { certificateFor } from '../certificates.js';
import { AT, clueOf, cluesOf, factsOf } from './sight.js';

const spki = (key: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** What is read, or nothing where it cannot be. */
function readBy(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

describe('a private key', () => {
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey: p256 } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey: ed25519 } = generateKeyPairSync('ed25519');

  it.each([
    ['RSA 2048', rsa, 'pkcs8'],
    ['RSA 2048', rsa, 'pkcs1'],
    ['EC prime256v1', p256, 'pkcs8'],
    ['EC prime256v1', p256, 'sec1'],
    ['ED25519', ed25519, 'pkcs8'],
  ] as const)('%s is known by its public part, as %s says', (keyType, key, type) => {
    const pem = key.export({ type: type, format: 'pem' }) as string;
    const facts = factsOf('private-key', cluesOf(pem));
    expect(facts['keyType']).toBe(keyType);
    expect(facts['spkiSha256']).toBe(spki(key));
    expect(facts['sshSha256']).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it.each([
    ['RSA 1031', generateKeyPairSync('rsa', { modulusLength: 1031 }), 'pkcs1'],
    ['EC secp521r1', generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'sec1'],
    ['EC brainpoolP256r1', generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }), 'pkcs8'],
  ] as const)(
    '%s is read as OpenSSL reads it, also where a letter is another',
    (keyType, { privateKey: key }, type) => {
      const pem = key.export({ type, format: 'pem' }) as string;
      expect(factsOf('private-key', cluesOf(pem))).toMatchObject({ keyType, spkiSha256: spki(key) });
      const body = pem.indexOf('\n') + 1;
      for (let at = body; at < body + 60; at++) {
        const other = pem.slice(0, at) + (pem[at] === 'A' ? 'B' : 'A') + pem.slice(at + 1);
        const judged = readBy(() => spki(createPrivateKey(other)));
        expect(readBy(() => factsOf('private-key', cluesOf(other))['spkiSha256'])).toBe(judged);
      }
    },
  );

  it('is the same with escaped line breaks, indentation, or in the middle of a program', () => {
    const pem = p256.export({ type: 'pkcs8', format: 'pem' }) as string;
    const forms = [
      pem.replaceAll('\n', '\\n'),
      pem.replaceAll('\n', '\r\n'),
      pem.replaceAll('\n', '\n    '),
      pem
        .trim()
        .split('\n')
        .map((line) => `"${line}\\n" +`)
        .join('\n  '),
    ];
    for (const form of forms) expect(factsOf('private-key', cluesOf(form))['spkiSha256']).toBe(spki(p256));
  });

  it('under a passphrase says that it is, and nothing else', () => {
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'pass' } as const;
    const pkcs8 = p256.export({ type: 'pkcs8', format: 'pem', ...cipher }) as string;
    const old = rsa.export({ type: 'pkcs1', format: 'pem', ...cipher }) as string;
    for (const pem of [pkcs8, old]) expect(factsOf('private-key', cluesOf(pem))).toEqual({ encrypted: 'yes' });
  });

  it('as a JSON Web Key is known by its public part and its id', () => {
    const jwk = { ...p256.export({ format: 'jwk' }), kid: 'sign-1' };
    for (const text of [JSON.stringify(jwk), JSON.stringify({ keys: [{ kty: 'oct' }, jwk] })])
      expect(factsOf('jwk', cluesOf(text))).toMatchObject({ spkiSha256: spki(p256), keyId: 'sign-1' });
  });

  it('takes only those certificates for its own that have its public key', async () => {
    const pem = p256.export({ type: 'pkcs8', format: 'pem' }) as string;
    const own = await certificateFor(p256, { commonName: 'payments', organization: 'settlement' });
    const other = await certificateFor(rsa, { commonName: 'somebody else' });
    const clues = cluesOf(pem, { around: `${other}\n${pem}\n${own}` });
    expect(factsOf('certificate', clues)).toMatchObject({ commonName: 'payments', spkiSha256: spki(p256) });
    expect(clues[0]!.from).toBe('private-key');
  });

  it('whose certificate has expired can still be used', async () => {
    const pem = p256.export({ type: 'pkcs8', format: 'pem' }) as string;
    const expired = await certificateFor(p256, { commonName: 'a', notAfter: new Date(AT.getTime() - 1000) });
    expect(clueOf('certificate', cluesOf(pem, { around: expired })).moot).toBeUndefined();
    expect(clueOf('certificate', cluesOf(expired)).moot).toBe('expired on 2026-11-21');
  });
});

/** OpenSSH's own program judges, where it is installed. */
const withOpenSsh = spawnSync('ssh-keygen', ['-?']).error ? describe.skip : describe;

withOpenSsh('a key as ssh-keygen makes it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'muster-keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function make(name: string, passphrase: string, ...options: readonly string[]): { pem: string; fingerprint: string } {
    const file = path.join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-f', file, '-N', passphrase, '-C', `deploy@${name}`, ...options]);
    const [, fingerprint] = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ');
    return { pem: readFileSync(file, 'utf8'), fingerprint: fingerprint! };
  }

  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
  ] as const)('%s has the fingerprint that ssh-keygen shows, and its comment', (name, options) => {
    const { pem, fingerprint } = make(name, '', ...options);
    const facts = factsOf('ssh-key', cluesOf(pem));
    expect(facts['sshSha256']).toBe(fingerprint);
    expect(facts['spkiSha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(facts['comment']).toBe(`deploy@${name}`);
  });

  it('under a passphrase has it, too (OpenSSH PROTOCOL.key)', () => {
    const { pem, fingerprint } = make('locked', 'a passphrase', '-t', 'ed25519');
    const clue = clueOf('ssh-key', cluesOf(pem));
    expect(clue.facts).toMatchObject({ sshSha256: fingerprint, encrypted: 'yes' });
    expect(clue.facts['comment']).toBeUndefined();
  });

  it('in PuTTY’s format has it, too', () => {
    const { fingerprint } = make('putty', '', '-t', 'ed25519');
    const wire = readFileSync(path.join(folder, 'putty.pub'), 'utf8').split(' ')[1]!;
    const ppk = [
      'PuTTY-User-Key-File-3: ssh-ed25519',
      'Encryption: aes256-cbc',
      'Comment: deploy key',
      'Public-Lines: 2',
      ...wire.match(/.{1,64}/g)!,
      'Key-Derivation: Argon2id',
      'Private-Lines: 1',
      'AAAA',
      `Private-MAC: ${'0'.repeat(64)}`,
    ].join('\r\n');
    expect(factsOf('ssh-key', cluesOf(ppk))).toMatchObject({
      sshSha256: fingerprint,
      comment: 'deploy key',
      encrypted: 'yes',
    });
  });
});

describe('a certificate', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('tells whom it names, who issued it, its serial number and its key', async () => {
    const pem = await certificateFor(privateKey, {
      commonName: 'settler',
      organization: 'payments',
      spiffeId: 'spiffe://bank.example/payments/settler',
      dns: 'Settler.bank.example',
      serial: '00ab0c',
    });
    expect(factsOf('certificate', cluesOf(pem))).toMatchObject({
      commonName: 'settler',
      groups: 'payments',
      spiffeId: 'spiffe://bank.example/payments/settler',
      dns: 'settler.bank.example',
      issuer: 'settler',
      serial: 'ab0c',
      spkiSha256: spki(privateKey),
    });
  });

  it('that is cut short says nothing', async () => {
    const pem = await certificateFor(privateKey, { commonName: 'a' });
    expect(cluesOf(pem.replace(/\n.{64}\n/, '\n'))).toEqual([]);
  });
});

describe('an OpenPGP private key (RFC 9580)', () => {
  // Version 4, EdDSA: the point of the sample key of RFC 8032 §7.1, a secret part that is none, and a user.
  const point = Buffer.from('40d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
  const curve = Buffer.from('092b06010401da470f01', 'hex');
  const open = Buffer.concat([Buffer.from([4, 0x5f, 0, 0, 0, 22]), curve, Buffer.from([1, 7]), point]);
  const packet = (tag: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([0xc0 | tag, body.length]), body]);
  const bytes = Buffer.concat([
    packet(5, Buffer.concat([open, Buffer.from([0, 0, 1, 1, 0, 1])])),
    packet(13, Buffer.from('Release Bot <Bot@Acme.example>')),
  ]);
  const armor = (body: Buffer): string =>
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\nComment: a key\n\n${body.toString('base64').replace(/.{64}/g, '$&\n')}\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----`;

  it('has the fingerprint of its public part, and tells its user', () => {
    const head = Buffer.from([0x99, open.length >> 8, open.length & 0xff]);
    expect(factsOf('openpgp', cluesOf(armor(bytes)))).toEqual({
      fingerprint: createHash('sha1').update(head).update(open).digest('hex'),
      user: 'Release Bot <Bot@Acme.example>',
      email: 'bot@acme.example',
    });
  });

  it('that is cut short says nothing', () => expect(cluesOf(armor(bytes.subarray(0, 40)))).toEqual([]));
});

describe('keys that are a number', () => {
  it('of age have the recipient that the specification’s vectors give', () => {
    // A key made of the bytes 0, 1, 2, …; X25519 by OpenSSL is the judge, Bech32 by BIP-173's own vectors below.
    const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    const secret = encodeBech32('age-secret-key-', key).toUpperCase();
    const { publicKey } = factsOf('age', cluesOf(secret));
    expect(decodeBech32(publicKey!, 'age')!.toString('hex')).toBe(x25519(key));
  });

  it('of WireGuard have their peer’s key, where something says that they are of WireGuard', () => {
    const key = Buffer.alloc(32, 3);
    const secret = key.toString('base64');
    expect(factsOf('wireguard', cluesOf(secret, { around: `[Interface]\nPrivateKey = ${secret}` }))).toEqual({
      publicKey: Buffer.from(x25519(key), 'hex').toString('base64'),
    });
    expect(cluesOf(secret, { around: `hash: ${secret}` })).toEqual([]);
  });

  it('of NATS have a public key of the same role, and a check that is held to', () => {
    const seed = nkey(Buffer.from([(18 << 3) | (160 >> 5), (160 & 31) << 3]), Buffer.alloc(32, 5));
    expect(seed).toMatch(/^SU/);
    const { publicKey, role } = factsOf('nats', cluesOf(seed));
    expect(role).toBe('user');
    expect(publicKey).toMatch(/^U[A-Z2-7]{55}$/);
    const bytes = decodeBase32(publicKey!)!;
    expect(crc16(bytes.subarray(0, 33))).toBe(bytes.readUInt16LE(33));
    expect(cluesOf(seed.slice(0, -1) + (seed.endsWith('A') ? 'B' : 'A'))).toEqual([]);
  });

  it('of Nostr have the public key of NIP-19', () => {
    const key = Buffer.alloc(32, 1);
    const { publicKeyHex } = factsOf('nostr', cluesOf(encodeBech32('nsec', key)));
    expect(publicKeyHex).toBe('1b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f');
  });
});

describe('Bech32 (BIP-173)', () => {
  it('reads what it writes, and nothing with another check or prefix', () => {
    const text = encodeBech32('abcdef', Buffer.from('00443214c74254b635cf84653a56d7c675be77df', 'hex'));
    expect(text).toBe('abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw');
    expect(decodeBech32(text, 'abcdef')!.toString('hex')).toBe('00443214c74254b635cf84653a56d7c675be77df');
    expect(decodeBech32(text.replace('qqqxw', 'qqqxx'), 'abcdef')).toBeNull();
    expect(decodeBech32(text, 'abc')).toBeNull();
  });
});

function x25519(key: Buffer): string {
  const head = Buffer.from('302e020100300506032b656e04220420', 'hex');
  const read = createPrivateKey({ key: Buffer.concat([head, key]), format: 'der', type: 'pkcs8' });
  return Buffer.from(createPublicKey(read).export({ format: 'jwk' }).x!, 'base64url').toString('hex');
}

function nkey(head: Buffer, key: Buffer): string {
  const body = Buffer.concat([head, key]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc16(body));
  return encodeBase32(Buffer.concat([body, check]));
}
