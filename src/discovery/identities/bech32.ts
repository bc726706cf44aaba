const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECK_LETTERS = 6;
const MAX_CHARACTERS = 256;

/**
 * The bytes of a Bech32 text with the given prefix, or null where its check is wrong.
 *
 * @see https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
 */
export function decodeBech32(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(`${prefix}1`) || text.length > MAX_CHARACTERS) return null;
  const values = [...text.slice(prefix.length + 1)].map((letter) => LETTERS.indexOf(letter));
  if (values.length < CHECK_LETTERS || values.includes(-1)) return null;
  if (checkOf([...expanded(prefix), ...values]) !== 1) return null;
  return regrouped(values.slice(0, -CHECK_LETTERS), 5, 8, false);
}

export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const values = [...regrouped([...bytes], 8, 5, true)!];
  const check = checkOf([...expanded(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checkValues = Array.from({ length: CHECK_LETTERS }, (_, index) => (check >> (5 * (5 - index))) & 31);
  return `${prefix}1${[...values, ...checkValues].map((value) => LETTERS[value]).join('')}`;
}

function checkOf(values: readonly number[]): number {
  return values.reduce((check, value) => {
    const top = check >>> 25;
    const next = ((check & 0x1ffffff) << 5) ^ value;
    return GENERATOR.reduce((sum, part, bit) => ((top >> bit) & 1 ? sum ^ part : sum), next);
  }, 1);
}

function expanded(prefix: string): readonly number[] {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Bits in other groups; without padding, what is left over must be fewer than a group and zero. */
function regrouped(values: readonly number[], from: number, to: number, padded: boolean): Buffer | null {
  const groups: number[] = [];
  let bits = 0;
  let count = 0;
  for (const value of values) {
    bits = ((bits << from) | value) & 0xffff;
    for (count += from; count >= to; count -= to) groups.push((bits >> (count - to)) & ((1 << to) - 1));
  }
  const rest = (bits << (to - count)) & ((1 << to) - 1);
  if (padded && count > 0) groups.push(rest);
  if (!padded && (count >= from || rest !== 0)) return null;
  return Buffer.from(groups);
}
