import { type Decoder, run } from './decoder.js';

/** Two digits a byte, without anything between them. */
export const hex: Decoder = {
  range(bytes, at) {
    const [from, to] = run(bytes, at, isHex);
    return [from + ((at - from) & 1), to];
  },
  decode(bytes) {
    return bytes.length < 16 ? undefined : Buffer.from(bytes.toString('latin1'), 'hex');
  },
};

export function isHex(byte: number): boolean {
  const small = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (small >= 0x61 && small <= 0x66);
}
