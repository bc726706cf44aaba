/** What is delivered. It exists in memory for as long as a delivery takes. */
export interface Delivery {
  readonly rotation: string;
  /** Counts from 1 with every rotation. */
  readonly version: number;
  readonly account: string;
  readonly keyId: string | null;
  readonly secret: string;
  readonly expiresAt: Date | null;
  /** Which one still works beside it, for consumers that keep both. */
  readonly previousVersion: number | null;
}

/** What a sink says of a place, without the secret: stored before a delivery and shown to people. */
export interface Delivered {
  /** Version that stands there; null when nothing of ours does. */
  readonly version: number | null;
  /** As what it was found; null when nothing stands there. */
  readonly revision: string | null;
}

/** What stands at a place, without the secret. */
export interface Found {
  /** The place's own number or name of that state: a KV version, a resourceVersion, a file's digest. */
  readonly revision: string;
  /** Which of our versions it says itself to be; null where it does not, or is not ours. */
  readonly version: number | null;
}

/**
 * A place that a secret is delivered to. It looks and it writes; whether it may write is decided by {@link mayWrite} alone, so
 * that what stands there and is not ours is never overwritten in silence.
 */
export interface Sink {
  /** What stands there, by a request of its own; undefined where nothing does. */
  look(): Promise<Found | undefined>;
  /**
   * Puts a version there. Where the place has it, by check and set: what came there since it was looked at is kept.
   *
   * @param over what stands there and may go; undefined where nothing stands there
   * @throws SinkError `changed_elsewhere`, `access_refused`, and of kind `unavailable` what may pass
   */
  write(delivery: Delivery, over: Found | undefined): Promise<void>;
  /** What it would be found as, where that is known before: a crash between writing and noting is then no riddle. */
  revisionOf?(delivery: Delivery): string;
}

/** How far the last delivery to a place came, as it is remembered. */
export interface LastDelivery {
  /** Null before the first. */
  readonly version: number | null;
  /** As what it was found afterwards; null while nobody knows whether it was written. */
  readonly revision: string | null;
}

/**
 * Whether what stands at a place may be written over: nothing stands there; it is what was left there last time; it says that
 * it is ours, and nobody changed it under that name; somebody said that what is there at first may go; or a writing of the same
 * version was under way when it broke off.
 *
 * @param takesOver somebody said so when the place was named
 */
export function mayWrite(
  found: Found | undefined,
  last: LastDelivery,
  version: number,
  takesOver: boolean,
): 'write' | 'changed_elsewhere' | 'place_occupied' {
  if (!found || found.revision === last.revision) return 'write';
  if (found.version !== null && (last.revision === null || found.version !== last.version)) return 'write';
  if (last.version === null) return takesOver ? 'write' : 'place_occupied';
  return last.revision === null && last.version === version ? 'write' : 'changed_elsewhere';
}

/**
 * Whether a version stands at a place already, so that nothing is to be written.
 *
 * @param foreseen as what it would be found, where that is known before
 */
export function stands(
  found: Found | undefined,
  last: LastDelivery,
  version: number,
  foreseen: string | undefined,
): boolean {
  if (!found) return false;
  if (last.version === version && last.revision !== null) return found.revision === last.revision;
  return found.version === version || found.revision === foreseen;
}
