import type { Skipped } from '../domain/finding.js';
import type { Observation } from '../domain/observation.js';

/** How far it has come. */
export interface Progress {
  readonly kind: 'progress';
  readonly done: number;
  /** Null where it is not known before the end. */
  readonly all: number | null;
}

/** What was not looked at, and why. */
export interface PassedOver extends Skipped {
  readonly kind: 'skipped';
  /**
   * The path at or below which something stands, for all that is known, and was not looked for: it counts on as it was. Empty for
   * everywhere; left out where nothing that stands anywhere was missed.
   */
  readonly hides?: string;
}

/** All that was seen at this place, or below it where it ends in `/`, is no longer there: only from a run that is not complete. */
export interface Gone {
  readonly kind: 'gone';
  readonly path: string;
}

/** The last thing that a run says: one that does not say it has failed. */
export interface Ended {
  readonly kind: 'end';
  /** What the next run begins with: text of at most 64 KiB without secrets; null for from the beginning. */
  readonly cursor: string | null;
  /** Whether all that there is was seen again, so that what was not seen is gone; otherwise only what is `gone` is. */
  readonly complete: boolean;
  /** What was looked at, in the source's own unit and words: `1,204 commits`, `18 roles`. */
  readonly coverage: string;
}

export type Said = Observation | Progress | PassedOver | Gone | Ended;

/**
 * Something that identities and credentials can be seen in: a repository, a cluster, an export, a database.
 *
 * It only looks: it changes nothing where it looks, holds nothing in memory that grows with what it reads, and says the same
 * of the same thing each time. What it reads is an attacker's.
 */
export interface Source {
  /** `git`, `postgresql`, `aws-iam`: its file is called so. */
  readonly kind: string;

  /**
   * Looks, from where the last good run ended.
   *
   * @param cursor what the last run that ended well gave; null for the first, and for one that shall see everything again
   * @param signal ends the run
   * @throws SourceError; whatever was said before it counts for nothing more than that it is still there
   */
  observe(cursor: string | null, signal: AbortSignal): AsyncIterable<Said>;
}
