import { CryptoError } from './errors.js';

const MAX_BYTES = 2048;
const MAX_TRUST_DOMAIN_BYTES = 255;
const SCHEME = 'spiffe://';
const TRUST_DOMAIN = /^[a-z0-9._-]+$/;
const PATH_SEGMENT = /^[A-Za-z0-9._-]+$/;

/**
 * The name of a workload: `spiffe://<trust domain>/<path>` (SPIFFE ID §2). Two are the same exactly when their texts
 * are the same: the rules leave one spelling for each, so nothing is ever decoded or normalised.
 */
export class SpiffeId {
  private constructor(
    readonly trustDomain: string,
    /** From the first slash on; empty for the trust domain itself. */
    readonly path: string,
  ) {}

  /**
   * Reads a SPIFFE ID as strictly as the specification allows: no port, user, query, fragment, percent-encoding, empty
   * or dot segment and no trailing slash, at most 2048 bytes.
   *
   * @throws CryptoError `spiffe_id_too_long`, `spiffe_id_scheme_invalid`, `spiffe_id_trust_domain_invalid`,
   *   `spiffe_id_path_invalid`
   */
  static parse(text: string): SpiffeId {
    if (Buffer.byteLength(text) > MAX_BYTES)
      throw new CryptoError('spiffe_id_too_long', `Shorten the SPIFFE ID to at most ${MAX_BYTES} bytes.`);
    if (!text.startsWith(SCHEME))
      throw new CryptoError('spiffe_id_scheme_invalid', 'A SPIFFE ID begins with spiffe:// in lower case.');
    const rest = text.slice(SCHEME.length);
    const slash = rest.indexOf('/');
    const trustDomain = slash < 0 ? rest : rest.slice(0, slash);
    const path = slash < 0 ? '' : rest.slice(slash);
    return new SpiffeId(checkTrustDomain(trustDomain), checkPath(path));
  }

  /** The SPIFFE ID, or undefined where the text is not one. */
  static tryParse(text: string): SpiffeId | undefined {
    try {
      return SpiffeId.parse(text);
    } catch {
      return undefined;
    }
  }

  isMemberOf(trustDomain: string): boolean {
    return this.trustDomain === trustDomain;
  }

  equals(other: SpiffeId): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return `${SCHEME}${this.trustDomain}${this.path}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** SPIFFE ID §2.1: lower-case letters, digits, dot, dash and underscore; at most 255 bytes. */
function checkTrustDomain(trustDomain: string): string {
  if (!TRUST_DOMAIN.test(trustDomain) || trustDomain.length > MAX_TRUST_DOMAIN_BYTES)
    throw new CryptoError(
      'spiffe_id_trust_domain_invalid',
      'A trust domain has only lower-case letters, digits, dots, dashes and underscores: no port and no user.',
    );
  return trustDomain;
}

/** SPIFFE ID §2.2: segments of letters, digits, dot, dash and underscore, none empty, `.` or `..`. */
function checkPath(path: string): string {
  if (path === '') return path;
  const segments = path.slice(1).split('/');
  if (!segments.every((segment) => PATH_SEGMENT.test(segment) && segment !== '.' && segment !== '..'))
    throw new CryptoError(
      'spiffe_id_path_invalid',
      'Each path segment has letters, digits, dots, dashes or underscores; none is empty, "." or "..", and no slash ends the path.',
    );
  return path;
}
