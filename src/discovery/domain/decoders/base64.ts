import { type Decoder, isAlphanumeric, MAX_WRAPPED_BYTES, run } from './decoder.js';

/** RFC 4648 §4 and §5, in one line or in several (RFC 2045 §6.8). */
export const base64: Decoder = {
  range(bytes, at, phase) {
    const [from, to] = run(bytes, at, isBase64);
    return [from + ((at - phase - from) & 3), belowToo(bytes, to)];
  },
  decode(bytes) {
    if (bytes.length < 8) return undefined;
    return Buffer.from(bytes.toString('latin1'), 'base64');
  },
};

/** Lines that follow with nothing but base64 belong to it, where all are of one indentation. */
function belowToo(bytes: Uint8Array, from: number): number {
  let end = from;
  while (end - from < MAX_WRAPPED_BYTES) {
    let at = end;
    if (bytes[at] === 0x0d) at++;
    if (bytes[at] !== 0x0a) return end;
    at++;
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
    const [, to] = run(bytes, at, isBase64);
    if (to - at < 4 || !endsLine(bytes, to)) return end;
    end = to;
  }
  return end;
}

function endsLine(bytes: Uint8Array, at: number): boolean {
  return at >= bytes.length || bytes[at] === 0x0a || bytes[at] === 0x0d;
}

function isBase64(byte: number): boolean {
  return isAlphanumeric(byte) || byte === 0x2b || byte === 0x2f || byte === 0x3d || byte === 0x2d || byte === 0x5f;
}
