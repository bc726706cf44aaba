import type { Clue, Finding } from '../domain/finding.js';

/** What a clue says of the credential's form, and not of its holder. */
const OF_FORM = new Set(['hashedToken', 'keyType', 'kind', 'tokenKind', 'version', 'madeAt', 'expiresAt', 'issuedAt']);
/** For matching alone: nothing that a report shows. */
const HIDDEN = new Set(['hashedToken']);

/** Whose it is, for people; null where it does not say. */
export function identityOf({ clues, registry }: Finding): string | null {
  if (registry?.identityName) return registry.identityName;
  const named = clues.filter(({ facts }) => Object.keys(facts).some((name) => !OF_FORM.has(name)));
  return (named.find(({ moot }) => moot === undefined) ?? named[0])?.words ?? null;
}

/** Clues as they may be shown. */
export function shownClues(clues: readonly Clue[]): readonly Clue[] {
  return clues.map((clue) => ({
    ...clue,
    facts: Object.fromEntries(Object.entries(clue.facts).filter(([name]) => !HIDDEN.has(name))),
  }));
}
