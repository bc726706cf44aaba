import { describe, expect, it } from '@jest/globals';
import { renewalMilliseconds, retryMilliseconds } from './renewal.js';

describe('when a consumer renews', () => {
  it('is when the service said, or up to a tenth earlier', () => {
    expect(renewalMilliseconds(100, 0)).toBe(100_000);
    expect(renewalMilliseconds(100, 0.999)).toBe(90_010);
  });

  it('is within a day, whatever the service said', () => {
    expect(renewalMilliseconds(1e12, 0)).toBe(86_400_000);
    expect(renewalMilliseconds(-5, 0)).toBe(0);
  });
});

describe('when a consumer tries again', () => {
  it('is after a pause that doubles up to a minute', () => {
    const pauses = Array.from({ length: 12 }, (_, index) => retryMilliseconds(index + 1, undefined, 0.999_999));
    expect(pauses.slice(0, 4)).toEqual([200, 400, 800, 1600]);
    expect(pauses.at(-1)).toBe(60_000);
    expect(retryMilliseconds(5000, undefined, 0)).toBe(30_000);
  });

  it('is within a quarter of the time between renewals, but for one second', () => {
    expect(retryMilliseconds(50, 40, 0.999_999)).toBe(10_000);
    expect(retryMilliseconds(50, 1, 0.999_999)).toBe(1_000);
  });
});
