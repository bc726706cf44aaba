import { type Der, malformed, Members, readDer, readDerTree } from '../der/reader.js';
import { contextConstructed, TAG } from '../der/tags.js';
import { bitStringOctets, oidText, smallInteger } from '../der/values.js';
import { CryptoError, reading } from '../errors.js';
import { type Extensions, parseExtensions } from './extension.js';
import { type GeneralName, parseGeneralNames } from './general-name.js';
import { commonNames, parseName } from './name.js';
import { EXTENSION, EXTENSION_REQUEST } from './oids.js';
import { decodePem } from './pem.js';
import { parsePublicKey, type PublicKey } from './public-key.js';
import { fits, parseSignatureAlgorithm, verifies } from './signature.js';

const MAX_BYTES = 16 * 1024;
const MAX_ATTRIBUTES = 8;
const LIMITS = { count: 16, valueBytes: 4096 };
const ATTRIBUTES = contextConstructed(0);

/** What a request wishes to be called. Wishes: issuance decides by profile and identity, never by these. */
export interface RequestedNames {
  readonly commonName: string | undefined;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** Other alternative names are asked for: addresses, mailboxes, directory names. */
  readonly others: readonly GeneralName[];
}

/** A certification request (PKCS#10, RFC 2986) whose sender has proved that they hold the key. */
export class Csr {
  private constructor(
    readonly der: Buffer,
    readonly key: PublicKey,
    readonly requested: RequestedNames,
  ) {}

  /**
   * Reads a request in strict DER, checks its key against our policy and its signature with that key.
   *
   * The input is an attacker's: at most 16 kB, read in linear time, and nothing of it is believed but the key.
   *
   * @param input PEM with exactly one `CERTIFICATE REQUEST` block and nothing else, or DER
   * @throws CryptoError `csr_too_large`, `csr_pem_invalid`, `csr_malformed`, `csr_signature_algorithm_refused`,
   *   `csr_signature_invalid`, `key_malformed`, `key_type_refused`, `key_too_small`, `key_too_large`,
   *   `extension_duplicate`, `extension_too_large`, `extensions_too_many`
   */
  static parse(input: string | Buffer): Csr {
    if (input.length > MAX_BYTES)
      throw new CryptoError('csr_too_large', `Send a certification request of at most ${MAX_BYTES} bytes.`);
    const der = typeof input === 'string' ? fromPem(input) : input;
    return reading('csr_malformed', 'The certification request', () => Csr.read(der));
  }

  private static read(der: Buffer): Csr {
    const members = Members.of(readDerTree(der));
    const info = members.next(TAG.sequence);
    const algorithm = members.next(TAG.sequence);
    const signature = bitStringOctets(members.next(TAG.bitString));
    members.end();
    const { key, requested } = readInfo(info);
    checkPossession(key, algorithm, info.bytes, signature);
    return new Csr(der, key, requested);
  }
}

function fromPem(text: string): Buffer {
  try {
    return decodePem('CERTIFICATE REQUEST', text);
  } catch (cause) {
    const message = 'Send one PEM block labelled CERTIFICATE REQUEST, in canonical base64, and nothing else.';
    throw new CryptoError('csr_pem_invalid', message, { cause });
  }
}

function readInfo(info: Der): { key: PublicKey; requested: RequestedNames } {
  const members = Members.of(info);
  if (smallInteger(members.next(TAG.integer)) !== 0) throw malformed('its version is not 1');
  const subject = parseName(members.next(TAG.sequence));
  const spki = members.next(TAG.sequence);
  const extensions = readExtensionRequest(Members.of(members.next(ATTRIBUTES), ATTRIBUTES).rest());
  members.end();
  return { key: parsePublicKey(spki), requested: { commonName: commonNames(subject)[0], ...readNames(extensions) } };
}

/** RFC 2985 §5.4.2: one attribute with one value. Other attributes ask for nothing that we give. */
function readExtensionRequest(attributes: readonly Der[]): Extensions {
  if (attributes.length > MAX_ATTRIBUTES) throw malformed('it has too many attributes');
  const lists = attributes.flatMap((attribute) => {
    const members = Members.of(attribute);
    const oid = oidText(members.next(TAG.oid));
    const values = Members.of(members.next(TAG.set), TAG.set).rest();
    members.end();
    return oid === EXTENSION_REQUEST ? [values] : [];
  });
  if (lists.length > 1) throw new CryptoError('extension_duplicate', 'Send one extension request, not several.');
  const [values] = lists;
  if (!values) return new Map();
  if (values.length !== 1) throw malformed('its extension request has not one value');
  return parseExtensions(values[0]!, LIMITS);
}

function readNames(extensions: Extensions): Omit<RequestedNames, 'commonName'> {
  const extension = extensions.get(EXTENSION.subjectAltName);
  const names = extension ? parseGeneralNames(readDer(extension.value)) : [];
  const texts = (kind: 'uri' | 'dns') => names.flatMap((name) => (name.kind === kind ? [name.value] : []));
  return {
    uris: texts('uri'),
    dnsNames: texts('dns'),
    others: names.filter(({ kind }) => kind !== 'uri' && kind !== 'dns'),
  };
}

/** Proof of possession (RFC 2986 §3): without it a name could be put on a key that is somebody else's. */
function checkPossession(key: PublicKey, identifier: Der, signed: Buffer, signature: Buffer): void {
  const algorithm = parseSignatureAlgorithm(identifier);
  if (!algorithm || !fits(algorithm, key.kind))
    throw new CryptoError(
      'csr_signature_algorithm_refused',
      'Sign the request with its own key and SHA-256 or better (Ed25519 as it is).',
    );
  if (!verifies(key, algorithm, signed, signature))
    throw new CryptoError('csr_signature_invalid', 'The request is not signed by the key that it bears: make it anew.');
}
