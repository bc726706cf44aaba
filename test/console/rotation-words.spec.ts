import { describe, expect, it } from '@jest/globals';
import { byDay, daysOn, frozenOn, weeksFrom } from '../../src/console/app/rotation/plan/span.js';
import { agreedTo, shownOf } from '../../src/console/app/rotation/runs/agreed.js';
import { scheduleWords } from '../../src/console/app/rotation/schedule-words.js';
import { inOwnTime } from '../../src/console/app/time/spoken.js';

const SCHEDULE = { cron: '30 2 * * sun', zone: 'UTC', windowMinutes: 120, jitterMinutes: 0, maximumAgeDays: null };
const by = (cron: string) => scheduleWords({ ...SCHEDULE, cron }).split(', by the clocks')[0];

describe('a schedule in words', () => {
  it.each([
    ['30 2 * * *', 'Every day at 02:30'],
    ['30 2 * * sun', 'Every Sunday at 02:30'],
    ['5 14 * * 0', 'Every Sunday at 14:05'],
    ['0 9 * * mon-fri', 'Every weekday at 09:00'],
    ['0 9 * * MON-FRI', 'Every weekday at 09:00'],
    ['0 9 1 * *', 'On day 1 of every month at 09:00'],
  ])('%s is said as one would', (cron, words) => expect(by(cron)).toBe(words));

  it.each(['*/15 * * * *', '0 9 1 1 *', '0 9 1 * mon', '0 9 * * mon,thu', '0 9 * * 7', '0 9-17 * * *'])(
    '%s is shown as it is written',
    (cron) => expect(by(cron)).toBe(`At “${cron}”`),
  );

  it('says its window, its spread and its age', () => {
    expect(scheduleWords({ ...SCHEDULE, windowMinutes: 90, jitterMinutes: 60, maximumAgeDays: 1 })).toBe(
      'Every Sunday at 02:30, by the clocks of UTC; within 90 minutes of it, spread over 1 hour. Never older than 1 day.',
    );
    expect(scheduleWords({ ...SCHEDULE, cron: null, maximumAgeDays: 90 })).toBe('When it is 90 days old.');
    expect(scheduleWords(null)).toBe('By hand only.');
  });
});

describe('the consent that is shown', () => {
  const asked = (requester: string, state: 'pending' | 'approved' | 'denied', spentAt: string | null = null) =>
    ({ requester, state, spentAt }) as const;
  const shown = (...all: readonly ReturnType<typeof asked>[]) => all.indexOf(shownOf(all, 'per_me')!);

  it('is what one asked for oneself and may go on with, whoever asked since; else the newest that stands', () => {
    expect(shown(asked('per_other', 'pending'), asked('per_me', 'approved'))).toBe(1);
    expect(shown(asked('per_other', 'approved'), asked('per_me', 'approved', '2026-01-01T00:00:00Z'))).toBe(0);
    expect(shown(asked('per_me', 'denied'), asked('per_other', 'pending'), asked('per_me', 'pending'))).toBe(1);
    expect(shown(asked('per_me', 'denied'))).toBe(-1);
  });

  it('is of the one consumer and the reason that were written', () => {
    const payload = JSON.stringify({ body: { consumer: 'host-7', reason: 'It burnt.' } });
    expect(agreedTo({ payload })).toEqual({ consumer: 'host-7', reason: 'It burnt.' });
    expect(agreedTo({ payload: null })).toEqual({});
  });
});

describe('the calendar', () => {
  const monday = new Date(2026, 10, 23);

  it('begins on a Monday and holds every day that is asked for', () => {
    const weeks = weeksFrom(daysOn(monday, 3), 30);
    expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7]);
    expect(weeks[0]![0]).toEqual(monday);
    expect(weeks.at(-1)!.at(-1)! >= daysOn(monday, 32)).toBe(true);
    expect(weeksFrom(monday, 7)).toHaveLength(1);
    expect(weeksFrom(monday, 8)).toHaveLength(2);
  });

  it('shades of a day only what lies in it', () => {
    const at = (day: number, hour: number) => new Date(2026, 10, 23 + day, hour).toISOString();
    const over = [{ from: at(-1, 12), to: at(1, 6) }];
    expect(frozenOn(monday, 'x', over)).toMatchObject([{ begins: 0, ends: 1 }]);
    expect(frozenOn(daysOn(monday, 1), 'x', over)).toMatchObject([{ begins: 0, ends: 0.25, to: at(1, 6) }]);
    expect(frozenOn(daysOn(monday, 2), 'x', over)).toEqual([]);
    expect(frozenOn(daysOn(monday, 2), 'x', [{ from: at(2, 12), to: null }])).toMatchObject([{ begins: 0.5, ends: 1 }]);
  });

  it('puts things on the day of the reader’s own clocks', () => {
    const late = new Date(2026, 10, 23, 23, 59).toISOString();
    expect([...byDay([late], (at) => at)]).toEqual([['2026-11-23', [late]]]);
  });

  it('says the service’s instants by the same clocks', () => {
    const at = new Date(2026, 10, 23, 9, 30, 5);
    expect(inOwnTime(`It begins on ${at.toISOString()} instead.`)).toBe('It begins on 23 Nov 2026, 09:30:05 instead.');
  });
});
