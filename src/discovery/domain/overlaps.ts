import type { Rule } from './rule.js';

/** What stands where, as far as it matters for which of two is told. */
interface Placed {
  readonly rule: Pick<Rule, 'basis' | 'public'>;
  readonly secretStart: number;
  readonly secretEnd: number;
}

const RANK = { documented: 0, observed: 1, generic: 2 } as const;

/** Of candidates whose secrets overlap, the one that says more: by its vendor's page before by its name, the longer before the shorter. */
export function withoutOverlaps<Candidate extends Placed>(candidates: readonly Candidate[]): Candidate[] {
  const best = [...candidates].sort(
    (a, b) =>
      RANK[a.rule.basis] - RANK[b.rule.basis] ||
      b.secretEnd - b.secretStart - (a.secretEnd - a.secretStart) ||
      a.secretStart - b.secretStart,
  );
  const kept: Candidate[] = [];
  for (const candidate of best)
    if (!kept.some((other) => candidate.secretStart < other.secretEnd && other.secretStart < candidate.secretEnd))
      kept.push(candidate);
  return kept.sort((a, b) => a.secretStart - b.secretStart || a.secretEnd - b.secretEnd);
}
