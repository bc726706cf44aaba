import type { SpiffeId } from '../spiffe-id.js';
import type { IssuingAlgorithm } from './signature.js';

/** What every certificate of ours has. */
interface CommonTemplate {
  readonly issuer: AuthorityReference;
  /** Big-endian, 8 to 20 octets, the first bit clear; see `serialFrom`. */
  readonly serial: Buffer;
  /** First second of validity. */
  readonly notBefore: Date;
  /** Last second of validity. */
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly spkiDer: Buffer;
}

/** The authority that will sign: its name as it stands in its own certificate, and its key. */
export interface AuthorityReference {
  readonly nameDer: Buffer;
  readonly keyId: Buffer;
  readonly algorithm: IssuingAlgorithm;
}

interface LeafTemplate extends CommonTemplate {
  /** Where the issuer's revocation list is: an http or https URL. */
  readonly crlUrl?: string | undefined;
  /** Certificate policies in dotted form, for example of the profile. */
  readonly policies?: readonly string[];
}

/** A workload's certificate for both sides of TLS (SPIFFE X509-SVID). It has no subject: the SPIFFE ID is its name. */
export interface SvidTemplate extends LeafTemplate {
  readonly kind: 'x509-svid';
  readonly spiffeId: SpiffeId;
  readonly dnsNames: readonly string[];
}

/** The certificate of one of the service's own listeners. */
export interface ServerTemplate extends LeafTemplate {
  readonly kind: 'tls-server';
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

export interface AuthorityName {
  readonly organization?: string;
  readonly commonName: string;
}

/** An authority that signs leaves and revocation lists, and no other authority. */
export interface IssuingAuthorityTemplate extends LeafTemplate {
  readonly kind: 'issuing-authority';
  readonly subject: AuthorityName;
}

/** A self-signed root; `issuer` is itself. */
export interface RootTemplate extends Omit<CommonTemplate, 'issuer'> {
  readonly kind: 'root';
  readonly subject: AuthorityName;
  readonly algorithm: IssuingAlgorithm;
}

export type CertificateTemplate = SvidTemplate | ServerTemplate | IssuingAuthorityTemplate | RootTemplate;
export type CertificateKind = CertificateTemplate['kind'];

export const SERIAL_OCTETS = 16;

/**
 * A serial number from 16 random octets: positive, of fixed length, 126 bits random (RFC 5280 §4.1.2.2 allows 20
 * octets, the Baseline Requirements §7.1 ask for 64 bits).
 */
export function serialFrom(random: Uint8Array): Buffer {
  const serial = Buffer.from(random.subarray(0, SERIAL_OCTETS));
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}
