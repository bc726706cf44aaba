import type { Certificate } from '../certificate.js';
import { sameName } from '../name.js';
import { parsePublicKey, type PublicKey } from '../public-key.js';
import { CryptoError } from '../../errors.js';

/** A certificate in its place on a path. */
export interface Link {
  readonly certificate: Certificate;
  readonly place: 'leaf' | 'intermediate' | 'root';
  /** Issuer and subject are the same name (RFC 5280 §3.2): a roll-over of keys, not a step in authority. */
  readonly selfIssued: boolean;
  /** The key, or why our policy refuses it. */
  readonly key: PublicKey | CryptoError;
}

export function linkOf(certificate: Certificate, place: Link['place']): Link {
  return { certificate, place, selfIssued: sameName(certificate.issuer, certificate.subject), key: keyOf(certificate) };
}

function keyOf(certificate: Certificate): PublicKey | CryptoError {
  try {
    return parsePublicKey(certificate.spki);
  } catch (error) {
    if (error instanceof CryptoError) return error;
    throw error;
  }
}
