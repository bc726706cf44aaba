import { type Der, malformed, Members, readDer } from '../der/reader.js';
import { contextConstructed, contextPrimitive, TAG } from '../der/tags.js';
import { booleanValue, namedBits, oidText, smallInteger } from '../der/values.js';
import { type GeneralName, parseGeneralName, parseGeneralNames } from './general-name.js';
import { EXTENSION } from './oids.js';
import type { Extensions } from './extension.js';

export interface AuthorityKeyIdentifier {
  readonly keyId: Buffer | undefined;
  /** Whether it also names issuer and serial number, a form that we never use. */
  readonly namesIssuer: boolean;
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | undefined;
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** What path validation and issuance read out of a certificate's extensions; undefined where one is absent. */
export interface ExtensionValues {
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: AuthorityKeyIdentifier | undefined;
  readonly keyUsage: ReadonlySet<number> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly subjectAltNames: readonly GeneralName[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
}

/**
 * Reads the extensions that mean something to us, and the form of those that only must be well-formed.
 *
 * @throws CryptoError `der_malformed`
 */
export function parseExtensionValues(extensions: Extensions): ExtensionValues {
  const read = <Value>(oid: string, parse: (value: Der) => Value): Value | undefined => {
    const extension = extensions.get(oid);
    return extension && parse(readDer(extension.value));
  };
  read(EXTENSION.authorityInfoAccess, accessDescriptions);
  read(EXTENSION.certificatePolicies, policies);
  return {
    subjectKeyId: read(EXTENSION.subjectKeyIdentifier, keyIdentifier),
    authorityKeyId: read(EXTENSION.authorityKeyIdentifier, authorityKeyIdentifier),
    keyUsage: read(EXTENSION.keyUsage, keyUsage),
    extendedKeyUsage: read(EXTENSION.extKeyUsage, extendedKeyUsage),
    basicConstraints: read(EXTENSION.basicConstraints, basicConstraints),
    subjectAltNames: read(EXTENSION.subjectAltName, (value) => parseGeneralNames(value)),
    nameConstraints: read(EXTENSION.nameConstraints, nameConstraints),
  };
}

function keyIdentifier(value: Der): Buffer {
  if (value.tag !== TAG.octetString || value.content.length === 0) throw malformed('a key identifier is empty');
  return value.content;
}

export function authorityKeyIdentifier(value: Der): AuthorityKeyIdentifier {
  const members = Members.of(value);
  const keyId = members.optional(contextPrimitive(0))?.content;
  const issuer = members.optional(contextConstructed(1));
  const serial = members.optional(contextPrimitive(2));
  members.end();
  if (keyId?.length === 0) throw malformed('a key identifier is empty');
  if (issuer) parseGeneralNames(issuer, contextConstructed(1));
  return { keyId, namesIssuer: issuer !== undefined || serial !== undefined };
}

function keyUsage(value: Der): ReadonlySet<number> {
  const bits = namedBits(value);
  if (bits.size === 0) throw malformed('a key usage names no use (RFC 5280 §4.2.1.3)');
  return bits;
}

function extendedKeyUsage(value: Der): string[] {
  const purposes = Members.of(value).rest();
  if (purposes.length === 0) throw malformed('an extended key usage names no purpose (RFC 5280 §4.2.1.12)');
  return purposes.map((purpose) => oidText(purpose));
}

function basicConstraints(value: Der): BasicConstraints {
  const members = Members.of(value);
  const flag = members.optional(TAG.boolean);
  const ca = flag !== undefined && booleanValue(flag);
  if (flag && !ca) throw malformed('basic constraints spell out the default of cA');
  const pathLength = members.optional(TAG.integer);
  members.end();
  return { ca, pathLength: pathLength && smallInteger(pathLength) };
}

/** RFC 5280 §4.2.1.10: neither empty as a whole nor in a part; minimum 0 (left out, as DER demands) and no maximum. */
function nameConstraints(value: Der): NameConstraints {
  const members = Members.of(value);
  const permitted = members.optional(contextConstructed(0));
  const excluded = members.optional(contextConstructed(1));
  members.end();
  if (!permitted && !excluded) throw malformed('name constraints constrain nothing');
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) };
}

function subtrees(value: Der | undefined): GeneralName[] {
  if (!value) return [];
  const trees = Members.of(value, value.tag).rest();
  if (trees.length === 0) throw malformed('a list of subtrees is empty');
  return trees.map((tree) => {
    const members = Members.of(tree);
    const base = parseGeneralName(members.next());
    members.end();
    return base;
  });
}

/** RFC 5280 §4.2.2.1: one or more access descriptions. */
function accessDescriptions(value: Der): void {
  const descriptions = Members.of(value).rest();
  if (descriptions.length === 0) throw malformed('authority information access is empty');
  for (const description of descriptions) {
    const members = Members.of(description);
    oidText(members.next(TAG.oid));
    parseGeneralName(members.next());
    members.end();
  }
}

/** RFC 5280 §4.2.1.4: one or more policies, none twice. */
function policies(value: Der): void {
  const oids = Members.of(value)
    .rest()
    .map((policy) => oidText(Members.of(policy).next(TAG.oid)));
  if (oids.length === 0 || new Set(oids).size !== oids.length) throw malformed('policies are none, or one is twice');
}
