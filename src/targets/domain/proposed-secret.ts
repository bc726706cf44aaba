import { TargetError } from './errors.js';

const FIT = /^[!-~]{16,256}$/;

/**
 * Refuses a secret that two systems could read in two ways: only what is visible in ASCII, and long enough not to be guessed.
 *
 * @throws TargetError `secret_invalid`
 */
export function checkSecret(proposed: string): void {
  if (!FIT.test(proposed))
    throw new TargetError('secret_invalid', 'A secret is 16 to 256 visible characters of ASCII: propose another.');
}
