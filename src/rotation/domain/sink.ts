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
  /** The place's own number or name of that state (a KV version, a resourceVersion, a file's digest). */
  readonly revision: string | null;
}

/**
 * A place that a secret is delivered to. Idempotent: delivering a version again changes nothing. What stands there and is not
 * ours, or was changed by somebody else meanwhile, is never overwritten in silence (check-and-set where the place has it).
 */
export interface Sink {
  /** Reads back what stands there, by another request than the one that wrote. */
  look(): Promise<Delivered>;
  /** @throws SinkError `changed_elsewhere`, `refused`, and of kind `unavailable` what may pass */
  deliver(delivery: Delivery): Promise<Delivered>;
}
