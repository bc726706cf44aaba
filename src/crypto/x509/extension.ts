import { type Der, malformed, Members } from '../der/reader.js';
import { TAG } from '../der/tags.js';
import { booleanValue, oidText } from '../der/values.js';
import { CryptoError } from '../errors.js';

/** An extension as it stands, its value not yet read. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER inside the OCTET STRING. */
  readonly value: Buffer;
}

export type Extensions = ReadonlyMap<string, Extension>;

export interface ExtensionLimits {
  readonly count: number;
  /** Bytes of one value. */
  readonly valueBytes: number;
}

/**
 * Reads `Extensions` (RFC 5280 §4.1.2.9): one or more, each at most once.
 *
 * @throws CryptoError `der_malformed`, `extension_duplicate`, `extension_too_large`, `extensions_too_many`
 */
export function parseExtensions(list: Der, limits: ExtensionLimits): Extensions {
  const members = Members.of(list).rest();
  if (members.length === 0) throw malformed('a list of extensions is empty');
  if (members.length > limits.count)
    throw new CryptoError('extensions_too_many', `Send at most ${limits.count} extensions.`);
  const extensions = new Map<string, Extension>();
  for (const member of members) {
    const extension = parseExtension(member);
    if (extensions.has(extension.oid))
      throw new CryptoError('extension_duplicate', `Send the extension ${extension.oid} once (RFC 5280 §4.2).`);
    if (extension.value.length > limits.valueBytes)
      throw new CryptoError('extension_too_large', `Keep each extension within ${limits.valueBytes} bytes.`);
    extensions.set(extension.oid, extension);
  }
  return extensions;
}

function parseExtension(value: Der): Extension {
  const members = Members.of(value);
  const oid = oidText(members.next(TAG.oid));
  const flag = members.optional(TAG.boolean);
  const critical = flag !== undefined && booleanValue(flag);
  if (flag && !critical) throw malformed('an extension spells out the default of critical');
  const { content } = members.next(TAG.octetString);
  members.end();
  return { oid, critical, value: content };
}
