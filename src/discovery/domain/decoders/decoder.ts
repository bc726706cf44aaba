/** How text may be wrapped within other text. */
export type Wrapping = 'base64' | 'gzip' | 'hex' | 'percent' | 'escapes';

/** A part of an object that holds something wrapped. */
export interface WrappedRange {
  readonly by: Wrapping;
  readonly from: number;
  readonly to: number;
}

/** Longer runs are cut: what is wrapped in them is looked for in their first part. */
export const MAX_WRAPPED_BYTES = 1024 * 1024;
/** Wrapped things within wrapped things: a manifest in gzip in base64 in base64 is three. */
export const MAX_DEPTH = 4;

export interface Decoder {
  /**
   * The run that a place belongs to.
   *
   * @param at where something was found that only wrapped text holds
   * @param phase how far that is from a boundary of the encoding
   */
  readonly range: (bytes: Uint8Array, at: number, phase: number) => readonly [from: number, to: number];
  /** What is within, of bounded size; undefined where it is not so wrapped after all. */
  readonly decode: (bytes: Buffer) => Buffer | undefined;
}

/** Extends a place to both sides as long as bytes are of an alphabet. */
export function run(
  bytes: Uint8Array,
  at: number,
  belongs: (byte: number) => boolean,
  most = MAX_WRAPPED_BYTES,
): readonly [from: number, to: number] {
  let from = at;
  let to = at;
  while (from > 0 && at - from < most && belongs(bytes[from - 1]!)) from--;
  while (to < bytes.length && to - at < most && belongs(bytes[to]!)) to++;
  return [from, to];
}

export function isAlphanumeric(byte: number): boolean {
  const small = byte | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
