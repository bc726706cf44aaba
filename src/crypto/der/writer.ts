import { TAG } from './tags.js';

/** Writes one value: identifier octet, length in the fewest octets, contents. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([encodeHeader(tag, length), ...contents]);
}

function encodeHeader(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  if (length < 0x100) return Buffer.from([tag, 0x81, length]);
  if (length < 0x10000) return Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
  return Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
}

export const sequence = (...members: readonly Uint8Array[]): Buffer => encode(TAG.sequence, ...members);
export const octetString = (content: Uint8Array): Buffer => encode(TAG.octetString, content);
export const bitString = (octets: Uint8Array): Buffer => encode(TAG.bitString, Buffer.of(0), octets);
export const TRUE = encode(TAG.boolean, Buffer.of(0xff));
export const NULL = encode(TAG.null);

/** A non-negative INTEGER from its magnitude, most significant octet first. */
export function unsignedInteger(magnitude: Uint8Array): Buffer {
  const first = magnitude.findIndex((octet) => octet !== 0);
  const significant = first < 0 ? Buffer.of(0) : Buffer.from(magnitude.subarray(first));
  return encode(TAG.integer, ...(significant[0]! >= 0x80 ? [Buffer.of(0)] : []), significant);
}

/** A named bit list without trailing zero bits (X.690 §11.2.2), from the numbers of the bits that are set. */
export function namedBitList(bits: readonly number[]): Buffer {
  const last = Math.max(...bits);
  const octets = Buffer.alloc((last >> 3) + 1);
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7);
  return encode(TAG.bitString, Buffer.of(7 - (last & 7)), octets);
}

/** An OBJECT IDENTIFIER from its dotted form, which is a constant of ours. */
export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const arcs = [first! * 40 + second!, ...rest];
  return encode(TAG.oid, Buffer.from(arcs.flatMap(base128)));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift((rest % 128) | 0x80);
  return octets;
}
