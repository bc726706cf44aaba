import { type Der, malformed, Members, readDer } from '../der/reader.js';
import { contextConstructed, TAG } from '../der/tags.js';
import { timeValue } from '../der/time.js';
import { bitStringOctets, integerBytes, smallInteger } from '../der/values.js';
import { CryptoError, reading } from '../errors.js';
import { type Extensions, parseExtensions } from './extension.js';
import { authorityKeyIdentifier } from './extension-values.js';
import { type Name, parseName } from './name.js';
import { EXTENSION } from './oids.js';
import type { PublicKey } from './public-key.js';
import { parseSignatureAlgorithm, verifies } from './signature.js';

const MAX_BYTES = 8 * 1024 * 1024;
const LIMITS = { count: 16, valueBytes: 4096 };
const V2 = 1;
const EXTENSIONS = contextConstructed(0);

/** A certificate revocation list, read; `isSignedBy` says whether to believe it. */
export interface CertificateList {
  readonly tbs: Buffer;
  readonly signatureAlgorithm: Der;
  readonly signature: Buffer;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Revoked serial numbers, as contents octets in hexadecimal. */
  readonly revoked: ReadonlyMap<string, Revocation>;
  readonly extensions: Extensions;
  /** Undefined where absent, which RFC 5280 §5.2.3 forbids: `checkList` refuses it. */
  readonly number: bigint | undefined;
  readonly authorityKeyId: Buffer | undefined;
}

export interface Revocation {
  readonly revokedAt: Date;
  /** RFC 5280 §5.3.1; undefined where the list gives none. */
  readonly reasonCode: number | undefined;
}

/**
 * Reads a CRL of version 2 in strict DER.
 *
 * @throws CryptoError `crl_malformed`, `crl_too_large`
 */
export function parseCrl(der: Buffer): CertificateList {
  if (der.length > MAX_BYTES) throw new CryptoError('crl_too_large', `A CRL has at most ${MAX_BYTES} bytes here.`);
  return reading('crl_malformed', 'The revocation list', () => read(der));
}

function read(der: Buffer): CertificateList {
  const members = Members.of(readDer(der));
  const tbs = members.next(TAG.sequence);
  const outerAlgorithm = members.next(TAG.sequence);
  const signature = bitStringOctets(members.next(TAG.bitString));
  members.end();
  const list = readTbs(tbs);
  if (!list.signatureAlgorithm.bytes.equals(outerAlgorithm.bytes))
    throw malformed('the two signature algorithms differ');
  return { tbs: tbs.bytes, signature, ...list };
}

function readTbs(tbs: Der): Omit<CertificateList, 'tbs' | 'signature'> {
  const members = Members.of(tbs);
  if (smallInteger(members.next(TAG.integer)) !== V2) throw malformed('it is not of version 2');
  const signatureAlgorithm = members.next(TAG.sequence);
  const issuer = parseName(members.next(TAG.sequence));
  const [thisUpdate, nextUpdate] = [timeValue(members.next()), timeValue(members.next())];
  const revoked = readEntries(members.optional(TAG.sequence));
  const extensions = readExtensions(members.optional(EXTENSIONS));
  members.end();
  return {
    signatureAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    extensions,
    ...readExtensionValues(extensions),
  };
}

function readEntries(list: Der | undefined): Map<string, Revocation> {
  const entries = new Map<string, Revocation>();
  if (!list) return entries;
  for (const entry of Members.of(list).rest()) {
    const members = Members.of(entry);
    const serial = integerBytes(members.next(TAG.integer)).toString('hex');
    const revokedAt = timeValue(members.next());
    const extensions = members.optional(TAG.sequence);
    members.end();
    entries.set(serial, { revokedAt, reasonCode: extensions && readReason(extensions) });
  }
  return entries;
}

/** An entry's critical extension that we do not know could mean that it is another issuer's (RFC 5280 §5.3). */
function readReason(list: Der): number | undefined {
  const extensions = parseExtensions(list, LIMITS);
  for (const { critical } of extensions.values()) if (critical) throw malformed('an entry has a critical extension');
  const reason = extensions.get(EXTENSION.reasonCode);
  if (!reason) return undefined;
  const { tag, content } = readDer(reason.value);
  if (tag !== TAG.enumerated || content.length !== 1) throw malformed('a reason code is not one');
  return content[0]!;
}

function readExtensions(explicit: Der | undefined): Extensions {
  if (!explicit) return new Map();
  const [list, ...more] = Members.of(explicit, EXTENSIONS).rest();
  if (!list || more.length > 0) throw malformed('extensions are not one list');
  return parseExtensions(list, LIMITS);
}

function readExtensionValues(extensions: Extensions): Pick<CertificateList, 'number' | 'authorityKeyId'> {
  const number = extensions.get(EXTENSION.crlNumber);
  const authority = extensions.get(EXTENSION.authorityKeyIdentifier);
  return {
    number: number && BigInt(`0x${integerBytes(readDer(number.value)).toString('hex')}`),
    authorityKeyId: authority && authorityKeyIdentifier(readDer(authority.value)).keyId,
  };
}

/** Whether the key made the list's signature. */
export function isSignedBy(list: CertificateList, key: PublicKey): boolean {
  const algorithm = parseSignatureAlgorithm(list.signatureAlgorithm);
  return algorithm !== undefined && verifies(key, algorithm, list.tbs, list.signature);
}
