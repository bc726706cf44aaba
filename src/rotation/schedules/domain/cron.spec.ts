import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextWall, parseCron } from './cron.js';

const next = (text: string, from: string, count = 1) => {
  const shown: string[] = [];
  let wall: number | null = Date.parse(`${from}Z`);
  for (let index = 0; index < count && wall !== null; index += 1) {
    wall = nextWall(parseCron(text), wall);
    if (wall === null) break;
    shown.push(new Date(wall).toISOString().slice(0, 16));
    wall += 60_000;
  }
  return shown;
};

describe('cron', () => {
  it.each([
    ['0 3 * * *', '2026-01-01T03:00', '2026-01-01T03:00'],
    ['0 3 * * *', '2026-01-01T03:00:01', '2026-01-02T03:00'],
    ['*/15 2-4 * * *', '2026-01-01T02:46', '2026-01-01T03:00'],
    ['0 3 1 jan,jul *', '2026-01-01T03:01', '2026-07-01T03:00'],
    ['30 22 * * fri', '2026-01-01T00:00', '2026-01-02T22:30'],
    ['0 0 * * 7', '2026-01-01T00:00', '2026-01-04T00:00'],
    ['0 0 * * sat-7', '2026-01-01T00:00', '2026-01-03T00:00'],
    ['0 0 29 2 *', '2026-01-01T00:00', '2028-02-29T00:00'],
    ['0 0 29 feb mon', '2026-02-01T00:00', '2026-02-02T00:00'],
    ['59 23 31 12 *', '2026-12-31T23:59', '2026-12-31T23:59'],
    ['5/20 * * * *', '2026-01-01T00:06', '2026-01-01T00:25'],
  ])('`%s` after %s is %s', (text, from, expected) => {
    expect(next(text, from)).toEqual([expected]);
  });

  it('takes either of two days where both are named, and both where one is a star', () => {
    expect(next('0 0 13 * fri', '2026-02-07T00:00', 3)).toEqual([
      ...['2026-02-13T00:00', '2026-02-20T00:00', '2026-02-27T00:00'],
    ]);
    expect(next('0 0 */2 * fri', '2026-02-01T00:00', 2)).toEqual(['2026-02-13T00:00', '2026-02-27T00:00']);
  });

  it.each([
    ...['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * * 8'],
    ...['5-1 * * * *', '*/0 * * * *', '1,,2 * * * *', 'a * * * *', '* * L * *', '* * ? * *', '@daily', '1-2-3 * * * *'],
    ...['0 0 30 2 *', '0 0 31 4,6 *', '* * * foo *', '-1 * * * *', '1.5 * * * *', `0 0 * * ${'1,'.repeat(200)}1`],
  ])('refuses `%s`', (text) => {
    expect(() => parseCron(text)).toThrow(expect.objectContaining({ code: 'cron_invalid' }));
  });

  it('finds what looking at every minute finds', () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
        fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }).map(String),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
          .map((ends) => `${Math.min(...ends)}-${Math.max(...ends)}`),
      );
    const crons = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
    const from = Date.UTC(2027, 11, 28, 21, 17);
    fc.assert(
      fc.property(crons, fc.integer({ min: 0, max: 60 * 24 * 80 }), (fields, minutes) => {
        const cron = parseCron(fields.join(' '));
        const start = from + minutes * 60_000;
        let expected: number | null = null;
        for (let wall = start; wall < start + 3 * 86_400_000 && expected === null; wall += 60_000)
          if (isMeant(fields, new Date(wall))) expected = wall;
        const found = nextWall(cron, start);
        if (expected === null) expect(found).toBeGreaterThanOrEqual(start + 3 * 86_400_000);
        else expect(found).toBe(expected);
      }),
      { numRuns: 150, seed: 6 },
    );
  });
});

/** Read straight from the text, a minute at a time. */
function isMeant([minute, hour, day, month, weekday]: readonly string[], at: Date): boolean {
  const has = (field: string, value: number, least: number) =>
    field.split(',').some((part) => {
      if (part === '*') return true;
      if (part.startsWith('*/')) return (value - least) % Number(part.slice(2)) === 0;
      const [low, high = low] = part.split('-').map(Number);
      return value >= low! && value <= high!;
    });
  const byDay = has(day!, at.getUTCDate(), 1);
  const byWeekday = has(weekday!, at.getUTCDay(), 0);
  const isDay = day!.startsWith('*') || weekday!.startsWith('*') ? byDay && byWeekday : byDay || byWeekday;
  return (
    has(minute!, at.getUTCMinutes(), 0) &&
    has(hour!, at.getUTCHours(), 0) &&
    has(month!, at.getUTCMonth() + 1, 1) &&
    isDay
  );
}
