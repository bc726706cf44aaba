import { describe, expect, it } from '@jest/globals';
import { TEST_FROM, TEST_UNTIL, TestAuthority } from '../../../test/pki/authority.js';
import { isSignedBy, parseCrl } from './crl.js';
import { encodeCrlTbs } from './crl-template.js';
import { parsePublicKey } from './public-key.js';

const authority = TestAuthority.root();
const key = parsePublicKey(authority.key.spkiDer);
const entries = [
  { serial: Buffer.from('7f00000000000002', 'hex'), revokedAt: TEST_FROM, reason: 'unspecified' as const },
  { serial: Buffer.from('4100000000000001', 'hex'), revokedAt: TEST_FROM, reason: 'privilegeWithdrawn' as const },
];

describe('a revocation list', () => {
  it('is read as it was written', () => {
    const list = parseCrl(authority.crl(entries, 300n));
    expect(list.number).toBe(300n);
    expect(list.authorityKeyId).toEqual(key.keyId);
    expect([list.thisUpdate, list.nextUpdate]).toEqual([TEST_FROM, TEST_UNTIL]);
    expect([...list.revoked]).toEqual([
      ['4100000000000001', { revokedAt: TEST_FROM, reasonCode: 9 }],
      ['7f00000000000002', { revokedAt: TEST_FROM, reasonCode: undefined }],
    ]);
  });

  it('leaves the list of entries out when nothing is revoked (RFC 5280 §5.1.2.6)', () => {
    expect(parseCrl(authority.crl([])).revoked.size).toBe(0);
  });

  it('is believed under the key that signed it and no other', () => {
    const list = parseCrl(authority.crl(entries));
    expect(isSignedBy(list, key)).toBe(true);
    expect(isSignedBy(list, parsePublicKey(TestAuthority.root().key.spkiDer))).toBe(false);
  });

  it('is the same bytes whatever the order of the entries', () => {
    const template = { issuer: authority.reference, number: 1n, thisUpdate: TEST_FROM, nextUpdate: TEST_UNTIL };
    expect(encodeCrlTbs({ ...template, entries })).toEqual(
      encodeCrlTbs({ ...template, entries: entries.toReversed() }),
    );
  });

  it('is not written with a next update before this one', () => {
    const template = { issuer: authority.reference, number: 1n, thisUpdate: TEST_UNTIL, nextUpdate: TEST_FROM };
    expect(() => encodeCrlTbs({ ...template, entries })).toThrow(expect.objectContaining({ code: 'template_invalid' }));
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'crl_malformed'],
    ['a certificate', authority.der, 'crl_malformed'],
    ['bytes after the list', Buffer.concat([authority.crl([]), Buffer.of(0)]), 'crl_malformed'],
    ['nine megabytes', Buffer.alloc(9 * 1024 * 1024), 'crl_too_large'],
  ])('is not read from %s', (_name, der, code) => {
    expect(() => parseCrl(der)).toThrow(expect.objectContaining({ code }));
  });
});
