import { describe, expect, it } from '@jest/globals';
import { SpiffeId } from './spiffe-id.js';

const VALID = 'spiffe://bank.example/payments/settlement-bot';

describe('a SPIFFE ID', () => {
  it('is read into trust domain and path, and written back as it was', () => {
    const id = SpiffeId.parse(VALID);
    expect([id.trustDomain, id.path]).toEqual(['bank.example', '/payments/settlement-bot']);
    expect(id.toString()).toBe(VALID);
    expect(JSON.stringify({ id })).toBe(`{"id":"${VALID}"}`);
  });

  it('may name the trust domain itself', () => expect(SpiffeId.parse('spiffe://bank.example').path).toBe(''));

  it('may be exactly 2048 bytes long (SPIFFE ID §2.3)', () => {
    const id = `spiffe://d/${'a'.repeat(2048 - 11)}`;
    expect(SpiffeId.parse(id).toString()).toHaveLength(2048);
  });

  it('compares by every character, upper and lower case included', () => {
    expect(SpiffeId.parse(VALID).equals(SpiffeId.parse(VALID))).toBe(true);
    expect(SpiffeId.parse('spiffe://d/A').equals(SpiffeId.parse('spiffe://d/a'))).toBe(false);
  });

  it.each([
    ['a longer text', `spiffe://d/${'a'.repeat(2048 - 10)}`, 'spiffe_id_too_long'],
    ['a length in bytes', `spiffe://d/${'é'.repeat(1030)}`, 'spiffe_id_too_long'],
    ['another scheme', 'https://bank.example/a', 'spiffe_id_scheme_invalid'],
    ['an upper-case scheme', 'SPIFFE://bank.example/a', 'spiffe_id_scheme_invalid'],
    ['a leading space', ` ${VALID}`, 'spiffe_id_scheme_invalid'],
    ['no trust domain', 'spiffe:///a', 'spiffe_id_trust_domain_invalid'],
    ['nothing at all', 'spiffe://', 'spiffe_id_trust_domain_invalid'],
    ['upper case in the trust domain', 'spiffe://Bank.example/a', 'spiffe_id_trust_domain_invalid'],
    ['a port', 'spiffe://bank.example:8443/a', 'spiffe_id_trust_domain_invalid'],
    ['a user', 'spiffe://root@bank.example/a', 'spiffe_id_trust_domain_invalid'],
    ['a query without a path', 'spiffe://bank.example?a', 'spiffe_id_trust_domain_invalid'],
    ['a percent sign in the trust domain', 'spiffe://bank%2eexample/a', 'spiffe_id_trust_domain_invalid'],
    ['a line break after the trust domain', 'spiffe://bank.example\n', 'spiffe_id_trust_domain_invalid'],
    ['a trust domain of 256 bytes', `spiffe://${'a'.repeat(256)}/a`, 'spiffe_id_trust_domain_invalid'],
    ['a trailing slash', `${VALID}/`, 'spiffe_id_path_invalid'],
    ['a lone slash', 'spiffe://bank.example/', 'spiffe_id_path_invalid'],
    ['an empty segment', 'spiffe://bank.example/a//b', 'spiffe_id_path_invalid'],
    ['a dot segment', 'spiffe://bank.example/a/./b', 'spiffe_id_path_invalid'],
    ['a dot-dot segment', 'spiffe://bank.example/a/../b', 'spiffe_id_path_invalid'],
    ['a query', `${VALID}?x=1`, 'spiffe_id_path_invalid'],
    ['a fragment', `${VALID}#x`, 'spiffe_id_path_invalid'],
    ['percent-encoding', 'spiffe://bank.example/%61', 'spiffe_id_path_invalid'],
    ['a letter outside ASCII', 'spiffe://bank.example/é', 'spiffe_id_path_invalid'],
    ['a NUL', 'spiffe://bank.example/a\0', 'spiffe_id_path_invalid'],
  ])('refuses %s (SPIFFE ID §2)', (_name, text, code) => {
    expect(() => SpiffeId.parse(text)).toThrow(expect.objectContaining({ code }));
    expect(SpiffeId.tryParse(text)).toBeUndefined();
  });
});
