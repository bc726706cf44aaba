import { describe, expect, it } from '@jest/globals';
import { EXCHANGES, tradingDaysOf } from '../exchanges/exchanges.js';
import { freeFrom, sessionAt, sessionsWithin } from './sessions.js';
import { coveredUntil, readTradingDays, TradingSessions } from './trading-days.js';

const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);
const shown = (all: readonly { from: number; to: number }[]) =>
  all.map(({ from, to }) => `${new Date(from).toISOString().slice(0, 16)} ${new Date(to).toISOString().slice(11, 16)}`);

describe('trading days', () => {
  const nyse = new TradingSessions(tradingDaysOf('nyse'));

  it('know the session of a day in summer and in winter', () => {
    expect(shown(sessionsWithin(nyse, { from: at('2026-07-06T00:00Z'), to: at('2026-07-07T00:00Z') }, 9))).toEqual([
      '2026-07-06T13:30 20:00',
    ]);
    expect(shown(sessionsWithin(nyse, { from: at('2026-12-01T00:00Z'), to: at('2026-12-02T00:00Z') }, 9))).toEqual([
      '2026-12-01T14:30 21:00',
    ]);
  });

  it('know holidays and half days', () => {
    expect(shown(sessionsWithin(nyse, { from: at('2026-11-26T00:00Z'), to: at('2026-11-30T00:00Z') }, 9))).toEqual([
      '2026-11-27T14:30 18:00',
    ]);
  });

  it('hold a session from its first instant until the one after its last', () => {
    const { from, to } = { from: at('2026-12-01T14:30Z'), to: at('2026-12-01T21:00Z') };
    expect([from - 1, from, to - 1, to].map((instant) => sessionAt(nyse, instant) !== null)).toEqual([
      ...[false, true, true, false],
    ]);
    expect(freeFrom(nyse, from)).toBe(to);
  });

  it('take every weekday of a year they do not cover for a session', () => {
    expect(coveredUntil(tradingDaysOf('nyse'))).toBe(at('2029-01-01T05:00Z'));
    expect(sessionAt(nyse, at('2029-12-25T15:00Z'))).not.toBeNull();
    expect(sessionAt(nyse, at('2028-12-25T15:00Z'))).toBeNull();
  });

  it('widen their sessions by a margin', () => {
    const wide = new TradingSessions(tradingDaysOf('nyse'), 330, 240);
    expect(shown(sessionsWithin(wide, { from: at('2026-12-01T02:00Z'), to: at('2026-12-02T00:00Z') }, 9))).toEqual([
      '2026-12-01T09:00 01:00',
    ]);
  });

  it.each(EXCHANGES)('of %s name weekdays alone, and their source', (exchange) => {
    const { holidays, halfDays, source, firstYear, lastYear } = tradingDaysOf(exchange);
    for (const { date } of [...holidays, ...halfDays]) {
      expect([1, 2, 3, 4, 5]).toContain(new Date(date).getUTCDay());
      expect(Number(date.slice(0, 4))).toBeGreaterThanOrEqual(firstYear!);
      expect(Number(date.slice(0, 4))).toBeLessThanOrEqual(lastYear!);
    }
    expect(source).toMatch(/^https:/);
    for (let year = firstYear!; year <= lastYear!; year += 1)
      expect(holidays.filter(({ date }) => date.startsWith(String(year))).length).toBeGreaterThanOrEqual(9);
  });

  it('may close after midnight, and freeze for days besides', () => {
    const own = new TradingSessions(
      readTradingDays(`
        zone: Europe/Berlin
        sessions: [{ days: [fri], open: "22:00", close: "02:00" }]
        freezes: [{ from: 2026-12-20, to: 2027-01-03T12:00, name: Turn of the year }]`),
    );
    expect(shown(sessionsWithin(own, { from: at('2026-12-17T00:00Z'), to: at('2027-01-10T00:00Z') }, 9))).toEqual([
      ...['2026-12-18T21:00 01:00', '2026-12-19T23:00 11:00', '2027-01-08T21:00 01:00'],
    ]);
    expect(sessionAt(own, at('2026-12-31T23:30Z'))).not.toBeNull();
    expect(own.from(at('2027-01-08T22:00Z') + 400 * DAY)).not.toBeNull();
  });

  it.each([
    ['zone: [', 'cannot be read'],
    ['zone: Europe/Berlin', 'sessions or freezes'],
    ['zone: Europe/Berlin\nsessions: [{ days: [mon], open: "9:00", close: "17:00" }]', 'sessions.0.open'],
    ['zone: Europe/Berlin\nsessions: [{ days: [], open: "09:00", close: "17:00" }]', 'sessions.0.days'],
    ['zone: Europe/Berlin\nfreezes: [{ from: 2026-02-30, to: 2026-03-02 }]', 'freezes.0.from'],
    ['zone: Europe/Berlin\nfreezes: []\nelse: 1', 'The calendar'],
    ['zone: Nowhere/Here\nfreezes: [{ from: 2026-02-20, to: 2026-03-02 }]', 'time zone'],
  ])('refuse %j', (text, said) => {
    expect(() => readTradingDays(text)).toThrow(said);
  });
});
