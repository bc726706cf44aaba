import { describe, expect, it } from '@jest/globals';
import type { Words } from '../../../approvals/index.js';
import type { Waiting } from '../reminders.repository.js';
import { acknowledging, attesting, given, lapsing, notStarting, reminding } from './words.js';

const DUE = new Date('2026-03-30T09:00:00Z');
const NONE: Waiting = { asReviewer: 0, asBackup: 0, asManager: 0, asOwner: 0, secondLooks: 0 };
const said = (urgency: Parameters<typeof reminding>[0]['urgency'], waiting: Partial<Waiting>) =>
  reminding({ urgency, occasion: 'any', readers: [] }, { ...NONE, ...waiting }, DUE);

describe('letters about reviews', () => {
  const all: readonly (Words | undefined)[] = [
    ...(['waits', 'in-3-days', 'in-1-day', 'due', 'late'] as const).map((urgency) =>
      said(urgency, { asReviewer: 40, asBackup: 2, asManager: 3, asOwner: 1 }),
    ),
    said('waits', { secondLooks: 2 }),
    given({ ...NONE, asReviewer: 1 }, DUE),
    attesting(3),
    acknowledging('cmp_1'),
    notStarting(),
    ...([30, 7, 1, 0] as const).map(lapsing),
  ];

  it.each(all.map((words) => [words?.subject, words] as const))(
    'are short and lead somewhere: %s',
    (_subject, words) => {
      expect(words!.subject).toMatch(/^\S.{5,55}$/);
      expect(words!.lines.join('\n').length).toBeLessThan(500);
      expect(words!.path).toMatch(/^\/(reviews|campaigns)/);
    },
  );

  it('are not written where nothing waits', () => {
    expect([said('late', {}), given(NONE, DUE), attesting(0)]).toEqual([undefined, undefined, undefined]);
  });

  it('ask the backup custodian and the manager only once it is late', () => {
    expect(said('due', { asBackup: 1, asManager: 1 })).toBeUndefined();
    expect(said('late', { asBackup: 1, asManager: 1 })?.lines).toHaveLength(3);
  });

  it('say how many, until when and what comes then', () => {
    expect(said('waits', { asReviewer: 1 })?.lines).toEqual([
      'One identity waits for your decision.',
      'It is due on 30 March 2026; after that their credentials become short-lived, and a week later they get none.',
    ]);
    expect(said('late', { asReviewer: 2 })?.lines[1]).toMatch(/^It was due on 30 March 2026: /);
  });
});
