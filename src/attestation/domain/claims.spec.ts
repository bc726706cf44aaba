import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../kernel/index.js';
import { checkClaims } from './claims.js';
import type { Provider } from './provider.js';
import { Refusal } from './refusal.js';

const ISSUED = 1_800_000_000;
const SKEW = 30;
const provider: Provider = {
  id: 'prv_0192f0c1a2b37c4d8e5f60718293a4b5',
  name: 'CI',
  kind: 'generic',
  issuer: 'https://issuer.example',
  algorithms: ['RS256'],
  jwksUri: null,
  caCertificates: null,
  privateNetwork: null,
  maxTokenAgeSeconds: 900,
  clockSkewSeconds: SKEW,
  status: 'active',
  version: 1,
  createdAt: new Date(0),
  changedAt: new Date(0),
};
const claims: Readonly<Record<string, Json>> = {
  iss: 'https://issuer.example',
  sub: 'job:1',
  aud: ['https://muster.test', 'other'],
  iat: ISSUED,
  nbf: ISSUED,
  exp: ISSUED + 300,
  jti: 'one',
};

function at(second: number): Date {
  return new Date((ISSUED + second) * 1000);
}

function reasonOf(change: Readonly<Record<string, Json | undefined>>, second = 10): string {
  const changed = Object.fromEntries(Object.entries({ ...claims, ...change }).filter(([, v]) => v !== undefined));
  try {
    checkClaims(changed as Readonly<Record<string, Json>>, provider, at(second));
    return 'accepted';
  } catch (error) {
    return error instanceof Refusal ? error.reason : String(error);
  }
}

describe('the claims of a token', () => {
  it('say who it is for, and until when its use must be remembered', () => {
    expect(checkClaims(claims, provider, at(10))).toEqual({
      issuer: 'https://issuer.example',
      subject: 'job:1',
      audiences: ['https://muster.test', 'other'],
      issuedAt: at(0),
      deadAt: at(300 + 60),
    });
  });

  it('cannot make a token be remembered for years', () => {
    expect(checkClaims({ ...claims, exp: 253_402_300_799 }, provider, at(10)).deadAt).toEqual(at(86_400 + 60));
  });

  it.each([
    ['another issuer', { iss: 'https://issuer.example/' }, 'issuer_unknown'],
    ['another case of the issuer', { iss: 'https://Issuer.example' }, 'issuer_unknown'],
    ['no issuer', { iss: undefined }, 'claim_missing'],
    ['an issuer that is a list', { iss: ['https://issuer.example'] }, 'claim_malformed'],
    ['no subject', { sub: undefined }, 'claim_missing'],
    ['an empty subject', { sub: '' }, 'claim_malformed'],
    ['a subject of 513 characters', { sub: 's'.repeat(513) }, 'claim_malformed'],
    ['no audience', { aud: undefined }, 'claim_missing'],
    ['an empty list of audiences', { aud: [] }, 'claim_malformed'],
    ['an audience that is a number', { aud: ['https://muster.test', 7] }, 'claim_malformed'],
    ['21 audiences', { aud: Array.from({ length: 21 }, String) }, 'claim_malformed'],
    ['no expiry', { exp: undefined }, 'claim_missing'],
    ['an expiry in words', { exp: String(ISSUED + 300) }, 'claim_malformed'],
    ['an expiry beyond the year 9999', { exp: 253_402_300_800 }, 'claim_malformed'],
    ['a negative expiry', { exp: -1 }, 'claim_malformed'],
    ['no instant of issue', { iat: undefined }, 'claim_missing'],
    ['an instant of issue in words', { iat: 'now' }, 'claim_malformed'],
    ['a beginning in words', { nbf: 'now' }, 'claim_malformed'],
    ['a beginning still to come', { nbf: ISSUED + 100 }, 'token_not_yet_valid'],
    ['an empty jti', { jti: '' }, 'claim_malformed'],
    ['a jti of 257 characters', { jti: 'j'.repeat(257) }, 'claim_malformed'],
    ['a jti that is a number', { jti: 7 }, 'claim_malformed'],
    ['null for an expiry', { exp: null }, 'claim_malformed'],
  ] as const)('are refused with %s', (_what, change, reason) => {
    expect(reasonOf(change)).toBe(reason);
  });

  it.each([
    ['without nbf', { nbf: undefined }],
    ['without jti', { jti: undefined }],
    ['with one audience as text', { aud: 'https://muster.test' }],
    ['with fractions of seconds', { iat: ISSUED + 0.5, exp: ISSUED + 300.25 }],
  ] as const)('hold %s', (_what, change) => expect(reasonOf(change)).toBe('accepted'));

  it.each([
    [-31, 'token_from_future'],
    [-30, 'accepted'],
    [0, 'accepted'],
    [300, 'accepted'],
    [329, 'accepted'],
    [330, 'token_expired'],
  ])('seen %i s after issue: %s, the skew of 30 s counted once', (second, verdict) => {
    expect(reasonOf({}, second)).toBe(verdict);
  });

  it.each([
    [929, 'accepted'],
    [930, 'token_too_old'],
  ])('of a long-lived token seen after %i s: %s', (second, verdict) => {
    expect(reasonOf({ exp: ISSUED + 86_400 }, second)).toBe(verdict);
  });
});
