import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds, DAY_SECONDS, HOUR_SECONDS } from '../../../kernel/index.js';
import { noticeOf, remindersOf } from './reminder.js';

const FROZEN = new Date('2026-03-02T09:00:00Z');
const DUE = new Date('2026-03-30T09:00:00Z');
const CAMPAIGN = { frozenAt: FROZEN, dueAt: DUE };

describe('the reminder of a campaign (REV-2)', () => {
  it.each([
    ['2026-03-02T09:00:00Z', 'week 0', ['reviewer']],
    ['2026-03-09T08:59:59Z', 'week 0', ['reviewer']],
    ['2026-03-09T09:00:00Z', 'week 1', ['reviewer']],
    ['2026-03-23T09:00:00Z', 'week 3', ['reviewer']],
    ['2026-03-27T08:59:59Z', 'week 3', ['reviewer']],
    ['2026-03-27T09:00:00Z', 'in-3-days 2026-03-30', ['reviewer']],
    ['2026-03-29T08:59:59Z', 'in-3-days 2026-03-30', ['reviewer']],
    ['2026-03-29T09:00:00Z', 'in-1-day 2026-03-30', ['reviewer']],
    ['2026-03-30T08:59:59Z', 'in-1-day 2026-03-30', ['reviewer']],
    ['2026-03-30T09:00:00Z', 'due 2026-03-30', ['reviewer']],
    ['2026-03-31T09:00:00Z', 'late 2026-03-30 1', ['reviewer']],
    ['2026-04-01T08:59:59Z', 'late 2026-03-30 1', ['reviewer']],
    ['2026-04-01T09:00:00Z', 'late 2026-03-30 2', ['reviewer', 'backup']],
    ['2026-04-03T08:59:59Z', 'late 2026-03-30 3', ['reviewer', 'backup']],
    ['2026-04-03T09:00:00Z', 'late 2026-03-30 4', ['reviewer', 'backup', 'manager']],
    ['2026-05-30T09:00:00Z', 'late 2026-03-30 61', ['reviewer', 'backup', 'manager']],
  ])('at %s is “%s”, to %j', (at, occasion, readers) => {
    expect(remindersOf(CAMPAIGN, new Date(at))).toMatchObject({ occasion, readers });
  });

  it('is for three days a campaign that has less than that, from its first second', () => {
    expect(remindersOf({ frozenAt: FROZEN, dueAt: addSeconds(FROZEN, DAY_SECONDS + 1) }, FROZEN).urgency).toBe(
      'in-3-days',
    );
  });

  it('comes anew where the campaign is put off', () => {
    const later = { ...CAMPAIGN, dueAt: addSeconds(DUE, 7 * DAY_SECONDS) };
    expect(remindersOf(later, addSeconds(DUE, 5 * DAY_SECONDS)).occasion).toBe('in-3-days 2026-04-06');
  });

  it('comes at least weekly, daily once late, and never to fewer people than before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 200 * 24 }), (days, hours) => {
        const campaign = { frozenAt: FROZEN, dueAt: addSeconds(FROZEN, days * DAY_SECONDS) };
        const at = addSeconds(FROZEN, hours * HOUR_SECONDS);
        const [now, nextDay, nextWeek] = [0, 1, 7].map((more) =>
          remindersOf(campaign, addSeconds(at, more * DAY_SECONDS)),
        );
        expect(nextWeek!.occasion).not.toBe(now!.occasion);
        if (at >= campaign.dueAt) expect(nextDay!.occasion).not.toBe(now!.occasion);
        expect(nextDay!.readers).toEqual(expect.arrayContaining([...now!.readers]));
      }),
    );
  });
});

describe('the notice that a risk analysis lapses', () => {
  it.each([
    ['2026-02-28T08:59:59Z', undefined],
    ['2026-02-28T09:00:00Z', 30],
    ['2026-03-23T08:59:59Z', 30],
    ['2026-03-23T09:00:00Z', 7],
    ['2026-03-29T09:00:00Z', 1],
    ['2026-03-30T08:59:59Z', 1],
    ['2026-03-30T09:00:00Z', 0],
    ['2026-04-06T08:59:59Z', 0],
    ['2026-04-06T09:00:00Z', undefined],
  ])('at %s is %p days before', (at, days) => {
    expect(noticeOf(DUE, new Date(at))).toBe(days);
  });
});
