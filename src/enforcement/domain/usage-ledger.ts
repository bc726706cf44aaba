/** One use that was allowed. */
export interface Use {
  readonly serialNumber: string;
  readonly identityId?: string | undefined;
  /** The grant by which it was allowed; null where none was shown. */
  readonly grant: string | null;
  /** Network address of the caller. */
  readonly address: string;
  /** What the caller says it is, for example its user agent; null where it says nothing. */
  readonly client: string | null;
  readonly at: Date;
}

export interface UsageEntry extends Omit<Use, 'at'> {
  readonly count: number;
  /** RFC 3339 UTC. */
  readonly lastAt: string;
}

/** A report of use. Numbers of one point begin at 1 and leave none out, so that a lost one is known. */
export interface UsageBatch {
  readonly point: string;
  readonly batch: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly entries: readonly UsageEntry[];
  /** Said by the last one of a run that ended in good order: whoever is not heard of after it is not missed. */
  readonly last?: true;
}

/** What is reported though nothing was used: that nothing was, or that it is over. */
export interface Occasion {
  readonly quiet?: boolean;
  readonly last?: boolean;
}

const MAX_ENTRIES = 500;
const MAX_CLIENT = 200;

/** Counts uses per credential, grant, address and client, and cuts numbered batches out of them. */
export class UsageLedger {
  private counts = new Map<string, { use: Use; count: number }>();
  private next = 1;

  constructor(
    private readonly point: string,
    private startedAt: Date,
  ) {}

  /** Whether a batch should be cut now, lest it grow too large. */
  get isFull(): boolean {
    return this.counts.size >= MAX_ENTRIES;
  }

  note(use: Use): void {
    const client = use.client === null ? null : use.client.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, MAX_CLIENT) || null;
    const key = JSON.stringify([use.serialNumber, use.identityId, use.grant, use.address, client]);
    const count = (this.counts.get(key)?.count ?? 0) + 1;
    this.counts.set(key, { use: { ...use, client }, count });
  }

  /** The next batch, of everything counted since the one before; undefined where nothing was, and that is not to be said. */
  cut(at: Date, { quiet = false, last = false }: Occasion = {}): UsageBatch | undefined {
    if (this.counts.size === 0 && !quiet && !last) {
      this.startedAt = at;
      return undefined;
    }
    const entries = [...this.counts.values()].map(({ use: { at: lastAt, ...use }, count }) => {
      return { ...use, count, lastAt: lastAt.toISOString() };
    });
    const [startedAt, endedAt] = [this.startedAt.toISOString(), at.toISOString()];
    this.counts = new Map();
    this.startedAt = at;
    const batch = { point: this.point, batch: this.next++, startedAt, endedAt, entries };
    return last ? { ...batch, last } : batch;
  }
}
