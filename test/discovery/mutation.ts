/** A source of chance that gives the same numbers for the same seed (Park and Miller). */
export function seeded(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '&a',
  '*a',
  '\n',
  '  ',
  '---\n',
  '=',
  '\\',
  '\0',
  '-----BEGIN ',
  '!!',
  '|',
  '>',
  '%',
];

/** One damaged copy: bytes changed, cut, doubled, or words of grammars put between. */
export function mutated(valid: Buffer, chance: () => number): Buffer {
  let bytes = Buffer.from(valid);
  for (let left = 1 + Math.floor(chance() * 6); left > 0; left -= 1) {
    const at = Math.floor(chance() * (bytes.length + 1));
    const span = Math.floor(chance() ** 3 * bytes.length);
    const kind = Math.floor(chance() * 7);
    if (kind === 0 && at < bytes.length) bytes[at] = Math.floor(chance() * 256);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + span)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at + span), bytes.subarray(at)]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), word(chance), bytes.subarray(at)]);
    else if (kind === 4 && at + 4 <= bytes.length)
      bytes.writeUInt32BE([0, 1, 0x7fffffff, 0xffffffff][Math.floor(chance() * 4)]!, at);
    else if (kind === 5) bytes = bytes.subarray(0, at);
    else bytes = Buffer.concat([bytes.subarray(0, at), word(chance, 200), bytes.subarray(at)]);
  }
  return bytes.subarray(0, 65_536);
}

function word(chance: () => number, most = 3): Buffer {
  const token = TOKENS[Math.floor(chance() * TOKENS.length)]!;
  return Buffer.from(token.repeat(1 + Math.floor(chance() * most)));
}
