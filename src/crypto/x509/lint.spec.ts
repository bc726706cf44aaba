import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { newKey, TEST_FROM, TEST_UNTIL, TestAuthority } from '../../../test/pki/authority.js';
import { extension } from '../../../test/pki/csr.js';
import {
  authorityKeyId,
  caConstraints,
  encodeRawTbs,
  svidParts,
  type TbsParts,
  validity,
  VALUES,
} from '../../../test/pki/raw-tbs.js';
import { contextConstructed, contextPrimitive, TAG } from '../der/tags.js';
import { encode, namedBitList, NULL, octetString, oid, sequence, unsignedInteger } from '../der/writer.js';
import { encodeDns, encodeIp, encodeUri } from './general-name.js';
import { lintCertificate } from './lint.js';
import { encodeName } from './name.js';

const authority = TestAuthority.root();
const parts = svidParts(authority);
const context = {
  trustDomain: 'bank.example',
  maxLifetimeSeconds: (TEST_UNTIL.getTime() - TEST_FROM.getTime()) / 1000,
  issuer: { nameDer: authority.reference.nameDer, keyId: authority.reference.keyId, notAfter: TEST_UNTIL },
};
const aki = authorityKeyId(authority.reference.keyId);
const rest = parts.extensions;

/** The honest extensions with one replaced, or left out. */
function replacing(old: Buffer, ...by: readonly Buffer[]): Partial<TbsParts> {
  return { extensions: rest.flatMap((one) => (one.equals(old) ? by : [one])) };
}

const names = (...alternatives: readonly Buffer[]) => extension('2.5.29.17', sequence(...alternatives), true);
const bot = encodeUri('spiffe://bank.example/bot');
const point = (...members: readonly Buffer[]) => extension('2.5.29.31', sequence(sequence(...members)));

describe('the linter of to-be-signed certificates', () => {
  it('passes an honest SVID', () => expect(lintCertificate(encodeRawTbs(parts), 'x509-svid', context)).toEqual([]));

  it.each<[string, Partial<TbsParts>, string]>([
    ['version 1', { version: undefined }, 'version_not_3'],
    ['version 2', { version: unsignedInteger(Buffer.of(1)) }, 'version_not_3'],
    ['a serial of zero (RFC 5280 §4.1.2.2)', { serial: unsignedInteger(Buffer.of(0)) }, 'serial_not_positive'],
    [
      'a negative serial (RFC 5280 §4.1.2.2)',
      { serial: encode(TAG.integer, Buffer.alloc(16, 0x80)) },
      'serial_not_positive',
    ],
    ['a serial of 21 octets (RFC 5280 §4.1.2.2)', { serial: unsignedInteger(Buffer.alloc(21, 1)) }, 'serial_too_long'],
    ['a serial of 56 bits (BR §7.1)', { serial: unsignedInteger(Buffer.alloc(7, 0xff)) }, 'serial_too_short'],
    ['a signature with SHA-1', { algorithm: sequence(oid('1.2.840.10045.4.1')) }, 'signature_algorithm_refused'],
    [
      'parameters beside ECDSA',
      { algorithm: sequence(oid('1.2.840.10045.4.3.2'), NULL) },
      'signature_algorithm_refused',
    ],
    ['an end before the beginning', { validity: validity(TEST_UNTIL, TEST_FROM) }, 'validity_order_wrong'],
    [
      'a lifetime of a second too much',
      { validity: validity(new Date(TEST_FROM.getTime() - 1000), TEST_UNTIL) },
      'lifetime_too_long',
    ],
    ["an end after its issuer's", { validity: validity(TEST_FROM, new Date('2036-01-01')) }, 'validity_beyond_issuer'],
    [
      'GeneralizedTime before 2050 (RFC 5280 §4.1.2.5)',
      {
        validity: sequence(
          encode(TAG.generalizedTime, Buffer.from('20250101000000Z')),
          encode(TAG.utcTime, Buffer.from('350101000000Z')),
        ),
      },
      'time_form_wrong',
    ],
    ['no issuer (RFC 5280 §4.1.2.4)', { issuer: sequence() }, 'issuer_empty'],
    ['another issuer', { issuer: encodeName({ commonName: 'Evil' }) }, 'issuer_mismatch'],
    ['a subject', { subject: encodeName({ commonName: 'bot' }) }, 'subject_wrong'],
    ['its issuer as subject', { subject: parts.issuer }, 'issuer_mismatch'],
    ['a weak key', { spki: newKey('rsa1024').spkiDer }, 'key_refused'],
    ['another key than it names', { spki: newKey().spkiDer }, 'key_identifier_wrong'],
    ["another signer's key", replacing(aki, authorityKeyId(Buffer.alloc(20, 7))), 'key_identifier_wrong'],
    [
      'a signer by issuer and serial',
      replacing(
        aki,
        extension(
          '2.5.29.35',
          sequence(
            encode(contextPrimitive(0), authority.reference.keyId),
            encode(contextConstructed(1), encodeDns('a.b')),
            encode(contextPrimitive(2), Buffer.of(1)),
          ),
        ),
      ),
      'key_identifier_wrong',
    ],
    ['no key of its signer', replacing(aki), 'extension_missing'],
    ['no key of its own', replacing(VALUES.subjectKeyId), 'extension_missing'],
    [
      'a critical key identifier (RFC 5280 §4.2.1.2)',
      replacing(aki, authorityKeyId(authority.reference.keyId, true)),
      'extension_criticality_wrong',
    ],
    ['an extension twice (RFC 5280 §4.2)', { extensions: [...rest, VALUES.keyUsage] }, 'extension_duplicate'],
    [
      'an unknown critical extension (RFC 5280 §4.2)',
      { extensions: [...rest, extension('1.2.3.4', NULL, true)] },
      'extension_unexpected',
    ],
    ['an unknown extension', { extensions: [...rest, extension('1.2.3.4', NULL)] }, 'extension_unexpected'],
    [
      'name constraints (RFC 5280 §4.2.1.10)',
      { extensions: [...rest, extension('2.5.29.30', sequence(), true)] },
      'extension_unexpected',
    ],
    ['an authority (X509-SVID §4.1)', replacing(VALUES.basicConstraints, caConstraints()), 'leaf_is_authority'],
    ['no basic constraints', replacing(VALUES.basicConstraints), 'extension_missing'],
    [
      'keyCertSign (X509-SVID §4.3)',
      replacing(VALUES.keyUsage, extension('2.5.29.15', namedBitList([0, 5]), true)),
      'key_usage_wrong',
    ],
    [
      'cRLSign (X509-SVID §4.3)',
      replacing(VALUES.keyUsage, extension('2.5.29.15', namedBitList([0, 6]), true)),
      'key_usage_wrong',
    ],
    [
      'no digitalSignature (X509-SVID §4.3)',
      replacing(VALUES.keyUsage, extension('2.5.29.15', namedBitList([4]), true)),
      'key_usage_wrong',
    ],
    [
      'a key usage that is not critical (X509-SVID §4.3)',
      replacing(VALUES.keyUsage, extension('2.5.29.15', namedBitList([0]))),
      'extension_criticality_wrong',
    ],
    [
      'client use alone',
      replacing(VALUES.extKeyUsage, extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2')))),
      'extended_key_usage_wrong',
    ],
    [
      'any purpose',
      replacing(VALUES.extKeyUsage, extension('2.5.29.37', sequence(oid('2.5.29.37.0')))),
      'extended_key_usage_wrong',
    ],
    ['no name at all', replacing(VALUES.subjectAltName), 'extension_missing'],
    [
      'names not critical beside no subject (RFC 5280 §4.2.1.6)',
      replacing(VALUES.subjectAltName, extension('2.5.29.17', sequence(bot))),
      'extension_criticality_wrong',
    ],
    [
      'two SPIFFE IDs (X509-SVID §2)',
      replacing(VALUES.subjectAltName, names(bot, encodeUri('spiffe://bank.example/other'))),
      'spiffe_id_wrong',
    ],
    [
      'another URI beside it (X509-SVID §2)',
      replacing(VALUES.subjectAltName, names(bot, encodeUri('https://bank.example'))),
      'spiffe_id_wrong',
    ],
    [
      'no URI (X509-SVID §2)',
      replacing(VALUES.subjectAltName, names(encodeDns('bot.bank.example'))),
      'spiffe_id_wrong',
    ],
    [
      'a SPIFFE ID without a path (X509-SVID §4.1)',
      replacing(VALUES.subjectAltName, names(encodeUri('spiffe://bank.example'))),
      'spiffe_id_wrong',
    ],
    [
      'another trust domain',
      replacing(VALUES.subjectAltName, names(encodeUri('spiffe://evil.example/bot'))),
      'trust_domain_wrong',
    ],
    [
      'an address beside it',
      replacing(VALUES.subjectAltName, names(bot, encodeIp(Buffer.of(127, 0, 0, 1)))),
      'names_wrong',
    ],
    [
      'a mailbox beside it',
      replacing(VALUES.subjectAltName, names(bot, encode(contextPrimitive(1), Buffer.from('a@b.c')))),
      'names_wrong',
    ],
    [
      'a DNS name that is none',
      replacing(VALUES.subjectAltName, names(bot, encodeDns('under_score.example'))),
      'names_wrong',
    ],
    [
      'a list at a file',
      {
        extensions: [
          ...rest,
          point(encode(contextConstructed(0), encode(contextConstructed(0), encodeUri('file:///etc')))),
        ],
      },
      'crl_pointer_malformed',
    ],
    [
      'a list for some reasons (RFC 5280 §4.2.1.13)',
      {
        extensions: [
          ...rest,
          point(
            encode(contextConstructed(0), encode(contextConstructed(0), encodeUri('https://a.b/c'))),
            encode(contextPrimitive(1), Buffer.of(6, 0x40)),
          ),
        ],
      },
      'crl_pointer_malformed',
    ],
    [
      'an extension that is no DER',
      replacing(VALUES.subjectKeyId, extension('2.5.29.14', Buffer.from('no'))),
      'der_malformed',
    ],
  ])('refuses %s', (_name, change, code) => {
    const findings = lintCertificate(encodeRawTbs({ ...parts, ...change }), 'x509-svid', context);
    expect(findings.map((found) => found.code)).toContain(code);
  });

  it('refuses bytes after the certificate, and another encoding of the same', () => {
    const tbs = encodeRawTbs(parts);
    expect(lintCertificate(Buffer.concat([tbs, Buffer.of(5, 0)]), 'x509-svid')).toHaveLength(1);
    const long = Buffer.concat([Buffer.of(0x30, 0x83, 0x00), tbs.subarray(2)]);
    expect(lintCertificate(long, 'x509-svid')).toEqual([expect.objectContaining({ code: 'der_not_canonical' })]);
    expect(lintCertificate(octetString(tbs), 'x509-svid')[0]).toMatchObject({ code: 'der_malformed' });
  });
});
