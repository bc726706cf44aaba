/** Enough to see which of the two bytes of a character is nothing. */
const SAMPLE_BYTES = 512;

/**
 * UTF-16 as UTF-8: by its mark (RFC 2781 §3.2), or where every second byte of its beginning is nothing, as of Latin letters.
 *
 * @returns undefined for what is not UTF-16
 */
export function utf16(bytes: Buffer): Buffer | undefined {
  const order = orderOf(bytes);
  if (order === undefined) return undefined;
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return Buffer.from((order === 'big' ? even.swap16() : even).toString('utf16le').replace(/^\ufeff/, ''));
}

function orderOf(bytes: Buffer): 'little' | 'big' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'little';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'big';
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  if (length < 8) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  const most = (length / 2) * 0.9;
  if (odd >= most && even === 0) return 'little';
  return even >= most && odd === 0 ? 'big' : undefined;
}
