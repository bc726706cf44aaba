import { describe, expect, it } from '@jest/globals';
import { Freshness } from './freshness.js';

const SERVER = Date.UTC(2026, 0, 1);
const at = (milliseconds: number) => new Date(SERVER + milliseconds);

function heard(...heartbeats: readonly (readonly [serverAt: number, now: number])[]): Freshness {
  const freshness = new Freshness();
  freshness.asked(0);
  for (const [serverAt, now] of heartbeats) freshness.heard(at(serverAt), now);
  return freshness;
}

describe('the age of the feed', () => {
  it('is infinite before the first heartbeat', () => {
    expect(new Freshness().age(5)).toBe(Infinity);
    expect(heard().age(5)).toBe(Infinity);
  });

  it('counts the second that a heartbeat leaves open', () => expect(heard([0, 10]).age(10)).toBe(1010));

  it('grows with the monotonic clock and falls with each heartbeat', () => {
    expect(heard([0, 10]).age(4010)).toBe(5010);
    expect(heard([0, 10], [4000, 4010]).age(4010)).toBe(1010);
  });

  it('is that of the heartbeat and not of its arrival, when it waited in a buffer', () => {
    expect(heard([0, 10], [1000, 9000]).age(9000)).toBe(9000);
  });

  it("is never less than a second, however far the service's clock jumps ahead (P19)", () => {
    expect(heard([0, 10], [3_600_000, 1010]).age(1010)).toBe(1000);
    expect(heard([0, 10], [3_600_000, 1010]).age(9010)).toBe(9000);
  });

  it("only looks greater when the service's clock goes back (P19)", () => {
    expect(heard([0, 10], [-3_600_000, 1010]).age(1010)).toBe(2010);
  });

  it('starts from the new connection when there is one', () => {
    const freshness = heard([0, 10]);
    freshness.asked(60_000);
    expect(freshness.age(60_000)).toBe(61_000);
    freshness.heard(at(-3_600_000), 60_020);
    expect(freshness.age(60_020)).toBe(1020);
  });
});
