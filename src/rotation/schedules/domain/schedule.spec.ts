import { describe, expect, it } from '@jest/globals';
import { type Sessions, sessionsOf } from '../../calendars/domain/sessions.js';
import { TradingSessions } from '../../calendars/domain/trading-days.js';
import { tradingDaysOf } from '../../calendars/exchanges/exchanges.js';
import { nextBeginning, readSchedule, type ScheduleText } from './schedule.js';

const NYSE = new TradingSessions(tradingDaysOf('nyse'));
const FREE: Sessions = sessionsOf([]);
const at = (text: string) => Date.parse(text);
const text: ScheduleText = {
  ...{ cron: '30 2 * * *', zone: 'America/New_York', windowMinutes: 60, jitterMinutes: 0, maximumAgeDays: null },
};

function begins(change: Partial<ScheduleText>, from: string, freeze = FREE, since = from, rotationId = 'rot_a') {
  const schedule = readSchedule({ ...text, ...change });
  const around = { rotationId, freeze, since: at(since), bornAt: at(since) };
  const found = nextBeginning(schedule, around, at(from));
  return found && `${new Date(found.at).toISOString().slice(0, 16)} ${found.cause}`;
}

describe('a schedule', () => {
  it('begins at the first instant after a gap for a time that the clocks leave out', () => {
    expect(begins({}, '2026-03-08T00:00Z')).toBe('2026-03-08T07:00 schedule');
    expect(begins({}, '2026-03-08T07:30Z', FREE, '2026-03-08T07:00Z')).toBe('2026-03-09T06:30 schedule');
  });

  it('begins once at a time that happens twice', () => {
    expect(begins({ cron: '30 1 * * *' }, '2026-11-01T00:00Z')).toBe('2026-11-01T05:30 schedule');
    expect(begins({ cron: '30 1 * * *' }, '2026-11-01T05:31Z', FREE, '2026-11-01T05:30Z')).toBe(
      '2026-11-02T06:30 schedule',
    );
  });

  it('begins late within its window, and after it in the next one', () => {
    const since = '2026-05-31T00:00Z';
    expect(begins({}, '2026-06-01T07:29Z', FREE, since)).toBe('2026-06-01T07:29 schedule');
    expect(begins({}, '2026-06-01T07:30Z', FREE, since)).toBe('2026-06-02T06:30 schedule');
  });

  it('begins no second time for one window', () => {
    expect(begins({}, '2026-06-01T06:45Z', FREE, '2026-06-01T06:30Z')).toBe('2026-06-02T06:30 schedule');
  });

  it('begins after the session where its window reaches beyond it, and never where it does not', () => {
    const noon = { cron: '0 15 * * mon-fri' };
    expect(begins({ ...noon, windowMinutes: 90 }, '2026-06-01T00:00Z', NYSE)).toBe('2026-06-01T20:00 schedule');
    expect(begins({ cron: '0 15 * * mon' }, '2026-06-02T00:00Z', NYSE)).toBe('2026-09-07T19:00 schedule');
    expect(begins({ cron: '0 12 * * wed' }, '2026-06-02T00:00Z', NYSE)).toBe(null);
  });

  it('begins by age without an occurrence, outside of a session', () => {
    const aged = { cron: null, maximumAgeDays: 30 };
    expect(begins(aged, '2026-05-02T15:00Z', FREE)).toBe('2026-06-01T15:00 maximum-age');
    expect(begins(aged, '2026-05-02T15:00Z', NYSE)).toBe('2026-06-01T20:00 maximum-age');
    expect(begins({ cron: '0 3 1 1 *', maximumAgeDays: 30 }, '2026-05-02T15:00Z')).toBe('2026-06-01T15:00 maximum-age');
    expect(begins({ maximumAgeDays: 30 }, '2026-05-02T15:00Z')).toBe('2026-05-03T06:30 schedule');
  });

  it('spreads what shares a schedule over its jitter, the same every time', () => {
    const spread = { windowMinutes: 120, jitterMinutes: 60 };
    const all = Array.from({ length: 200 }, (_, index) =>
      begins(spread, '2026-06-01T00:00Z', FREE, '2026-06-01T00:00Z', `rot_${index}`),
    );
    expect(new Set(all).size).toBeGreaterThan(40);
    expect(all.every((one) => one! >= '2026-06-01T06:30' && one! < '2026-06-01T07:31')).toBe(true);
    expect(begins(spread, '2026-06-01T00:00Z', FREE, '2026-06-01T00:00Z', 'rot_0')).toBe(all[0]);
  });

  it('spreads over what sessions leave of the window', () => {
    const spread = { cron: '0 15 * * mon', windowMinutes: 70, jitterMinutes: 60 };
    for (let index = 0; index < 50; index += 1) {
      const found = begins(spread, '2026-06-01T00:00Z', NYSE, '2026-06-01T00:00Z', `rot_${index}`);
      expect(found! >= '2026-06-01T20:00' && found! < '2026-06-01T20:10').toBe(true);
    }
  });

  it.each([
    [{ cron: null }, 'schedule_invalid'],
    [{ jitterMinutes: 60 }, 'schedule_invalid'],
    [{ cron: '61 * * * *' }, 'cron_invalid'],
    [{ zone: 'Nowhere/Here' }, 'zone_unknown'],
  ])('refuses %j', (change, code) => {
    expect(() => readSchedule({ ...text, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
