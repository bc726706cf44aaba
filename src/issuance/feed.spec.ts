import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../kernel/index.js';
import type { FeedLine } from './domain/feed.js';
import { Feed } from './feed.service.js';

const PATIENCE = 500;

/** A log to which somebody appends between any two looks at it. */
class BusyLog {
  private length = 10;
  private looks = 0;

  constructor(private readonly clock: Clock) {}

  async size(): Promise<number> {
    return this.grown();
  }

  async readAfter(index: number) {
    const size = this.grown();
    return Array.from({ length: size - index - 1 }, (_, at) => ({ index: index + 1 + at }));
  }

  async horizon() {
    return { at: this.clock.now(), size: this.grown() };
  }

  private grown(): number {
    this.looks += 1;
    if (this.looks > PATIENCE) throw new Error('The feed said nothing.');
    return (this.length += 1);
  }
}

class Clock {
  private at = Date.parse('2026-11-21T12:00:00Z');

  now(): Date {
    return new Date((this.at += 20));
  }
}

const actor = {
  principal: { kind: 'workload', id: 'mid_1', spiffeId: 'spiffe://muster.test/p', credential: { id: 'crt_1' } },
} as unknown as Actor;

describe('the feed of a log that never rests', () => {
  it('keeps saying up to when it is complete, each time for no more than it has told (P6)', async () => {
    const clock = new Clock();
    const parts = [
      { read: (work: (tx: object) => unknown) => work({}) },
      new BusyLog(clock),
      { within: async () => undefined },
      { eventOf: async () => undefined },
      {
        findIdentity: async () => ({ status: 'active' }),
        findCredential: async () => ({ revokedAt: null, expiresAt: new Date('2026-11-22T12:00:00Z') }),
        verifiedGrants: async () => [{ target: 'muster', scope: 'enforcement' }],
      },
      clock,
    ];
    const feed = new (Feed as new (...all: unknown[]) => Feed)(...parts);
    const heard: FeedLine[] = [];
    for await (const line of await feed.follow(actor, 0)) {
      heard.push(line);
      if (heard.length === 3) break;
    }
    const seconds = heard.map(({ at }) => Date.parse(at) / 1000);
    expect(heard.map(({ kind }) => kind)).toEqual(['heartbeat', 'heartbeat', 'heartbeat']);
    expect(seconds[2]! - seconds[0]!).toBeLessThan(3);
  });
});
