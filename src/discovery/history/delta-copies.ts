/** A part of the base that stands in the result as it is. */
export interface Copied {
  readonly from: number;
  readonly to: number;
  /** Where `from` stands in the result. */
  readonly at: number;
}

/**
 * What a delta copies, copies that follow each other in both being one. The delta has been applied before: it is well formed.
 */
export function copiesOf(delta: Uint8Array): Copied[] {
  const copies: Copied[] = [];
  let next = afterSize(delta, afterSize(delta, 0));
  let out = 0;
  while (next < delta.length) {
    const code = delta[next++]!;
    if (code < 128) {
      next += code;
      out += code;
      continue;
    }
    let from = 0;
    let length = 0;
    for (let byte = 0; byte < 4; byte++) if (code & (1 << byte)) from += delta[next++]! * 2 ** (8 * byte);
    for (let byte = 0; byte < 3; byte++) if (code & (16 << byte)) length += delta[next++]! << (8 * byte);
    length ||= 0x10000;
    const last = copies.at(-1);
    if (last && last.to === from && last.at + last.to - last.from === out)
      copies[copies.length - 1] = { ...last, to: from + length };
    else copies.push({ from, to: from + length, at: out });
    out += length;
  }
  return copies;
}

function afterSize(delta: Uint8Array, at: number): number {
  while (delta[at++]! >= 128);
  return at;
}
