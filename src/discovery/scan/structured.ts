import { canonicalSecret } from '../domain/fingerprint.js';
import { readStructures, type StructuredCandidate, structuresOf } from '../structures/index.js';
import type { Discovery } from './discover.js';
import type { Range } from './engine.js';

/** Largest file that is read whole for its structure's sake. */
export const MAX_STRUCTURED_BYTES = 8 * 1024 * 1024;

/** Whether a file of that path is to be read whole, for it may be one whose structure is known. */
export function hasStructure(path: string): boolean {
  return structuresOf(path).length > 0;
}

/**
 * Puts what a file's structure gives in the place of what its text gave for the same bytes. Where a vendor's own rule knows the
 * value, that rule stays, and takes what the structure says of whose it is.
 *
 * @param text what the rules for text found in the same bytes
 * @param ranges parts of it that are asked about: all unless given
 */
export function withStructures(
  bytes: Uint8Array,
  path: string,
  at: Date,
  text: readonly Discovery[],
  ranges?: readonly Range[],
): readonly Discovery[] {
  const candidates = readStructures(bytes, path, at).filter((candidate) => isWithin(candidate, ranges));
  if (candidates.length === 0) return text;
  const kept = text.flatMap((one) => {
    const same = candidates.filter((candidate) => overlap(one, candidate));
    if (same.length === 0 && one.rule.public && candidates.some((candidate) => names(candidate, one.secret))) return [];
    if (same.length === 0) return [one];
    if (one.rule.basis === 'generic') return [];
    return [{ ...one, told: [...(one.told ?? []), ...same.flatMap(({ clues }) => clues)] }];
  });
  const known = text.filter(({ rule }) => rule.basis !== 'generic');
  const fresh = candidates.filter((candidate) => !known.some((one) => overlap(one, candidate)));
  return [...kept, ...fresh.map(discoveryOf)];
}

/** Whether it says of a secret that it has that id: which by itself is no finding then. */
function names({ clues }: StructuredCandidate, id: string): boolean {
  return clues.some(({ facts }) => Object.values(facts).includes(id));
}

function isWithin({ start, end }: StructuredCandidate, ranges: readonly Range[] | undefined): boolean {
  if (!ranges || start === null || end === null) return true;
  return ranges.some(([from, to]) => start < to && from < end);
}

function overlap(one: Discovery, { start, end }: StructuredCandidate): boolean {
  return start !== null && end !== null && one.secretStart < end && start < one.secretEnd;
}

/** The secret is all that is told of it: what stands around it has been read by the structure. */
function discoveryOf({ rule, secret, start, end, clues, within }: StructuredCandidate): Discovery {
  const place = { start: start ?? 0, end: end ?? 0, secretStart: start ?? 0, secretEnd: end ?? 0 };
  return {
    ...place,
    rule,
    matched: '',
    secret: canonicalSecret(secret),
    parts: [],
    around: '',
    within,
    told: clues,
    placeless: start === null,
  };
}
