import { type Der, malformed, Members, readDer } from '../der/reader.js';
import { contextConstructed, contextPrimitive, TAG } from '../der/tags.js';
import { asciiText } from '../der/values.js';
import { encode } from '../der/writer.js';
import { type Name, parseName } from './name.js';

/** One alternative of GeneralName (RFC 5280 §4.2.1.6); of the rare ones only which it is. */
export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: string }
  | { readonly kind: 'ip'; readonly octets: Buffer }
  | { readonly kind: 'directory'; readonly name: Name }
  | { readonly kind: 'other'; readonly tag: number };

const EMAIL = contextPrimitive(1);
const DNS = contextPrimitive(2);
const DIRECTORY = contextConstructed(4);
const URI = contextPrimitive(6);
const IP = contextPrimitive(7);
const REGISTERED_ID = contextPrimitive(8);
/** otherName, x400Address, ediPartyName and registeredID. */
const RARE: readonly number[] = [contextConstructed(0), contextConstructed(3), contextConstructed(5), REGISTERED_ID];

/** @throws CryptoError `der_malformed` */
export function parseGeneralName(value: Der): GeneralName {
  switch (value.tag) {
    case EMAIL:
      return { kind: 'email', value: asciiText(value.content) };
    case DNS:
      return { kind: 'dns', value: asciiText(value.content) };
    case URI:
      return { kind: 'uri', value: asciiText(value.content) };
    case IP:
      return { kind: 'ip', octets: value.content };
    case DIRECTORY:
      return { kind: 'directory', name: parseName(readDer(value.content)) };
    default:
      if (!RARE.includes(value.tag)) throw malformed('a general name is of no known kind');
      return { kind: 'other', tag: value.tag };
  }
}

/** GeneralNames: one or more. */
export function parseGeneralNames(value: Der, tag: number = TAG.sequence): GeneralName[] {
  const names = Members.of(value, tag).rest();
  if (names.length === 0) throw malformed('a list of names is empty');
  return names.map((name) => parseGeneralName(name));
}

export function encodeDns(name: string): Buffer {
  return encode(DNS, Buffer.from(name, 'latin1'));
}

export function encodeUri(uri: string): Buffer {
  return encode(URI, Buffer.from(uri, 'latin1'));
}

/** @param octets 4 octets of IPv4 or 16 of IPv6 */
export function encodeIp(octets: Uint8Array): Buffer {
  return encode(IP, octets);
}
