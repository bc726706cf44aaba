import { isChosen } from './chosen.js';
import { placeholder, samplePlace } from './context.js';
import { entropyOf, leastEntropy } from './entropy.js';
import { BANDS, type Band, type Clue } from './finding.js';
import type { Rule } from './rule.js';
import { wordiness } from './wordiness.js';

/** How much is to be believed, and why. */
export interface Verdict {
  readonly band: Band;
  readonly because: readonly string[];
}

/** More of it than this in words was chosen by a person. */
const WORDY = 0.6;
/** Shorter ones that nothing else speaks for are guesses; passwords that people chose may be somewhat shorter. */
const SHORT = 8;
const SHORT_CHOSEN = 6;

/**
 * Judges one secret by itself and by what it says of whose it is; where it stands is judged by `inPlace`.
 *
 * @param matched all that the rule matched: its check digits are in it
 * @param secret the secret itself
 */
export function judge(
  rule: Pick<Rule, 'basis' | 'kind' | 'genuine' | 'sample' | 'entropy'> & Partial<Pick<Rule, 'shape' | 'told'>>,
  matched: string,
  secret: string,
  clues: readonly Clue[],
): Verdict {
  const low = (reason: string): Verdict => ({ band: 'low', because: [reason] });
  const moot = clues.find((clue) => clue.moot !== undefined)?.moot;
  if (moot !== undefined) return low(`It cannot be used: ${moot}.`);
  if (rule.genuine && !rule.genuine(matched)) return low('Its check digits are not those of a genuine one.');
  const instead = isReadKey(rule, clues) ? undefined : placeholder(withoutHead(rule.shape, secret));
  if (instead !== undefined) return low(instead);
  if (rule.sample?.(matched)) return low('It opens an example, or what runs on a machine of one developer.');
  if (rule.told) return low('It is no secret by itself, and what belongs to it was not found beside it.');
  if (rule.genuine) return { band: 'high', because: ['Its check digits are right.'] };
  if (rule.kind === 'private-key' || rule.kind === 'key-store' || rule.kind === 'certificate') return byBasis(rule);
  const entropy = entropyOf(secret);
  if (entropy < (rule.entropy ?? (rule.basis === 'generic' ? 0 : leastEntropy(secret))))
    return low('It has less chance in it than one that a program makes.');
  if (rule.shape?.at === 'assigned' && rule.kind !== 'password' && wordiness(secret) > WORDY)
    return low('It is made of words, and nothing but its name speaks for it.');
  if (rule.basis !== 'generic' || rule.kind === 'connection-string') return byBasis(rule);
  const chosen = rule.kind === 'password' && isChosen(secret);
  if (secret.length < (chosen ? SHORT_CHOSEN : SHORT))
    return low('It is short, and nothing but its name speaks for it.');
  if (wordiness(secret) > WORDY && !chosen) return low('It is made of words, and nothing but its name speaks for it.');
  if (chosen && wordiness(secret) > WORDY) return { band: 'medium', because: [CHOSEN] };
  return byBasis(rule);
}

/**
 * The highest band that it can be in, found out without reading whose it is: what is read makes it low at most, but of a private key,
 * which is known as one by being read.
 */
export function highestBand(rule: Parameters<typeof judge>[0], matched: string, secret: string): Band {
  return rule.kind === 'private-key' ? 'high' : judge(rule, matched, secret, []).band;
}

const CHOSEN = 'Its name says what it is, and it looks chosen by a person.';

/** Whose public part was read is a key, however its file repeats itself: every OpenSSH container has a row of zeros in it. */
function isReadKey({ kind }: Pick<Rule, 'kind'>, clues: readonly Clue[]): boolean {
  return kind === 'private-key' && clues.some(({ facts }) => (facts['spkiSha256'] ?? facts['sshSha256']) !== undefined);
}

/** Without what every one of its kind begins with: a scheme, a row of the same letter. */
function withoutHead(shape: Rule['shape'] | undefined, secret: string): string {
  const heads = shape?.grammar.heads.filter((head) => secret.startsWith(head)) ?? [];
  return secret.slice(Math.max(0, ...heads.map(({ length }) => length)));
}

/** A verdict as it is where the secret stands: what is among tests, fixtures and documentation is rather a sample. */
export function inPlace(verdict: Verdict, path: string | null): Verdict {
  const sample = path === null ? undefined : samplePlace(path);
  if (sample === undefined) return verdict;
  return { band: 'low', because: [...verdict.because, sample] };
}

/** The one to be believed more. */
export function higher(a: Verdict, b: Verdict): Verdict {
  return BANDS.indexOf(a.band) <= BANDS.indexOf(b.band) ? a : b;
}

function byBasis({ basis }: Pick<Rule, 'basis'>): Verdict {
  if (basis === 'documented') return { band: 'high', because: ['Its form is the one that its vendor documents.'] };
  if (basis === 'observed')
    return { band: 'medium', because: ['Its form was seen with this vendor, who documents none.'] };
  return { band: 'medium', because: ['Its name says what it is, and it looks made by chance.'] };
}
