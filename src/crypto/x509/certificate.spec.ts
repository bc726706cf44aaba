import { describe, expect, it } from '@jest/globals';
import { TestAuthority } from '../../../test/pki/authority.js';
import { extension } from '../../../test/pki/csr.js';
import { encodeRawTbs, svidParts, VALUES } from '../../../test/pki/raw-tbs.js';
import { contextPrimitive } from '../der/tags.js';
import { encode, octetString, oid, sequence, unsignedInteger } from '../der/writer.js';
import { certificateSpiffeId, decodeCertificatesPem, encodeCertificatePem, parseCertificate } from './certificate.js';
import { encodeUri } from './general-name.js';

const authority = TestAuthority.root();
const parts = svidParts(authority);
const others = (old: Buffer) => parts.extensions.filter((one) => !one.equals(old));
const certificate = (extensions: readonly Buffer[]) => authority.sign(encodeRawTbs({ ...parts, extensions }));
const policy = sequence(oid('1.2.3.4'));

describe('a certificate', () => {
  it('is read from PEM as from DER', () => {
    const der = certificate(parts.extensions);
    expect(parseCertificate(encodeCertificatePem(der)).der).toEqual(der);
    expect(decodeCertificatesPem(encodeCertificatePem(der) + encodeCertificatePem(authority.der))).toEqual([
      der,
      authority.der,
    ]);
  });

  it('tells its serial number in lower-case hexadecimal without leading zeros', () => {
    const serial = unsignedInteger(Buffer.from('00ABCDEF01234567', 'hex'));
    const read = parseCertificate(authority.sign(encodeRawTbs({ ...parts, serial })));
    expect(read.serialNumber).toBe('abcdef01234567');
  });

  it('has a SPIFFE ID when it has one URI and that is one (X509-SVID §2)', () => {
    const named = (...uris: readonly string[]) => {
      const names = extension('2.5.29.17', sequence(...uris.map(encodeUri)), true);
      return certificateSpiffeId(parseCertificate(certificate([...others(VALUES.subjectAltName), names])))?.toString();
    };
    expect(named('spiffe://bank.example/bot')).toBe('spiffe://bank.example/bot');
    expect(named('spiffe://bank.example/bot', 'spiffe://bank.example/other')).toBeUndefined();
    expect(named('spiffe://bank.example/bot', 'https://bank.example')).toBeUndefined();
    expect(named('https://bank.example')).toBeUndefined();
  });

  it.each<[string, readonly Buffer[], string]>([
    ['an extension twice (RFC 5280 §4.2)', [...parts.extensions, VALUES.keyUsage], 'extension_duplicate'],
    [
      '33 extensions',
      Array.from({ length: 33 }, (_, arc) => extension(`1.2.3.${arc}`, sequence())),
      'extensions_too_many',
    ],
    [
      'an empty key identifier',
      [...others(VALUES.subjectKeyId), extension('2.5.29.14', octetString(Buffer.alloc(0)))],
      'certificate_malformed',
    ],
    [
      'an empty identifier of its signer',
      [...parts.extensions.slice(0, -1), extension('2.5.29.35', sequence(encode(contextPrimitive(0))))],
      'certificate_malformed',
    ],
    [
      'cA spelled out as false (X.690 §11.5)',
      [...others(VALUES.basicConstraints), extension('2.5.29.19', sequence(Buffer.of(1, 1, 0)), true)],
      'certificate_malformed',
    ],
    [
      'no access description (RFC 5280 §4.2.2.1)',
      [...parts.extensions, extension('1.3.6.1.5.5.7.1.1', sequence())],
      'certificate_malformed',
    ],
    [
      'no policy (RFC 5280 §4.2.1.4)',
      [...parts.extensions, extension('2.5.29.32', sequence())],
      'certificate_malformed',
    ],
    [
      'a policy twice (RFC 5280 §4.2.1.4)',
      [...parts.extensions, extension('2.5.29.32', sequence(policy, policy))],
      'certificate_malformed',
    ],
  ])('is not read with %s', (_name, extensions, code) => {
    expect(() => parseCertificate(certificate(extensions))).toThrow(expect.objectContaining({ code }));
  });

  it('is not read from more than 256 kB', () => {
    expect(() => parseCertificate(Buffer.alloc(256 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'certificate_too_large' }),
    );
  });
});
