import { gunzipSync } from 'node:zlib';
import { base64 } from './base64.js';
import type { Decoder } from './decoder.js';

/** A bomb gives no more than this: what is larger is no manifest. */
const MAX_INFLATED_BYTES = 4 * 1024 * 1024;

/** Gzip (RFC 1952) in base64, as manifests and release secrets hold it. */
export const gzip: Decoder = {
  range: base64.range,
  decode(bytes) {
    const packed = base64.decode(bytes);
    if (packed === undefined) return undefined;
    try {
      return gunzipSync(packed, { maxOutputLength: MAX_INFLATED_BYTES });
    } catch {
      return undefined;
    }
  },
};
