import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds } from '../../kernel/index.js';
import {
  backdateSeconds,
  issuedAt,
  type LifetimeBounds,
  lifetimeSeconds,
  renewAfterSeconds,
  validityFrom,
} from './lifetime.js';

const AT = new Date('2026-03-02T09:00:00.400Z');
const BOUNDS: LifetimeBounds = {
  profile: { defaultTtlSeconds: 3600, maxTtlSeconds: 86_400 },
  standingSeconds: null,
  trustSeconds: null,
  requestedSeconds: undefined,
  notAfter: addSeconds(AT, 1_000_000),
};

describe('the lifetime of a credential', () => {
  it.each<[string, Partial<LifetimeBounds>, number]>([
    ['the profile’s default when nothing is asked for', {}, 3600],
    ['what was asked for', { requestedSeconds: 60 }, 60],
    ['the profile’s cap', { requestedSeconds: 100_000 }, 86_400],
    ['what standing allows', { standingSeconds: 900 }, 900],
    ['what the trust allows', { trustSeconds: 300 }, 300],
    ['what its foundation has left', { notAfter: addSeconds(AT, 10) }, 10],
    ['nothing, once its foundation has ended', { notAfter: addSeconds(AT, -1) }, -1],
  ])('is %s', (_what, changed, seconds) => {
    expect(lifetimeSeconds({ ...BOUNDS, ...changed }, AT)).toBe(seconds);
  });

  it('is never longer for one more bound (P17)', () => {
    const bound = fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: null });
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
        (standing, trust, asked) => {
          const loose = lifetimeSeconds({ ...BOUNDS, requestedSeconds: asked }, AT);
          const tight = lifetimeSeconds(
            { ...BOUNDS, requestedSeconds: asked, standingSeconds: standing, trustSeconds: trust },
            AT,
          );
          expect(tight).toBeLessThanOrEqual(loose);
          expect(tight).toBeLessThanOrEqual(Math.min(standing ?? Infinity, trust ?? Infinity));
        },
      ),
    );
  });
});

describe('validity', () => {
  const HALF = backdateSeconds({ kind: 'svid' });

  it('is in whole seconds and begins half a minute early (RFC 5280 §4.1.2.5)', () => {
    expect(validityFrom(AT, 3600, HALF)).toEqual({
      notBefore: new Date('2026-03-02T08:59:30.000Z'),
      notAfter: new Date('2026-03-02T10:00:00.000Z'),
    });
  });

  it('holds for a consumer an hour late, of the service’s own certificate: else nobody late could renew', () => {
    const { notBefore } = validityFrom(AT, 3600, backdateSeconds({ kind: 'service' }));
    expect(notBefore.getTime()).toBeLessThan(addSeconds(AT, -3600).getTime());
  });

  it('tells which of two came first within one second, by their ids', () => {
    const { notBefore } = validityFrom(AT, 3600, HALF);
    const drawn = (at: Date) => `crt_${at.getTime().toString(16).padStart(12, '0')}7abd88abb55c42055414` as const;
    expect(issuedAt(drawn(AT), notBefore)).toEqual(AT);
    // Of another second it says nothing about this one.
    for (const seconds of [-1, 1])
      expect(issuedAt(drawn(addSeconds(AT, seconds)), notBefore)).toEqual(new Date('2026-03-02T09:00:00.000Z'));
  });

  it('asks for renewal when two thirds have passed, later deliveries included', () => {
    const validity = validityFrom(AT, 3600, HALF);
    expect(renewAfterSeconds(validity, AT, HALF)).toBe(2400);
    expect(renewAfterSeconds(validity, addSeconds(AT, 1000), HALF)).toBe(1400);
    expect(renewAfterSeconds(validity, addSeconds(AT, 3000), HALF)).toBe(1);
  });
});
