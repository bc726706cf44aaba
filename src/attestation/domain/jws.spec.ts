import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseJws, tokenDigest } from './jws.js';
import { Refusal } from './refusal.js';

const HEADER = { typ: 'JWT', alg: 'RS256', kid: 'k1' };
const SIGNATURE = Buffer.alloc(256, 1).toString('base64url');

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function tokenWith(header: Readonly<Record<string, unknown>>): string {
  return `${part({ ...HEADER, ...header })}.${part({ sub: 'a' })}.${SIGNATURE}`;
}

function reasonOf(token: string): string {
  try {
    parseJws(token);
    return 'accepted';
  } catch (error) {
    return error instanceof Refusal ? error.reason : String(error);
  }
}

describe('a token', () => {
  it('is taken apart into what was signed and by what', () => {
    const token = tokenWith({});
    expect(parseJws(token)).toEqual({
      algorithm: 'RS256',
      kid: 'k1',
      claims: { sub: 'a' },
      signed: Buffer.from(token.slice(0, token.lastIndexOf('.'))),
      signature: Buffer.alloc(256, 1),
    });
  });

  it.each([
    ['alg none', { alg: 'none' }, 'algorithm_none'],
    ['alg nOnE', { alg: 'nOnE' }, 'algorithm_none'],
    ['alg HS256', { alg: 'HS256' }, 'algorithm_symmetric'],
    ['alg hs512', { alg: 'hs512' }, 'algorithm_symmetric'],
    ['an algorithm of its own', { alg: 'ES256K' }, 'algorithm_unknown'],
    ['an algorithm in another case', { alg: 'rs256' }, 'algorithm_unknown'],
    ['no algorithm', { alg: undefined }, 'header_malformed'],
    ['an algorithm that is a list', { alg: ['RS256'] }, 'header_malformed'],
    ['crit', { crit: ['exp'], exp: 1 }, 'critical_header'],
    ['crit without members', { crit: [] }, 'critical_header'],
    ['a key in its header', { jwk: { kty: 'RSA' } }, 'key_in_header'],
    ['an address of keys in its header', { jku: 'https://evil.example/jwks' }, 'key_in_header'],
    ['an address of certificates in its header', { x5u: 'https://evil.example/x5c' }, 'key_in_header'],
    ['no kid', { kid: undefined }, 'kid_missing'],
    ['an empty kid', { kid: '' }, 'header_malformed'],
    ['a kid that is a number', { kid: 1 }, 'header_malformed'],
    ['a kid of 257 characters', { kid: 'k'.repeat(257) }, 'header_malformed'],
    ['the type of an access token', { typ: 'at+jwt' }, 'type_refused'],
    ['the type of a DPoP proof', { typ: 'dpop+jwt' }, 'type_refused'],
  ])('is refused with %s', (_what, header, reason) => {
    expect(reasonOf(tokenWith(header))).toBe(reason);
  });

  it.each([
    ['no type', { typ: undefined }],
    ['its type in lower case', { typ: 'jwt' }],
    ['its media type in full', { typ: 'application/jwt' }],
  ])('is accepted with %s (RFC 7519 §5.1)', (_what, header) => {
    expect(reasonOf(tokenWith(header))).toBe('accepted');
  });

  const [header, payload] = tokenWith({}).split('.') as [string, string];
  it.each([
    ['no text', '', 'token_malformed'],
    ['two parts', `${header}.${payload}`, 'token_malformed'],
    ['five parts (an encrypted one)', `${header}.a.b.c.d`, 'token_malformed'],
    ['an empty signature', `${header}.${payload}.`, 'token_malformed'],
    ['an empty payload', `${header}..${SIGNATURE}`, 'token_malformed'],
    ['padding', `${header}=.${payload}.${SIGNATURE}`, 'encoding_malformed'],
    ['the plain base64 alphabet', `${header}.${payload}.+/${SIGNATURE}`, 'encoding_malformed'],
    ['a space', `${header}.${payload}.${SIGNATURE} `, 'encoding_malformed'],
    ['bits that decode to nothing', `${header}.${payload}.${SIGNATURE.slice(0, -1)}R`, 'encoding_malformed'],
    ['a header that is no JSON', `eA.${payload}.${SIGNATURE}`, 'header_malformed'],
    ['a payload that is an array', `${header}.${part([])}.${SIGNATURE}`, 'claims_malformed'],
    ['16 kB and a byte', 'a'.repeat(16 * 1024 + 1), 'token_too_large'],
  ])('is refused with %s', (_what, token, reason) => {
    expect(reasonOf(token)).toBe(reason);
  });

  it('keeps its name when only its signature is spelled anew', () => {
    const token = tokenWith({});
    const other = `${token.slice(0, token.lastIndexOf('.'))}.${Buffer.alloc(256, 2).toString('base64url')}`;
    expect(tokenDigest(parseJws(other))).toEqual(tokenDigest(parseJws(token)));
    expect(tokenDigest(parseJws(token))).toEqual(createHash('sha256').update(`${header}.${payload}`).digest());
  });
});
