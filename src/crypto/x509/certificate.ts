import { createHash } from 'node:crypto';
import { type Der, malformed, Members, readDerTree } from '../der/reader.js';
import { contextConstructed, TAG } from '../der/tags.js';
import { timeValue } from '../der/time.js';
import { bitStringOctets, integerBytes, smallInteger } from '../der/values.js';
import { CryptoError, reading } from '../errors.js';
import { SpiffeId } from '../spiffe-id.js';
import { type Extensions, parseExtensions } from './extension.js';
import { type ExtensionValues, parseExtensionValues } from './extension-values.js';
import { type Name, parseName } from './name.js';
import { decodePem, decodePemBlocks, encodePem } from './pem.js';

const MAX_BYTES = 256 * 1024;
const LIMITS = { count: 32, valueBytes: MAX_BYTES };
const VERSION = contextConstructed(0);
const EXTENSIONS = contextConstructed(3);
const V3 = 2;

/** A certificate, read. Nothing is believed yet: `verifyPath` says whether its words hold. */
export interface Certificate {
  readonly der: Buffer;
  /** The signed part, DER. */
  readonly tbs: Buffer;
  /** Contents octets of the serial number, sign included. */
  readonly serial: Buffer;
  /** The serial number as lower-case hexadecimal without leading zero octets: the form the ledger and the feed use. */
  readonly serialNumber: string;
  readonly signatureAlgorithm: Der;
  readonly signature: Buffer;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  /** Inclusive, to the second. */
  readonly notAfter: Date;
  readonly spki: Der;
  readonly extensions: Extensions;
  readonly values: ExtensionValues;
}

/**
 * Reads a certificate of version 3 in strict DER.
 *
 * @param input DER, or PEM with exactly one block
 * @throws CryptoError `certificate_malformed`, `certificate_too_large`, `pem_malformed`, `extension_duplicate`,
 *   `extensions_too_many`
 */
export function parseCertificate(input: string | Buffer): Certificate {
  if (input.length > MAX_BYTES * 2) throw tooLarge();
  const der = typeof input === 'string' ? decodePem('CERTIFICATE', input) : input;
  if (der.length > MAX_BYTES) throw tooLarge();
  return reading('certificate_malformed', 'The certificate', () => read(der));
}

function tooLarge(): CryptoError {
  return new CryptoError('certificate_too_large', `A certificate has at most ${MAX_BYTES} bytes here.`);
}

function read(der: Buffer): Certificate {
  const members = Members.of(readDerTree(der));
  const tbs = members.next(TAG.sequence);
  const outerAlgorithm = members.next(TAG.sequence);
  const signature = bitStringOctets(members.next(TAG.bitString));
  members.end();
  const signed = readTbs(tbs);
  if (!signed.signatureAlgorithm.bytes.equals(outerAlgorithm.bytes))
    throw malformed('the two signature algorithms differ (RFC 5280 §4.1.1.2)');
  return { der, tbs: tbs.bytes, signature, ...signed };
}

function readTbs(tbs: Der): Omit<Certificate, 'der' | 'tbs' | 'signature'> {
  const members = Members.of(tbs);
  if (readVersion(members) !== V3) throw malformed('it is not of version 3');
  const serial = integerBytes(members.next(TAG.integer));
  const signatureAlgorithm = members.next(TAG.sequence);
  const issuer = parseName(members.next(TAG.sequence));
  const validity = Members.of(members.next(TAG.sequence));
  const [notBefore, notAfter] = [timeValue(validity.next()), timeValue(validity.next())];
  validity.end();
  const subject = parseName(members.next(TAG.sequence));
  const spki = members.next(TAG.sequence);
  const list = members.optional(EXTENSIONS);
  members.end();
  const extensions: Extensions = list ? parseExtensions(only(list), LIMITS) : new Map();
  return {
    serial,
    serialNumber: serial.toString('hex').replace(/^(?:00)+(?=.)/, ''),
    signatureAlgorithm,
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    extensions,
    values: parseExtensionValues(extensions),
  };
}

function readVersion(members: Members): number | undefined {
  const version = members.optional(VERSION);
  return version && smallInteger(only(version));
}

function only(explicit: Der): Der {
  const members = Members.of(explicit, explicit.tag);
  const value = members.next();
  members.end();
  return value;
}

/** SHA-256 over the DER. */
export function certificateFingerprint(certificate: Pick<Certificate, 'der'>): Buffer {
  return createHash('sha256').update(certificate.der).digest();
}

/** The `x5t#S256` confirmation of tokens bound to this certificate (RFC 8705 §3.1). */
export function certificateThumbprint(certificate: Pick<Certificate, 'der'>): string {
  return certificateFingerprint(certificate).toString('base64url');
}

/**
 * The SPIFFE ID of an X.509-SVID; undefined unless there is exactly one URI name and it is one (X509-SVID §2). The
 * specification has a verifier refuse a certificate with a second URI, whatever it is.
 */
export function certificateSpiffeId(certificate: Pick<Certificate, 'values'>): SpiffeId | undefined {
  const names = certificate.values.subjectAltNames ?? [];
  const uris = names.flatMap((name) => (name.kind === 'uri' ? [name.value] : []));
  return uris.length === 1 ? SpiffeId.tryParse(uris[0]!) : undefined;
}

export function encodeCertificatePem(der: Buffer): string {
  return encodePem('CERTIFICATE', der);
}

/** Reads a bundle of PEM certificates, in order. @throws CryptoError `pem_malformed` */
export function decodeCertificatesPem(text: string): Buffer[] {
  return decodePemBlocks('CERTIFICATE', text);
}
