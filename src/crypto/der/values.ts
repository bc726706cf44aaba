import { type Der, expectTag, malformed } from './reader.js';
import { TAG } from './tags.js';

/** The contents octets of an INTEGER, in the fewest octets (X.690 §8.3.2). Two's complement: the sign bit is kept. */
export function integerBytes(value: Der): Buffer {
  const { content } = expectTag(value, TAG.integer);
  if (content.length === 0) throw malformed('an integer is empty');
  const [first, second] = content;
  const redundant = (first === 0x00 && second! < 0x80) || (first === 0xff && second! >= 0x80);
  if (content.length > 1 && redundant) throw malformed('an integer is not in its shortest form');
  return content;
}

/** A small non-negative INTEGER. */
export function smallInteger(value: Der): number {
  const content = integerBytes(value);
  if (content[0]! >= 0x80) throw malformed('an integer is negative');
  if (content.length > 5) throw malformed('an integer is too large');
  return content.readUIntBE(0, content.length);
}

/** X.690 §11.1: TRUE is 0xff. */
export function booleanValue(value: Der): boolean {
  const { content } = expectTag(value, TAG.boolean);
  if (content.length !== 1 || (content[0] !== 0x00 && content[0] !== 0xff)) throw malformed('a boolean is not DER');
  return content[0] === 0xff;
}

/** An OBJECT IDENTIFIER in dotted form. */
export function oidText(value: Der): string {
  const { content } = expectTag(value, TAG.oid);
  if (content.length === 0 || content.length > 64 || content.at(-1)! >= 0x80)
    throw malformed('an object identifier is cut short');
  const arcs: bigint[] = [];
  let arc = 0n;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) throw malformed('an object identifier is not in its shortest form');
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    fresh = octet < 0x80;
    if (fresh) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head, ...tail] = arcs;
  const root = head! < 80n ? head! / 40n : 2n;
  return [root, head! - root * 40n, ...tail].join('.');
}

/** A BIT STRING whose length is a whole number of octets, as keys and signatures are. */
export function bitStringOctets(value: Der): Buffer {
  const { content } = expectTag(value, TAG.bitString);
  if (content.length < 1 || content[0] !== 0) throw malformed('a bit string does not end with an octet');
  return content.subarray(1);
}

/** The numbers of the bits that are set in a named bit list (X.690 §11.2.2: no trailing zero bits). */
export function namedBits(value: Der): ReadonlySet<number> {
  const { content } = expectTag(value, TAG.bitString);
  const unused = content[0] ?? 8;
  const octets = content.subarray(1);
  if (unused > 7 || (octets.length === 0 && unused !== 0)) throw malformed('a bit string is not DER');
  const bits = new Set<number>();
  octets.forEach((octet, index) => {
    for (let bit = 0; bit < 8; bit += 1) if (octet & (0x80 >> bit)) bits.add(index * 8 + bit);
  });
  const last = octets.length * 8 - unused - 1;
  if (octets.length > 0 && (!bits.has(last) || Math.max(...bits) !== last)) throw malformed('a bit list is not DER');
  return bits;
}

/** A text of ASCII without control characters, as IA5String is used in names. */
export function asciiText(content: Buffer): string {
  for (const octet of content) if (octet < 0x20 || octet > 0x7e) throw malformed('a name is not plain ASCII');
  return content.toString('latin1');
}

/** UTF8String, refused where it is not UTF-8. */
export function utf8Text(content: Buffer): string {
  const text = content.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(content)) throw malformed('a text is not UTF-8');
  return text;
}
