import { describe, expect, it } from '@jest/globals';
import { cookieOf, sessionCookie, tokenInCookie } from './session-cookie.js';

const ORIGIN = 'https://muster.example';
const cookie = '__Host-muster-session=mst_1';

describe('the session cookie', () => {
  it('is for this host, over TLS, out of reach of scripts and of other sites', () => {
    expect(sessionCookie('mst_1', 60)).toBe(
      '__Host-muster-session=mst_1; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict',
    );
  });

  it.each([
    ['GET', {}],
    ['HEAD', { 'sec-fetch-site': 'none' }],
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['DELETE', { origin: ORIGIN }],
  ])('counts on %s with %j', (method, headers) => {
    expect(tokenInCookie(method, { cookie, ...headers }, ORIGIN)).toBe('mst_1');
  });

  it.each([
    ['no origin', {}],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister host', { 'sec-fetch-site': 'same-site', origin: ORIGIN }],
    ['a typed address', { 'sec-fetch-site': 'none' }],
    ['another origin', { origin: 'https://muster.example.attacker.example' }],
    ['no origin at all', { origin: 'null' }],
  ])('is refused on a change from %s', (_what, headers) => {
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'])
      expect(() => tokenInCookie(method, { cookie, ...headers }, ORIGIN)).toThrow(
        expect.objectContaining({ code: 'origin_refused' }),
      );
  });

  it('does not trust a missing Origin because the own one is not known', () => {
    expect(() => tokenInCookie('POST', { cookie }, undefined)).toThrow();
  });

  it('is none when it was sent twice, empty or under another name', () => {
    expect(cookieOf({ cookie: `${cookie}; ${cookie}` }, '__Host-muster-session')).toBeUndefined();
    expect(tokenInCookie('GET', { cookie: '__Host-muster-session=' }, ORIGIN)).toBeUndefined();
    expect(tokenInCookie('POST', { cookie: 'x__Host-muster-session=mst_1' }, ORIGIN)).toBeUndefined();
    expect(tokenInCookie('POST', {}, ORIGIN)).toBeUndefined();
  });
});
