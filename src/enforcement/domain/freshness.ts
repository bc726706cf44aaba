/** What a heartbeat says is complete to the second before it. */
const SETTLING_MILLISECONDS = 1000;

/**
 * How old the feed is, on the local monotonic clock alone.
 *
 * A heartbeat may have waited in a buffer, so when it arrived says little. What is certain: the first heartbeat of a
 * connection was made after we asked for it, and by the service's own clock each later one was made so much after the
 * first. The service's clock may jump: backwards makes the feed look older than it is, which is safe, and forwards is
 * bounded by the instant of arrival.
 */
export class Freshness {
  private anchor: { readonly askedAt: number; readonly firstAt: number | undefined } | undefined;
  private completeUntil = -Infinity;

  /** A connection is being opened. @param now monotonic, milliseconds */
  asked(now: number): void {
    this.anchor = { askedAt: now, firstAt: undefined };
  }

  /**
   * A heartbeat has arrived.
   *
   * @param at the service's instant in it
   * @param now monotonic, milliseconds
   */
  heard(at: Date, now: number): void {
    if (!this.anchor) return;
    const { askedAt, firstAt = at.getTime() } = this.anchor;
    this.anchor = { askedAt, firstAt };
    const madeAt = Math.min(now, askedAt + (at.getTime() - firstAt));
    this.completeUntil = Math.max(this.completeUntil, madeAt - SETTLING_MILLISECONDS);
  }

  /** Milliseconds since the instant up to which everything is known; infinite before the first heartbeat. */
  age(now: number): number {
    return now - this.completeUntil;
  }
}
