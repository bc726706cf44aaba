import { base64 } from './base64.js';
import type { Decoder, Wrapping } from './decoder.js';
import { escapes } from './escapes.js';
import { gzip } from './gzip.js';
import { hex } from './hex.js';
import { percent } from './percent.js';

export const DECODERS: Readonly<Record<Wrapping, Decoder>> = { base64, gzip, hex, percent, escapes };
export { MAX_DEPTH, type WrappedRange, type Wrapping } from './decoder.js';
export { utf16 } from './utf16.js';
