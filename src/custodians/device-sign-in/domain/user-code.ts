/** Consonants only: none looks like a digit, and no word comes of them (RFC 8628 §6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const HALF = 4;
/** The most bytes of which each letter gets the same share. */
const FAIR = Math.floor(0x100 / ALPHABET.length) * ALPHABET.length;

/** Random bytes of which a code takes what it needs; more than enough to pass over the unfair ones. */
export const USER_CODE_RANDOM_BYTES = 64;

/**
 * Makes a code that a person reads on one screen and types on another: one of 2.56 · 10¹⁰.
 *
 * @param random 64 bytes from the operating system's generator
 * @returns in its one spelling, `XXXX-XXXX`
 */
export function userCode(random: Uint8Array): string {
  const fair = [...random].filter((byte) => byte < FAIR).slice(0, LENGTH);
  if (fair.length < LENGTH) throw new RangeError(`A user code takes ${USER_CODE_RANDOM_BYTES} random bytes.`);
  return spelled(fair.map((byte) => ALPHABET[byte % ALPHABET.length]).join(''));
}

/**
 * The one spelling of what somebody typed, however they spaced or cased it.
 *
 * @returns undefined when it cannot be a code
 */
export function readUserCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '');
  const known = letters.length === LENGTH && [...letters].every((letter) => ALPHABET.includes(letter));
  return known ? spelled(letters) : undefined;
}

function spelled(letters: string): string {
  return `${letters.slice(0, HALF)}-${letters.slice(HALF)}`;
}
