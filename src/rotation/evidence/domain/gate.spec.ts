import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../../kernel/index.js';
import type { Caller } from '../../../targets/index.js';
import type { Consumer } from '../../domain/consumer.js';
import { judge, knownInstances, returned, type Watched } from './gate.js';

const WATCHED = new Date('2026-01-05T00:00:00Z');
const DELIVERED = addSeconds(WATCHED, 10);
const after = (seconds: number) => addSeconds(WATCHED, seconds);

function caller(changed: Partial<Caller> = {}): Caller {
  return {
    ...{ address: '10.0.0.7', application: 'billing', session: null, open: false },
    ...{ firstSeenAt: WATCHED, lastSeenAt: after(5), ...changed },
  };
}

/** Nobody is left: permitted from 00:01:05 on. */
const QUIET: Watched = {
  ...{ watchedSince: WATCHED, deliveredAt: DELIVERED, observeSeconds: 60, longestLifeSeconds: null },
  usage: {
    ...{ coverage: 'complete', gaps: [], completeSince: addSeconds(WATCHED, -1), lagSeconds: 0 },
    ...{ callers: [caller()], observedAt: after(65) },
  },
  kept: [caller({ lastSeenAt: after(60) })],
  instances: [{ name: 'payments-1', onKept: true }],
  forgotten: new Set(),
};

function of(changed: Partial<Omit<Watched, 'usage'>>, usage: Partial<Watched['usage']> = {}): Watched {
  return { ...QUIET, ...changed, usage: { ...QUIET.usage, ...usage } };
}

describe('the old one may go', () => {
  it('once nobody used it for as long as is asked, and everybody known is on the new one', () => {
    expect(judge(QUIET, after(64.999)).verdict).toBe('observing');
    expect(judge(QUIET, after(65))).toMatchObject({
      verdict: 'permitted',
      quietSince: after(5).toISOString(),
      permittedFrom: after(65).toISOString(),
      missing: [],
    });
  });

  it.each<[string, Watched, string]>([
    ['somebody is signed in with it', of({}, { callers: [caller({ open: true })] }), 'old_still_used'],
    ['somebody came within the time', of({}, { callers: [caller({ lastSeenAt: after(20) })] }), 'old_still_used'],
    ['an instance is not on the new one', of({ instances: [{ name: 'a', onKept: false }] }), 'consumer_not_seen'],
    ['a caller of the old one is not on the new one', of({ kept: [] }), 'consumer_not_seen'],
    [
      'a caller is on the new one from elsewhere alone',
      of({ kept: [caller({ address: '10.0.0.8' })] }),
      'consumer_not_seen',
    ],
    ['it was not seen completely for so long', of({}, { completeSince: after(30) }), 'observing'],
    ['nobody knows since when it is seen completely', of({}, { completeSince: null }), 'observing'],
    ['only samples are seen', of({}, { coverage: 'sampled' }), 'evidence_incomplete'],
    ['what is seen comes late', of({}, { coverage: 'late', lagSeconds: 3600 }), 'observing'],
    ['nothing is seen, and it lives for ever', of({}, { coverage: 'none' }), 'no_evidence'],
    ['nothing is seen while it lives', of({ longestLifeSeconds: 60 }, { coverage: 'none' }), 'waiting_for_its_life'],
    ['the coverage is none that is known', of({}, { coverage: 'guessed' as never }), 'evidence_incomplete'],
  ])('not while %s', (_why, watched, verdict) => {
    expect(judge(watched, after(65)).verdict).toBe(verdict);
  });

  it('though Muster itself, which proved it, was not seen on the new one; its uses count as anybody’s', () => {
    const proving = (seconds: number) => [caller(), caller({ application: 'muster', lastSeenAt: after(seconds) })];
    expect(judge(of({}, { callers: proving(5) }), after(65))).toMatchObject({ verdict: 'permitted', missing: [] });
    expect(judge(of({}, { callers: proving(20) }), after(65)).verdict).toBe('old_still_used');
  });

  it('never by samples, however long nobody is seen', () => {
    expect(judge(of({}, { coverage: 'sampled', callers: [] }), after(1e9))).toMatchObject({
      ...{ verdict: 'evidence_incomplete', permittedFrom: null },
    });
  });

  it('by late evidence once that has come in', () => {
    const late = of({}, { coverage: 'late', lagSeconds: 3600 });
    expect(judge(late, after(65 + 3599)).verdict).toBe('observing');
    expect(judge(late, after(65 + 3600)).verdict).toBe('permitted');
  });

  it('without any evidence once it has ended by itself', () => {
    const blind = of({ longestLifeSeconds: 60 }, { coverage: 'none', callers: [] });
    expect(judge(blind, after(69)).verdict).toBe('waiting_for_its_life');
    expect(judge(blind, after(70)).verdict).toBe('permitted');
  });

  it('though a client comes for 50 ms once an hour: an hour’s watch sees it, and waits for it', () => {
    const hourly = (seconds: number) => caller({ application: 'hourly', lastSeenAt: after(seconds) });
    for (let hour = 1; hour < 24; hour += 1) {
      const watched = of({ observeSeconds: 3_900 }, { callers: [hourly(hour * 3600)] });
      expect(judge(watched, after(hour * 3600 + 3_599)).verdict).not.toBe('permitted');
    }
  });

  it('names who is left, the latest first, and counts them all', () => {
    const callers = Array.from({ length: 60 }, (_, index) =>
      caller({ address: `10.0.1.${index}`, lastSeenAt: after(index) }),
    );
    const evidence = judge(of({}, { callers }), after(65));
    expect(evidence.callers[0]).toMatchObject({ address: '10.0.1.59', application: 'billing' });
    expect([evidence.callers.length, evidence.callerCount, evidence.missingCount]).toEqual([50, 60, 60]);
    expect(evidence.missing).toContain('billing at 10.0.1.0');
  });
});

describe('somebody who was said to be gone', () => {
  const gone = (...names: string[]) => new Set(names);
  const left = of({ kept: [], instances: [{ name: 'night-batch', onKept: false }] });

  it('is waited for no more, nor is a caller of that name, or at that place', () => {
    expect(judge(left, after(65)).missing).toEqual(['night-batch', 'billing at 10.0.0.7']);
    for (const caller of ['billing', 'billing at 10.0.0.7']) {
      const forgotten = gone('night-batch', caller);
      expect(judge({ ...left, forgotten }, after(65))).toMatchObject({ verdict: 'permitted', missing: [] });
    }
    expect(judge({ ...left, forgotten: gone('billing') }, after(65)).missing).toEqual(['night-batch']);
  });

  it('holds it up all the same where they are seen to use the old one', () => {
    const forgotten = gone('night-batch', 'billing');
    for (const seen of [caller({ open: true }), caller({ lastSeenAt: after(20) })])
      expect(judge({ ...left, forgotten, usage: { ...left.usage, callers: [seen] } }, after(65)).verdict).toBe(
        'old_still_used',
      );
  });

  it.each<[string, Caller[], string[]]>([
    ['once they are seen again', [caller({ lastSeenAt: after(30) })], ['billing']],
    ['while they are signed in', [caller({ open: true })], ['billing']],
    ['not by what was seen before', [caller()], []],
    ['not by somebody else', [caller({ application: 'other', lastSeenAt: after(30) })], []],
  ])('comes back %s', (_when, callers, back) => {
    const word = { by: 'per_0', at: after(30), reason: 'It was taken down.' };
    const consumer: Consumer = {
      ...{ id: 'rcn_0', rotationId: 'rot_0', instance: 'billing', forgotten: word },
      ...{ fetchedVersion: null, fetchedAt: null, acknowledgedVersion: null, acknowledgedAt: null },
    };
    expect(returned([consumer], callers)).toEqual(back);
    expect(returned([{ ...consumer, forgotten: null }], callers)).toEqual([]);
  });
});

describe('an instance is known', () => {
  const consumer = (instance: string, fetched: number | null, acknowledged: number | null): Consumer => ({
    ...{ id: 'rcn_0', rotationId: 'rot_0', instance, fetchedVersion: fetched, acknowledgedVersion: acknowledged },
    ...{ fetchedAt: null, acknowledgedAt: null, forgotten: null },
  });

  it.each<[string, string[], Consumer[], unknown]>([
    ['because it is expected, seen or not', ['a'], [], [{ name: 'a', onKept: false }]],
    ['because it holds the old one', [], [consumer('a', 4, 4)], [{ name: 'a', onKept: false }]],
    ['because it was given the new one', [], [consumer('a', 5, 4)], [{ name: 'a', onKept: false }]],
    ['and arrived, because it says so', [], [consumer('a', 5, 5)], [{ name: 'a', onKept: true }]],
    ['and waited for once, by its name', ['a'], [consumer('a', 5, 5)], [{ name: 'a', onKept: true }]],
    ['no more once it holds neither', [], [consumer('a', 3, 3)], []],
    ['and left again, where it went back', [], [consumer('a', 5, 4)], [{ name: 'a', onKept: false }]],
  ])('%s', (_why, expected, consumers, known) => {
    expect(knownInstances(expected, consumers, 5, 4)).toEqual(known);
  });

  it('is waited for by its own word, not by its caller’s address', () => {
    const watched = of({ kept: [], instances: [{ name: 'billing', onKept: true }] });
    expect(judge(watched, after(65))).toMatchObject({ verdict: 'permitted', missing: [] });
  });
});
