import { contextConstructed, TAG } from '../der/tags.js';
import { encodeTime } from '../der/time.js';
import { encode, sequence, unsignedInteger } from '../der/writer.js';
import { CryptoError } from '../errors.js';
import type { AuthorityReference } from './certificate-template.js';
import { encodeAuthorityKeyId, plain } from './extension-encoding.js';
import { EXTENSION } from './oids.js';
import { encodeSignatureAlgorithm } from './signature.js';

/** Reason codes of RFC 5280 §5.3.1 that a certificate of ours can be revoked for. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;

export interface CrlEntry {
  /** As in the certificate: 1 to 20 octets, big-endian. */
  readonly serial: Buffer;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

/** A complete revocation list of one authority. */
export interface CrlTemplate {
  readonly issuer: AuthorityReference;
  /** Greater than that of every list of this authority before it (RFC 5280 §5.2.3): the caller counts. */
  readonly number: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly entries: readonly CrlEntry[];
}

const VERSION_2 = unsignedInteger(Buffer.of(1));

/**
 * The bytes to be signed of a revocation list (RFC 5280 §5.1), version 2, entries in order of serial number: the same
 * template gives the same bytes. `assembleSigned` adds the signature.
 *
 * @throws CryptoError `template_invalid`
 */
export function encodeCrlTbs(template: CrlTemplate): Buffer {
  const { issuer, number, thisUpdate, nextUpdate } = template;
  if (number < 0n || nextUpdate <= thisUpdate)
    throw new CryptoError(
      'template_invalid',
      'A list has a number from 0 on, and its next update lies after this one.',
    );
  const entries = template.entries.toSorted((a, b) => Buffer.compare(a.serial, b.serial)).map(encodeEntry);
  return sequence(
    VERSION_2,
    encodeSignatureAlgorithm(issuer.algorithm),
    issuer.nameDer,
    encodeTime(thisUpdate),
    encodeTime(nextUpdate),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    encode(contextConstructed(0), sequence(encodeAuthorityKeyId(issuer.keyId), encodeNumber(number))),
  );
}

/** RFC 5280 §5.3.1: `unspecified` is said by leaving the reason out. */
function encodeEntry({ serial, revokedAt, reason }: CrlEntry): Buffer {
  const code = REVOCATION_REASONS[reason];
  const extensions = code === 0 ? [] : [sequence(plain(EXTENSION.reasonCode, encode(TAG.enumerated, Buffer.of(code))))];
  return sequence(unsignedInteger(serial), encodeTime(revokedAt), ...extensions);
}

function encodeNumber(number: bigint): Buffer {
  const hex = number.toString(16);
  const magnitude = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return plain(EXTENSION.crlNumber, unsignedInteger(magnitude));
}
