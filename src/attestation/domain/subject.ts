import { PLAIN_TEXT } from '../../kernel/index.js';
import { AttestationError } from './errors.js';
import type { Verifier } from './verifiers/verifier.js';

export const MAX_SUBJECT = 512;

/**
 * Checks the subject a trust asks for: the exact text, or a fixed prefix that ends at a `:` or `/` and then one `*`.
 *
 * The separator matters: `repo:acme/pay*` would also be `repo:acme/pay-back-evil`, which anyone may create.
 *
 * @throws AttestationError `subject_invalid`, `subject_too_wide`
 */
export function checkSubject(subject: string, verifier: Verifier): void {
  const printable = subject !== '' && PLAIN_TEXT.test(subject) && subject.length <= MAX_SUBJECT;
  const star = subject.indexOf('*');
  if (!printable || (star !== -1 && star !== subject.length - 1))
    throw new AttestationError(
      'subject_invalid',
      'The subject is at most 512 characters, exact or with one * at its very end; control characters are not allowed.',
    );
  if (star === -1) return;
  if (!/[:/]\*$/.test(subject) || !verifier.leastPrefix.test(subject.slice(0, -1)))
    throw new AttestationError(
      'subject_too_wide',
      `A pattern names one project at least and ends at a separator, for example ${verifier.prefixExample}.`,
    );
}

/** Whether a token's `sub` is what the trust asks for. */
export function matchesSubject(subject: string, sub: string): boolean {
  return subject.endsWith('*') ? sub.startsWith(subject.slice(0, -1)) : sub === subject;
}

/**
 * Every subject a trust could have that `sub` matches: itself, and each of its prefixes that ends at a separator. They
 * are few, so that the trusts for a token are found by an index among millions.
 */
export function subjectsMatching(sub: string): readonly string[] {
  const ends = [...sub.matchAll(/[:/]/g)].map((separator) => separator.index + 1);
  return [sub, ...ends.map((end) => `${sub.slice(0, end)}*`)];
}
