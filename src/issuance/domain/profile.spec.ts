import { describe, expect, it } from '@jest/globals';
import { allowsDnsName, dnsNamesFor, type Profile, type RequestedNames } from './profile.js';

const OWN = 'spiffe://muster.test/production/payments/bot';
const PROFILE: Profile = {
  id: 'prf_00000000000070008000000000000002',
  name: 'server',
  kind: 'svid',
  defaultTtlSeconds: 3600,
  maxTtlSeconds: 86_400,
  dnsSuffixes: ['bank.example', 'localhost'],
  version: 1,
};
const NOTHING: RequestedNames = { uris: [], dnsNames: [], others: false };

describe('a profile', () => {
  it.each([
    ['bank.example', true],
    ['api.bank.example', true],
    ['a.b.bank.example', true],
    ['localhost', true],
    ['evilbank.example', false],
    ['bank.example.evil', false],
    ['*.bank.example', false],
    ['.bank.example', false],
    ['api..bank.example', false],
    ['api.bank.example.', false],
    ['API.bank.example', false],
    ['-a.bank.example', false],
    ['a_b.bank.example', false],
    ['xn--bcher-kva.bank.example', true],
    ['ap\u0456.bank.example', false],
    [`${'a'.repeat(64)}.bank.example`, false],
    [`${'a.'.repeat(125)}bank.example`, false],
    ['127.0.0.1', false],
    ['', false],
  ])('with two suffixes allows %p: %p', (name, allowed) => {
    expect(allowsDnsName(PROFILE, name)).toBe(allowed);
  });

  it('without suffixes allows no DNS name', () => {
    expect(allowsDnsName({ dnsSuffixes: [] }, 'localhost')).toBe(false);
  });
});

describe('names of a certificate', () => {
  it.each<[string, Partial<RequestedNames>, readonly string[]]>([
    ['none asked for', {}, []],
    ['its own SPIFFE ID asked for', { uris: [OWN] }, []],
    ['a DNS name asked for', { dnsNames: ['api.bank.example'] }, ['api.bank.example']],
    ['one asked for twice', { dnsNames: ['localhost', 'localhost'] }, ['localhost']],
  ])('are given with %s', (_what, asked, names) => {
    expect(dnsNamesFor({ ...NOTHING, ...asked }, OWN, PROFILE)).toEqual(names);
  });

  it.each<[string, Partial<RequestedNames>, string]>([
    ['another SPIFFE ID', { uris: ['spiffe://muster.test/production/payments/bot2'] }, 'name_mismatch'],
    ['a second URI', { uris: [OWN, 'https://bank.example/'] }, 'name_mismatch'],
    ['an address, a mailbox or the like', { others: true }, 'name_mismatch'],
    ['a DNS name that the profile does not allow', { dnsNames: ['localhost', 'evil.example'] }, 'dns_name_refused'],
  ])('are refused with %s', (_what, asked, code) => {
    expect(() => dnsNamesFor({ ...NOTHING, ...asked }, OWN, PROFILE)).toThrow(expect.objectContaining({ code }));
  });
});
