import { constants, createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { ALGORITHMS, type Algorithm } from './algorithm.js';
import { parseJws } from './jws.js';
import { MAX_JWKS_BYTES, parseKeySet, verifySignature } from './key-set.js';
import { Refusal } from './refusal.js';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

function pairFor(algorithm: Algorithm): Pair {
  if (algorithm === 'ES256') return p256;
  if (algorithm === 'ES384') return p384;
  return algorithm === 'EdDSA' ? ed25519 : rsa;
}

function jwkOf({ publicKey }: Pair, more: Readonly<Record<string, unknown>> = {}): JsonWebKey {
  return { ...publicKey.export({ format: 'jwk' }), kid: 'k1', ...more };
}

function setOf(...keys: unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ keys }));
}

function reasonOf(work: () => void): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof Refusal ? error.reason : String(error);
  }
}

describe('a key set', () => {
  it.each([
    ['for encryption', { use: 'enc' }],
    ['that may not verify', { key_ops: ['encrypt'] }],
    ['without kid', { kid: undefined }],
    ['with a kid that is a number', { kid: 7 }],
    ['with an algorithm that is no text', { alg: 7 }],
    ['that is private', { d: 'AQAB' }],
    ['without exponent', { e: undefined }],
    ['with the exponent 1', { e: 'AQ' }],
    ['of an unknown type', { kty: 'XYZ' }],
  ])('leaves out a key %s', (_what, change) => {
    expect(parseKeySet(setOf(jwkOf(rsa, change)))?.size).toBe(0);
  });

  it('leaves out RSA below 2048 bits', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(parseKeySet(setOf(jwkOf(small)))?.size).toBe(0);
  });

  it('leaves out a symmetric key', () => {
    expect(parseKeySet(setOf({ kty: 'oct', k: 'AQAB', kid: 'k1' }))?.size).toBe(0);
  });

  it('leaves out both keys of one kid: nobody can say which is meant', () => {
    expect([...parseKeySet(setOf(jwkOf(rsa), jwkOf(p256), jwkOf(p384, { kid: 'k2' })))!.keys()]).toEqual(['k2']);
  });

  it('keeps the good keys beside the bad', () => {
    expect([...parseKeySet(setOf(null, 7, 'x', { kty: 'RSA' }, jwkOf(rsa)))!.keys()]).toEqual(['k1']);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no keys', Buffer.from('{}')],
    ['keys that are no list', Buffer.from('{"keys":{}}')],
    ['null', Buffer.from('null')],
    ['101 keys', setOf(...Array.from({ length: 101 }, () => ({})))],
    ['more than 256 kB', setOf({ pad: 'x'.repeat(MAX_JWKS_BYTES) })],
  ])('is none with %s', (_what, body) => expect(parseKeySet(body)).toBeUndefined());
});

describe('a signature', () => {
  const tokens = new Map<Algorithm, string>();
  beforeAll(async () => {
    for (const alg of ALGORITHMS)
      tokens.set(
        alg,
        await new SignJWT({ sub: 'a' }).setProtectedHeader({ alg, kid: 'k1' }).sign(pairFor(alg).privateKey),
      );
  });

  function verify(
    algorithm: Algorithm,
    jwk: JsonWebKey,
    change: (signature: Buffer) => Buffer = (same) => same,
  ): string {
    const { signed, signature } = parseJws(tokens.get(algorithm)!);
    const key = parseKeySet(setOf(jwk))!.get('k1')!;
    return reasonOf(() => verifySignature(key, algorithm, signed, change(signature)));
  }

  it.each(ALGORITHMS.map((algorithm) => [algorithm]))('of jose’s by %s holds', (algorithm) => {
    expect(verify(algorithm, jwkOf(pairFor(algorithm), { alg: algorithm }))).toBe('accepted');
  });

  it.each(ALGORITHMS.map((algorithm) => [algorithm]))('by %s does not hold with one bit changed', (algorithm) => {
    const flip = (signature: Buffer) => Buffer.from(signature.map((byte, at) => (at === 20 ? byte ^ 1 : byte)));
    expect(verify(algorithm, jwkOf(pairFor(algorithm)), flip)).toBe('signature_invalid');
  });

  it.each(ALGORITHMS.map((algorithm) => [algorithm]))('by %s does not hold when cut short', (algorithm) => {
    expect(verify(algorithm, jwkOf(pairFor(algorithm)), (whole) => whole.subarray(1))).toBe('signature_invalid');
  });

  it.each([
    ['ES256', p384, {}],
    ['ES384', p256, {}],
    ['RS256', p256, {}],
    ['EdDSA', rsa, {}],
    ['RS256', rsa, { alg: 'RS512' }],
    ['RS256', rsa, { alg: 'PS256' }],
    ['PS256', rsa, { alg: 'RS256' }],
  ] as const)('by %s is not checked with a key made for something else (RFC 8725 §3.1)', (algorithm, pair, more) => {
    expect(verify(algorithm, jwkOf(pair, more))).toBe('key_unfit');
  });

  it('by ES256 does not hold in DER, only as r and s side by side (RFC 7518 §3.4)', () => {
    const { signed } = parseJws(tokens.get('ES256')!);
    const der = sign('sha256', signed, p256.privateKey);
    expect(verify('ES256', jwkOf(p256), () => der)).toBe('signature_invalid');
  });

  it('by PS256 is as long as the key, also where it begins with a nought (RFC 8017 §8.1.2)', () => {
    const { signed } = parseJws(tokens.get('PS256')!);
    const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    let whole = sign('sha256', signed, key);
    while (whole[0] !== 0) whole = sign('sha256', signed, key);
    expect(verify('PS256', jwkOf(rsa), () => whole)).toBe('accepted');
    expect(verify('PS256', jwkOf(rsa), () => whole.subarray(1))).toBe('signature_invalid');
  });

  it('by PS256 needs a salt as long as the digest (RFC 7518 §3.5)', () => {
    const { signed } = parseJws(tokens.get('PS256')!);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const short = sign('sha256', signed, { key: rsa.privateKey, padding, saltLength: 8 });
    expect(verify('PS256', jwkOf(rsa), () => short)).toBe('signature_invalid');
  });

  it('made by HMAC with the public key as secret never gets as far as a key', () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'k1' })).toString('base64url');
    const signed = `${head}.${Buffer.from('{"sub":"a"}').toString('base64url')}`;
    const token = `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
    expect(reasonOf(() => parseJws(token))).toBe('algorithm_symmetric');
  });
});
