const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, map: 5 } as const;

/**
 * Encodes the few shapes that an attestation object is made of: whole numbers, text, bytes and maps of them, each in its
 * shortest form, maps in the order given (RFC 8949 §4.2.1).
 *
 * @throws TypeError for anything else, and for lengths from 65,536
 */
export function cbor(value: unknown): Buffer {
  if (typeof value === 'number' && Number.isInteger(value))
    return value < 0 ? head(MAJOR.negative, -1 - value) : head(MAJOR.unsigned, value);
  if (typeof value === 'string') return headed(MAJOR.text, Buffer.from(value));
  if (Buffer.isBuffer(value)) return headed(MAJOR.bytes, value);
  if (value instanceof Map) return Buffer.concat([head(MAJOR.map, value.size), ...[...value].flat().map(cbor)]);
  throw new TypeError(`CBOR of ${typeof value} is not needed here.`);
}

function headed(major: number, content: Buffer): Buffer {
  return Buffer.concat([head(major, content.length), content]);
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  if (argument < 0x10000) return Buffer.of(type | 25, argument >> 8, argument & 0xff);
  throw new TypeError('CBOR of this length is not needed here.');
}
