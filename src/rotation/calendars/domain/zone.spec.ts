import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Zone } from './zone.js';

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'UTC',
];
const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
);

describe('a time zone', () => {
  const newYork = Zone.of('America/New_York');

  it('takes a time that the clocks leave out for the first instant after the gap', () => {
    const after = Date.parse('2026-03-08T07:00:00Z');
    expect(newYork.instantOf(Date.parse('2026-03-08T02:00:00Z'))).toBe(after);
    expect(newYork.instantOf(Date.parse('2026-03-08T02:59:00Z'))).toBe(after);
    expect(newYork.instantOf(Date.parse('2026-03-08T03:00:00Z'))).toBe(after);
  });

  it('takes a time that happens twice for the first', () => {
    expect(newYork.instantOf(Date.parse('2026-11-01T01:30:00Z'))).toBe(Date.parse('2026-11-01T05:30:00Z'));
    expect(newYork.instantOf(Date.parse('2026-11-01T02:00:00Z'))).toBe(Date.parse('2026-11-01T07:00:00Z'));
  });

  it('leaves out a whole day where the date line moved', () => {
    const apia = Zone.of('Pacific/Apia');
    expect(apia.instantOf(Date.parse('2011-12-30T12:00:00Z'))).toBe(Date.parse('2011-12-30T10:00:00Z'));
  });

  it('shows what the runtime shows, everywhere and always', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2045, 0, 1) / 1000 }),
        (name, seconds) => {
          const shown = clocks
            .get(name)!
            .format(seconds * 1000)
            .replace(' ', 'T');
          expect(new Date(Zone.of(name).wallAt(seconds * 1000)).toISOString().slice(0, 19)).toBe(shown);
        },
      ),
      { numRuns: 3000, seed: 6 },
    );
  });

  it('means by a wall time the first instant that shows it, or the first that shows a later one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 }),
        (name, minutes) => {
          const zone = Zone.of(name);
          const instant = zone.instantOf(minutes * 60_000);
          expect(zone.wallAt(instant)).toBeGreaterThanOrEqual(minutes * 60_000);
          const before = Array.from({ length: 180 }, (_, index) => zone.wallAt(instant - (index + 1) * 60_000));
          expect(before).not.toContain(minutes * 60_000);
        },
      ),
      { numRuns: 500, seed: 6 },
    );
  });

  it.each(['Mars/Olympus', '+05:00', '', '../etc', 'America/New_York\n'])('refuses %j', (name) => {
    expect(() => Zone.of(name)).toThrow(expect.objectContaining({ code: 'zone_unknown' }));
  });
});
