import { describe, expect, it } from '@jest/globals';
import {
  type AccessTokenClaims,
  compactToken,
  readCompactToken,
  readSigningInput,
  signingInput,
} from './access-token.js';

const KID = 'sgk_0192f0c1a2b37c4d8e5f60718293a4b5';
const CLAIMS: AccessTokenClaims = {
  iss: 'https://localhost:8443',
  sub: 'spiffe://muster.test/production/payments/bot',
  client_id: 'mid_0192f0c1a2b37c4d8e5f60718293a4b5',
  aud: 'orders',
  scope: 'place',
  iat: 1_772_000_000,
  exp: 1_772_000_300,
  jti: 'tok_0192f0c1a2b37c4d8e5f60718293a4b5',
  grants: ['grt_0192f0c1a2b37c4d8e5f60718293a4b5'],
  cnf: { 'x5t#S256': 'A'.repeat(43) },
};
const SIGNATURE = Buffer.alloc(64, 7);
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const input = (header: unknown, claims: unknown) => Buffer.from(`${encode(header)}.${encode(claims)}`);
const HEADER = '{"alg":"ES256","kid":"' + KID + '","typ":"at+jwt"}';

describe('an access token', () => {
  it('reads back as it was written', () => {
    expect(readSigningInput(signingInput(KID, CLAIMS))).toEqual({ kid: KID, claims: CLAIMS });
    const token = compactToken(signingInput(KID, CLAIMS), SIGNATURE);
    expect(readCompactToken(token)).toMatchObject({ kid: KID, claims: CLAIMS, signature: SIGNATURE });
  });

  it.each<[string, Buffer]>([
    ['an algorithm of none', input({ alg: 'none', kid: KID, typ: 'at+jwt' }, CLAIMS)],
    ['another algorithm', input({ alg: 'HS256', kid: KID, typ: 'at+jwt' }, CLAIMS)],
    ['another type (RFC 9068 §4)', input({ alg: 'ES256', kid: KID, typ: 'JWT' }, CLAIMS)],
    ['a key in its header', input({ alg: 'ES256', kid: KID, typ: 'at+jwt', jwk: {} }, CLAIMS)],
    ['a critical header', input({ alg: 'ES256', kid: KID, typ: 'at+jwt', crit: ['b64'] }, CLAIMS)],
    ['an audience list', input(HEADER, { ...CLAIMS, aud: ['orders', 'ledger'] })],
    ['no confirmation (RFC 8705 §3.1)', input(HEADER, { ...CLAIMS, cnf: undefined })],
    ['another confirmation', input(HEADER, { ...CLAIMS, cnf: { jkt: 'A'.repeat(43) } })],
    ['a claim besides', input(HEADER, { ...CLAIMS, act: {} })],
    ['a fractional instant', input(HEADER, { ...CLAIMS, exp: 1.5 })],
    ['members in another order', input(HEADER, CLAIMS)],
    ['white space in its claims', Buffer.from(`${encode(HEADER)}.${encode(JSON.stringify(CLAIMS, undefined, 1))}`)],
    ['a third part', Buffer.concat([signingInput(KID, CLAIMS), Buffer.from('.x')])],
    ['padding', Buffer.from(`${signingInput(KID, CLAIMS).toString()}=`)],
    ['seventeen kilobytes', signingInput(KID, { ...CLAIMS, scope: 'x'.repeat(17_000) })],
    ['a detail without a type (RFC 9396 §2)', input(HEADER, { ...CLAIMS, authorization_details: [{}] })],
    ['an empty list of details', input(HEADER, { ...CLAIMS, authorization_details: [] })],
    ['an approval that is none', input(HEADER, { ...CLAIMS, approval_id: 'tok_1' })],
    ['nothing in it', Buffer.alloc(0)],
  ])('is not read with %s', (_what, bytes) => {
    expect(readSigningInput(bytes)).toBeUndefined();
  });

  it.each([
    ['no signature', signingInput(KID, CLAIMS).toString()],
    ['a signature cut short', compactToken(signingInput(KID, CLAIMS), SIGNATURE.subarray(1))],
    ['a signature in DER', compactToken(signingInput(KID, CLAIMS), Buffer.alloc(70, 0x30))],
    ['a signature spelt otherwise', `${compactToken(signingInput(KID, CLAIMS), SIGNATURE)}=`],
    ['an opaque token', 'mst_abcdef'],
  ])('in compact form is not read with %s', (_what, token) => {
    expect(readCompactToken(token)).toBeUndefined();
  });
});
