import { type Decoder, isAlphanumeric, run } from './decoder.js';
import { isHex } from './hex.js';

const PERCENT = 0x25;
/** Addresses are shorter. */
const MAX_BYTES = 8192;

/** RFC 3986 §2.1. */
export const percent: Decoder = {
  range: (bytes, at) => run(bytes, at, isUnreserved, MAX_BYTES),
  decode(bytes) {
    const decoded = Buffer.alloc(bytes.length);
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      const encoded = bytes[at] === PERCENT && isHex(bytes[at + 1] ?? 0) && isHex(bytes[at + 2] ?? 0);
      decoded[length++] = encoded ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : bytes[at]!;
      if (encoded) at += 2;
    }
    return length === bytes.length ? undefined : decoded.subarray(0, length);
  },
};

/** What may stand in an address, but what separates its parts. */
function isUnreserved(byte: number): boolean {
  return isAlphanumeric(byte) || '%-._~+/=:@!$*'.includes(String.fromCharCode(byte));
}
