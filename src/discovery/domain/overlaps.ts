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
  const kept = new Apart<Candidate>();
  for (const candidate of best) kept.addUnlessMet(candidate);
  return kept.all.sort((a, b) => a.secretStart - b.secretStart || a.secretEnd - b.secretEnd);
}

const BLOCK_BYTES = 1024;

/** Candidates of which no two meet, by the blocks of the text that they stand in: few have room in each. */
class Apart<Candidate extends Placed> {
  readonly all: Candidate[] = [];
  private readonly byBlock = new Map<number, Candidate[]>();

  addUnlessMet(candidate: Candidate): void {
    const blocks = blocksOf(candidate);
    if (blocks.some((block) => this.byBlock.get(block)?.some((other) => meet(candidate, other)))) return;
    this.all.push(candidate);
    for (const block of blocks) {
      const there = this.byBlock.get(block);
      if (there) there.push(candidate);
      else this.byBlock.set(block, [candidate]);
    }
  }
}

function blocksOf({ secretStart, secretEnd }: Placed): number[] {
  const first = Math.floor(secretStart / BLOCK_BYTES);
  const last = Math.floor(Math.max(secretEnd - 1, secretStart) / BLOCK_BYTES);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function meet(one: Placed, other: Placed): boolean {
  return one.secretStart < other.secretEnd && other.secretStart < one.secretEnd;
}
