import { HOUR_SECONDS, secondsBetween } from '../../kernel/index.js';

/** How many refusals are written down in an hour; the rest is only counted. */
export interface Limits {
  readonly perSource: number;
  readonly inAll: number;
  /** Sources told apart; beyond them, all others share one count. */
  readonly sources: number;
}

export const DEFAULT_LIMITS: Limits = { perSource: 100, inAll: 5000, sources: 10_000 };

/** What stands for every source beyond those that are told apart. */
const OTHERS = 'others';

/** A source that was refused more often than it was written down. */
export interface Suppressed {
  readonly source: string;
  readonly times: number;
}

interface Count {
  written: number;
  suppressed: number;
}

/**
 * Keeps a flood of refusals from filling the table, and itself from filling the memory: per hour, so many of each source
 * and so many in all; what was left out is counted.
 */
export class RefusalBudget {
  private since: Date | undefined;
  private written = 0;
  private counts = new Map<string, Count>();

  constructor(private readonly limits: Limits = DEFAULT_LIMITS) {}

  /** Whether a refusal of this source is to be written down. */
  admits(source: string): boolean {
    const count = this.countOf(source);
    if (this.written >= this.limits.inAll || count.written >= this.limits.perSource) {
      count.suppressed += 1;
      return false;
    }
    count.written += 1;
    this.written += 1;
    return true;
  }

  /**
   * Starts a new hour when the last one is over.
   *
   * @returns what the last hour left out; nothing while it lasts
   */
  turn(at: Date): readonly Suppressed[] {
    this.since ??= at;
    const elapsed = secondsBetween(this.since, at);
    if (elapsed >= 0 && elapsed < HOUR_SECONDS) return [];
    const suppressed = [...this.counts]
      .filter(([, count]) => count.suppressed > 0)
      .map(([source, count]) => ({ source, times: count.suppressed }));
    this.since = at;
    this.written = 0;
    this.counts = new Map();
    return suppressed;
  }

  private countOf(source: string): Count {
    const known = this.counts.get(source);
    if (known) return known;
    if (this.counts.size >= this.limits.sources && source !== OTHERS) return this.countOf(OTHERS);
    const count = { written: 0, suppressed: 0 };
    this.counts.set(source, count);
    return count;
  }
}
