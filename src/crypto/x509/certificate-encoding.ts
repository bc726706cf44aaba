import { createHash } from 'node:crypto';
import { readDer } from '../der/reader.js';
import { contextConstructed } from '../der/tags.js';
import { encodeTime } from '../der/time.js';
import { bitString, encode, sequence, unsignedInteger } from '../der/writer.js';
import { CryptoError } from '../errors.js';
import type { CertificateTemplate, RootTemplate } from './certificate-template.js';
import { encodeTemplateExtensions } from './extension-encoding.js';
import { encodeName } from './name.js';
import { parsePublicKey } from './public-key.js';
import { encodeSignatureAlgorithm, type IssuingAlgorithm } from './signature.js';

const VERSION_3 = encode(contextConstructed(0), unsignedInteger(Buffer.of(2)));
const EMPTY_NAME = sequence();

/**
 * The bytes to be signed of a certificate (RFC 5280 §4.1): the same template gives the same bytes. Whether they are
 * what the profile allows is for `lintCertificate` to say, which shares nothing with this.
 *
 * @throws CryptoError `template_invalid` for what has no encoding; `key_…` for a key we would not sign
 */
export function encodeTbs(template: CertificateTemplate): Buffer {
  checkSerial(template.serial);
  const key = parsePublicKey(template.spkiDer);
  const subject = subjectOf(template);
  const issuer = template.kind === 'root' ? selfReference(template, subject, key.keyId) : template.issuer;
  return sequence(
    VERSION_3,
    unsignedInteger(template.serial),
    encodeSignatureAlgorithm(issuer.algorithm),
    issuer.nameDer,
    sequence(encodeTime(template.notBefore), encodeTime(template.notAfter)),
    subject,
    key.spkiDer,
    encode(contextConstructed(3), encodeTemplateExtensions(template, { subject: key.keyId, issuer: issuer.keyId })),
  );
}

function subjectOf(template: CertificateTemplate): Buffer {
  return template.kind === 'root' || template.kind === 'issuing-authority' ? encodeName(template.subject) : EMPTY_NAME;
}

function selfReference({ algorithm }: RootTemplate, nameDer: Buffer, keyId: Buffer) {
  return { nameDer, keyId, algorithm };
}

function checkSerial(serial: Buffer): void {
  if (serial.length < 8 || serial.length > 20 || serial[0]! >= 0x80 || serial[0] === 0)
    throw new CryptoError('template_invalid', 'A serial number has 8 to 20 octets, the first from 0x01 to 0x7f.');
}

/**
 * Puts the signature beside what was signed (RFC 5280 §4.1.1). Revocation lists have the same form.
 *
 * @param signature as X.509 has it: an ECDSA signature in DER, an Ed25519 one raw
 */
export function assembleSigned(tbs: Buffer, algorithm: IssuingAlgorithm, signature: Buffer): Buffer {
  return sequence(readDer(tbs).bytes, encodeSignatureAlgorithm(algorithm), bitString(signature));
}

/** SHA-256 of the bytes to be signed: the name under which an intent is recorded before it is signed. */
export function tbsDigest(tbs: Buffer): Buffer {
  return createHash('sha256').update(tbs).digest();
}
