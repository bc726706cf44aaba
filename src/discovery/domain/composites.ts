import type { Candidate } from './candidate.js';
import { Spans } from './spans.js';

/** Farther apart they belong to different things. */
const NEAR_BYTES = 2048;

/** A candidate, and those that belong to it: one finding. */
export interface Composite {
  readonly candidate: Candidate;
  readonly parts: readonly Candidate[];
}

/**
 * Joins what belongs together (an access key's id and its secret): of each rule that completes a candidate the nearest, within
 * reach. What is public and belongs to nothing is no finding unless it is told of alone, nor is what has been joined.
 */
export function composites(candidates: readonly Candidate[]): Composite[] {
  const joined = new Set<Candidate>();
  const spans = new Map<string, Spans<Candidate>>();
  const spansOf = (id: string) => {
    const known = spans.get(id);
    if (known) return known;
    const made = new Spans(
      candidates.filter(({ rule }) => rule.id === id),
      ({ start }) => start,
      ({ end }) => end,
    );
    spans.set(id, made);
    return made;
  };
  const all = candidates.map((candidate) => {
    const parts = (candidate.rule.completes ?? []).flatMap((id) => {
      const nearest = nearestOf(candidate, spansOf(id));
      return nearest ? [nearest] : [];
    });
    for (const part of parts) joined.add(part);
    return { candidate, parts };
  });
  return all.filter(
    ({ candidate }) => (candidate.rule.public !== true || candidate.rule.told === true) && !joined.has(candidate),
  );
}

function nearestOf(to: Candidate, candidates: Spans<Candidate>): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates.meeting(to.start - NEAR_BYTES - 1, to.end + NEAR_BYTES + 1))
    if (candidate !== to && (!best || gap(candidate, to) < gap(best, to))) best = candidate;
  return best;
}

function gap(a: Candidate, b: Candidate): number {
  return Math.max(a.start - b.end, b.start - a.end, 0);
}
