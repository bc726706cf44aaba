/** How many codes somebody prints at once. */
export const RECOVERY_CODES = 10;
/** Of randomness in a code: beyond guessing, though short enough to type (NIST SP 800-63B-4 §3.1.2 asks for 20 bits). */
export const RECOVERY_CODE_BYTES = 10;

/** Crockford's alphabet: no letter that looks like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 4;

/** A code as it is printed: sixteen characters in groups of four. @param random exactly 10 bytes */
export function recoveryCode(random: Buffer): string {
  if (random.length !== RECOVERY_CODE_BYTES) throw new RangeError(`A code takes ${RECOVERY_CODE_BYTES} random bytes.`);
  const bits = BigInt(`0x${random.toString('hex')}`);
  const characters = Array.from({ length: (RECOVERY_CODE_BYTES * 8) / 5 }, (_, index) =>
    ALPHABET.charAt(Number((bits >> BigInt(75 - index * 5)) & 31n)),
  ).join('');
  return characters.replace(/(.{4})(?=.)/g, '$1-');
}

/** The one form of a code as somebody typed it, or undefined when it is none. */
export function normalRecoveryCode(typed: string): string | undefined {
  const bare = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (bare.length !== 4 * GROUP || [...bare].some((character) => !ALPHABET.includes(character))) return undefined;
  return bare;
}
