import { masked } from '../domain/fingerprint.js';
import type { Finding } from '../domain/finding.js';
import { namesOf } from '../domain/names.js';

/**
 * The inner digest of what was found, hexadecimal, to ask the registry with; null for what could be guessed from it, and where the
 * scan was not made for matching.
 *
 * @param key of the scan
 */
export function innerDigestOf({ match, fingerprint }: Finding, key: Uint8Array): string | null {
  if (!match || match.guessable) return null;
  return masked(key, fingerprint, Buffer.from(match.masked, 'base64url')).toString('hex');
}

/** All that a finding is called, and all that says whose it is. */
export function namesIn({ clues }: Finding): readonly string[] {
  const { credential, account } = namesOf({ clues, holders: [], keyIds: [], publicKey: null, serials: [] });
  return [...credential, ...account];
}
