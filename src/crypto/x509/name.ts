import { type Der, malformed, Members, readAll } from '../der/reader.js';
import { TAG } from '../der/tags.js';
import { asciiText, oidText, utf8Text } from '../der/values.js';
import { encode, oid, sequence } from '../der/writer.js';
import { ATTRIBUTE } from './oids.js';

/** One attribute of a distinguished name. */
export interface Attribute {
  readonly type: string;
  /** Text of the common string types; undefined for the others, which are compared byte by byte. */
  readonly text: string | undefined;
  /** The form by which attributes are compared (RFC 5280 §7.1): case and runs of white space do not count. */
  readonly key: string;
}

/** A distinguished name, as sequence of sets of attributes. */
export interface Name {
  readonly der: Buffer;
  readonly attributes: readonly Attribute[];
  /** One key for each relative distinguished name, in order: names are equal when their keys are. */
  readonly keys: readonly string[];
}

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** @throws CryptoError `der_malformed` */
export function parseName(value: Der): Name {
  const sets = Members.of(value)
    .rest()
    .map((set) => parseSet(set));
  return {
    der: value.bytes,
    attributes: sets.flat(),
    keys: sets.map((set) =>
      JSON.stringify(
        set
          .map((attribute) => attribute.key)
          .sort()
          .join('\n'),
      ),
    ),
  };
}

function parseSet(set: Der): Attribute[] {
  const members = Members.of(set, TAG.set).rest();
  if (members.length === 0) throw malformed('a relative distinguished name is empty');
  return members.map((member) => parseAttribute(member));
}

function parseAttribute(value: Der): Attribute {
  const members = Members.of(value);
  const type = oidText(members.next(TAG.oid));
  const content = members.next();
  members.end();
  const text = textOf(content);
  const compared = text === undefined ? content.bytes.toString('hex') : `t:${comparable(text)}`;
  return { type, text, key: JSON.stringify([type, compared]) };
}

function textOf(value: Der): string | undefined {
  if (value.tag === TAG.utf8String) return utf8Text(value.content);
  if (value.tag === TAG.ia5String) return asciiText(value.content);
  if (value.tag !== TAG.printableString) return undefined;
  const text = value.content.toString('latin1');
  if (!PRINTABLE.test(text)) throw malformed('a PrintableString has other characters');
  return text;
}

function comparable(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

export function isEmptyName(name: Name): boolean {
  return name.keys.length === 0;
}

export function sameName(one: Name, other: Name): boolean {
  return one.der.equals(other.der) || (one.keys.length === other.keys.length && startsWith(one, other));
}

/** Whether the name lies in the subtree that begins with `base` (RFC 5280 §4.2.1.10). */
export function startsWith(name: Name, base: Name): boolean {
  return base.keys.every((key, index) => name.keys[index] === key);
}

export function commonNames(name: Name): string[] {
  return name.attributes.flatMap(({ type, text }) =>
    type === ATTRIBUTE.commonName && text !== undefined ? [text] : [],
  );
}

/** Subject and issuer names of our own certificates: organisation and common name, both optional. */
export function encodeName(name: { readonly organization?: string; readonly commonName?: string }): Buffer {
  const attributes = [
    [ATTRIBUTE.organizationName, name.organization],
    [ATTRIBUTE.commonName, name.commonName],
  ] as const;
  return sequence(...attributes.flatMap(([type, text]) => (text === undefined ? [] : [encodeAttribute(type, text)])));
}

function encodeAttribute(type: string, text: string): Buffer {
  return encode(TAG.set, sequence(oid(type), encode(TAG.utf8String, Buffer.from(text))));
}

/** Whether these bytes are a Name and nothing else; used where a template is given one. */
export function isNameDer(bytes: Buffer): boolean {
  const [value, ...more] = readAll(bytes);
  return value !== undefined && more.length === 0 && parseName(value).der.equals(bytes);
}
