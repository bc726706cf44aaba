import { SystemClock } from '../../src/platform/index.js';

/** A clock that stands where a test puts it. */
export class StandingClock extends SystemClock {
  private at = new Date('2026-03-02T09:00:00.000Z');

  override now(): Date {
    return new Date(this.at);
  }

  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000);
  }
}

/** A clock that starts at the present, for TLS has a clock of its own, and can be put forward. */
export class MovableClock extends SystemClock {
  private offset = 0;

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }
}
