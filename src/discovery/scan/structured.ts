import { canonicalSecret } from '../domain/fingerprint.js';
import { Spans } from '../domain/spans.js';
import {
  readStructures,
  type StructuredCandidate,
  type StructureError,
  structuresOf,
  type YamlAllowance,
} from '../structures/index.js';
import type { Discovery } from './discover.js';
import type { Range } from './engine.js';

/** Largest file that is read whole for its structure's sake. */
export const MAX_STRUCTURED_BYTES = 8 * 1024 * 1024;

/** Why a file was looked through as text alone. What is merely not written as its path says, as templates are not, is nothing to tell. */
export type StructureRefusal = (typeof REFUSALS)[keyof typeof REFUSALS];

const REFUSALS = { structure_too_deep: 'structure-too-deep', structure_too_large: 'structure-too-large' } as const;

/** Whether a file of that path is to be read whole, for it may be one whose structure is known. */
export function hasStructure(path: string): boolean {
  return structuresOf(path).length > 0;
}

/**
 * Puts what a file's structure gives in the place of what its text gave for the same bytes. Where a vendor's own rule knows the
 * value, or it is a connection string, that rule stays, and takes what the structure says of whose it is.
 *
 * @param text what the rules for text found in the same bytes
 * @param ranges parts of it that are asked about: all unless given
 * @param refused told why where it was not read, for it is deeper or larger than anybody writes: its text was looked through all the same
 * @param yaml what is left to be read as YAML of all files together
 */
export function withStructures(
  bytes: Uint8Array,
  path: string,
  at: Date,
  text: readonly Discovery[],
  ranges?: readonly Range[],
  refused: (reason: StructureRefusal) => void = () => undefined,
  yaml?: YamlAllowance,
): readonly Discovery[] {
  const asked = ranges && spansOf(ranges);
  const tell = (_: string, { code }: StructureError) => {
    if (code !== 'structure_malformed') refused(REFUSALS[code]);
  };
  const candidates = readStructures(bytes, path, at, tell, yaml).filter(
    (candidate) => !asked || !isPlaced(candidate) || asked.meets(candidate.start, candidate.end),
  );
  if (candidates.length === 0) return text;
  const placed = new Spans(
    candidates.filter(isPlaced),
    ({ start }) => start,
    ({ end }) => end,
  );
  // By itself the id of a secret is no finding then.
  const ids = new Set(candidates.flatMap(({ clues }) => clues.flatMap(({ facts }) => Object.values(facts))));
  const kept = text.flatMap((one) => {
    const same = placed.meeting(one.secretStart, one.secretEnd);
    if (same.length === 0 && one.rule.public && ids.has(one.secret)) return [];
    if (same.length === 0) return [one];
    if (!knowsForm(one)) return [];
    return [{ ...one, told: [...(one.told ?? []), ...same.flatMap(({ clues }) => clues)] }];
  });
  const known = new Spans(
    text.filter(knowsForm),
    ({ secretStart }) => secretStart,
    ({ secretEnd }) => secretEnd,
  );
  const fresh = candidates.filter((candidate) => !isPlaced(candidate) || !known.meets(candidate.start, candidate.end));
  return [...kept, ...fresh.map(discoveryOf)];
}

function spansOf(ranges: readonly Range[]): Spans<Range> {
  return new Spans(
    ranges,
    ([from]) => from,
    ([, to]) => to,
  );
}

/** By a vendor's page, or because it says itself what it opens. */
function knowsForm({ rule }: Discovery): boolean {
  return rule.basis !== 'generic' || rule.kind === 'connection-string';
}

type Placed = StructuredCandidate & { readonly start: number; readonly end: number };

function isPlaced(candidate: StructuredCandidate): candidate is Placed {
  return candidate.start !== null && candidate.end !== null;
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
