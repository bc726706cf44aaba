import type { Id } from '../../../kernel/index.js';

/** What a campaign over a scope would hold, if it began now. */
export interface Preview {
  readonly count: number;
  /** Nobody could decide about so many. */
  readonly withoutReviewer: number;
  readonly privileged: number;
  /** The 20 with most. */
  readonly byCustodian: readonly { readonly personId: Id<'person'>; readonly count: number }[];
  /** The first 20 by name. */
  readonly sample: readonly string[];
}

/** One identity in scope, and who would decide about it. */
export interface Candidate {
  readonly id: Id<'identity'>;
  readonly name: string;
  readonly privileged: boolean;
  readonly reviewerId: Id<'person'> | null;
}

const SHOWN = 20;

/** Adds up candidates as they come in pages; it keeps a number a custodian, and no candidate. */
export class PreviewSum {
  private count = 0;
  private withoutReviewer = 0;
  private privileged = 0;
  private readonly byCustodian = new Map<Id<'person'>, number>();
  private readonly sample: string[] = [];

  add({ name, privileged, reviewerId }: Candidate): void {
    this.count += 1;
    if (privileged) this.privileged += 1;
    if (reviewerId === null) this.withoutReviewer += 1;
    else this.byCustodian.set(reviewerId, (this.byCustodian.get(reviewerId) ?? 0) + 1);
    if (this.sample.length < SHOWN) this.sample.push(name);
  }

  get sum(): Preview {
    const byCustodian = [...this.byCustodian].map(([personId, count]) => ({ personId, count }));
    byCustodian.sort((a, b) => b.count - a.count || (a.personId < b.personId ? -1 : 1));
    return {
      count: this.count,
      withoutReviewer: this.withoutReviewer,
      privileged: this.privileged,
      byCustodian: byCustodian.slice(0, SHOWN),
      sample: this.sample,
    };
  }
}
