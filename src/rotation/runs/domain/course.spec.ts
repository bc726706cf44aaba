import { describe, expect, it } from '@jest/globals';
import { addSeconds, secondsBetween } from '../../../kernel/index.js';
import type { Evidence } from '../../domain/evidence.js';
import { newRotation, type Rotation } from '../../domain/rotation.js';
import { type Run, STEPS } from '../../domain/run.js';
import {
  advanced,
  beginning,
  begun,
  givenUp,
  held,
  lookedAgain,
  overridden,
  postponed,
  refused,
  retried,
  stuck,
  triesOf,
  unneeded,
  waiting,
} from './course.js';
import { runbookFor } from './runbook.js';

const AT = new Date('2026-01-05T00:00:00Z');
const after = (seconds: number) => addSeconds(AT, seconds);

const ROTATION: Rotation = {
  ...newRotation({
    ...{ id: 'rot_0192f0c1a2b37c4d8e5f60718293a4b5', name: 'orders', identityId: 'mid_0', targetId: 'tgt_0' },
    ...{ accounts: ['blue', 'green'], schedule: null, pair: 'orders', calendarIds: [], observeSeconds: 600 },
    ...{ consumerDeadlineSeconds: 3600, expectedConsumers: [], nextDueAt: null, createdBy: 'per_0', createdAt: AT },
  }),
  ...{ currentVersion: 4, lastVersion: 4 },
};
const begin = {
  id: 'rrn_0192f0c1a2b37c4d8e5f60718293a4b5',
  cause: 'by-hand',
  reason: null,
  emergencyId: null,
} as const;
const RUN = beginning(ROTATION, { ...begin, by: 'per_0' }, AT);
const at = (changed: Partial<Run>): Run => ({ ...RUN, ...changed });

function evidence(verdict: Evidence['verdict'], permittedFrom: Date | null = null): Evidence {
  return {
    ...{ verdict, coverage: 'complete', gaps: [], completeSince: null, lagSeconds: 0, quietSince: null },
    ...{ permittedFrom: permittedFrom?.toISOString() ?? null, callers: [], callerCount: 0, missing: [] },
    ...{ missingCount: 0, observedAt: AT.toISOString() },
  };
}

describe('a run', () => {
  it('goes through every step, and then it is over', () => {
    let run = RUN;
    const steps = [run.step];
    for (let index = 0; run.endedAt === null; index += 1) {
      run = advanced(run, after(index));
      if (run.endedAt === null) steps.push(run.step);
    }
    expect(steps).toEqual(STEPS);
    expect(run).toMatchObject({ state: 'finished', dueAt: null, endedAt: after(5) });
  });

  it.each([
    [{ accounts: ['a', 'b'], currentVersion: 0, lastVersion: 0 }, 1],
    [{ accounts: ['a', 'b'], currentVersion: 4, lastVersion: 4 }, 5],
    // 5 was given up: 6 would be the account that is in use.
    [{ accounts: ['a', 'b'], currentVersion: 4, lastVersion: 5 }, 7],
    [{ accounts: ['a'], currentVersion: 4, lastVersion: 5 }, 6],
  ])('of %j makes version %i', (changed, version) => {
    expect(beginning({ ...ROTATION, ...changed }, { ...begin, by: 'x' }, AT).newVersion).toBe(version);
  });

  it('takes its pair when it begins and lets go of it at the end', () => {
    const run = begun(RUN, 'orders', AT, AT);
    expect(run.pairTaken).toBe('orders');
    expect(advanced({ ...run, step: 'verify-dead' }, AT).pairTaken).toBeNull();
    expect(refused(run, 'suspended', AT)).toMatchObject({ state: 'cancelled', failure: 'suspended', pairTaken: null });
  });
});

describe('what fails', () => {
  it.each([
    ['target_unreachable', 72],
    ['target_busy', 72],
    ['internal', 72],
    ['access_refused', 2160],
  ])('by %s is tried again at most %i s later, for about an hour, and then stuck', (failure, longest) => {
    let [run, now] = [RUN, AT];
    const pauses: number[] = [];
    while (run.state === 'running') {
      run = postponed(run, failure, now);
      if (run.dueAt === null) break;
      pauses.push(secondsBetween(now, run.dueAt));
      now = run.dueAt;
    }
    expect(pauses).toHaveLength(triesOf(failure).most - 1);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
    expect(run).toMatchObject({ state: 'stuck', failure, dueAt: null });
    expect(secondsBetween(AT, now)).toBeGreaterThan(1800);
    expect(secondsBetween(AT, now)).toBeLessThan(5400);
    expect(retried(run, now)).toMatchObject({ state: 'running', attempts: 0, failure: null, dueAt: now });
  });

  it('for one reason after another is not stuck before it was tried again', () => {
    const refused = postponed(at({ attempts: 40, failure: 'target_unreachable' }), 'access_refused', AT);
    expect(refused).toMatchObject({ state: 'running', failure: 'access_refused' });
    expect(postponed(refused, 'access_refused', AT)).toMatchObject({ state: 'stuck', failure: 'access_refused' });
    expect(postponed(refused, 'target_busy', AT)).toMatchObject({ state: 'running', failure: 'target_busy' });
  });

  it('is forgotten with the step that it was about', () => {
    const failing = postponed(at({ step: 'deliver' }), 'access_refused', AT);
    expect(advanced(failing, AT)).toMatchObject({ attempts: 0, failure: null, step: 'verify-new' });
  });

  it('is taken up again only where it is stuck', () => {
    for (const run of [RUN, held(RUN, 'frozen', after(60)), refused(RUN, 'retired', AT)])
      expect(() => retried(run, AT)).toThrow(expect.objectContaining({ code: 'not_stuck' }));
  });
});

describe('a run whose identity is retired', () => {
  it('goes on at once, whatever kept it', () => {
    for (const run of [stuck(RUN, 'consumer_not_seen'), held(RUN, 'frozen', after(60))])
      expect(unneeded(run, after(1))).toMatchObject({
        ...{ state: 'running', failure: null, attempts: 0, dueAt: after(1), stepSince: after(1) },
      });
    for (const run of [RUN, refused(RUN, 'retired', AT)]) expect(unneeded(run, after(1))).toBe(run);
  });
});

describe('a wait', () => {
  const watching = at({ step: 'watch-old', stepSince: AT });

  it('looks again at once when somebody is said to be gone, and is as patient with the others as before', () => {
    const overdue = waiting(watching, evidence('consumer_not_seen'), ROTATION, after(3600));
    expect(overdue.state).toBe('stuck');
    const again = lookedAgain(overdue, after(5000));
    expect(again).toMatchObject({ state: 'running', dueAt: after(5000), stepSince: AT });
    expect(waiting(again, evidence('consumer_not_seen'), ROTATION, after(5000)).state).toBe('stuck');
    expect(lookedAgain({ ...watching, dueAt: after(60) }, after(1)).dueAt).toEqual(after(1));
  });

  it('of nobody is left as it is', () => {
    for (const run of [RUN, stuck(watching, 'target_unreachable'), refused(watching, 'retired', AT)])
      expect(lookedAgain(run, after(1))).toBe(run);
  });

  it.each([
    ['observing', after(30), after(30)],
    ['observing', after(5000), after(60)],
    ['old_still_used', null, after(60)],
    ['waiting_for_its_life', after(0.1), after(1)],
  ] as const)('by the verdict %s looks again in time', (verdict, permittedFrom, dueAt) => {
    const run = waiting(watching, evidence(verdict, permittedFrom), ROTATION, AT);
    expect(run).toMatchObject({ state: 'running', failure: verdict, dueAt });
  });

  it.each([
    ['old_still_used', 3600],
    ['consumer_not_seen', 3600],
    ['evidence_incomplete', 600],
    ['no_evidence', 0],
  ] as const)('by the verdict %s is given up after %i s', (verdict, seconds) => {
    const look = (passed: number) => waiting(watching, evidence(verdict), ROTATION, after(passed)).state;
    if (seconds > 0) expect(look(seconds - 1)).toBe('running');
    expect(look(seconds)).toBe('stuck');
  });

  it.each(['observing', 'waiting_for_its_life'] as const)('by the verdict %s is never given up', (verdict) => {
    expect(waiting(watching, evidence(verdict), ROTATION, after(1e9)).state).toBe('running');
  });
});

describe('an override', () => {
  it.each(['watch-old', 'revoke-old'] as const)('lets %s go on, stuck or not', (step) => {
    for (const run of [at({ step }), stuck(at({ step }), 'consumer_not_seen')])
      expect(overridden(run, 'per_1', 'They are gone.', AT)).toMatchObject({
        ...{ state: 'running', overriddenBy: 'per_1', overrideReason: 'They are gone.', dueAt: AT },
      });
  });

  it.each(['create', 'deliver', 'verify-new', 'verify-dead'] as const)('is nothing that %s waits for', (step) => {
    expect(() => overridden(at({ step }), 'per_1', 'So.', AT)).toThrow(
      expect.objectContaining({ code: 'nothing_to_override' }),
    );
  });
});

describe('giving up', () => {
  it('ends at once what was not begun', () => {
    expect(givenUp(RUN, [], 'No.', AT)).toMatchObject({ state: 'cancelled', cancelReason: 'No.', endedAt: AT });
  });

  it('withdraws what was made and given to nobody', () => {
    expect(givenUp(RUN, ['create'], 'No.', AT)).toMatchObject({
      direction: 'back',
      step: 'revoke-old',
      state: 'running',
    });
  });

  it.each(['deliver', 'verify-new', 'watch-old', 'revoke-old'] as const)('at %s goes back by delivering', (step) => {
    const run = overridden(at({ step: 'watch-old' }), 'per_1', 'So.', AT);
    const back = givenUp({ ...run, step }, ['create', 'deliver'], 'No.', AT);
    expect(back).toMatchObject({ direction: 'back', step: 'deliver', state: 'running', overriddenBy: null });
    expect(advanced({ ...back, step: 'verify-dead' }, AT).state).toBe('cancelled');
  });

  it.each<[string, Partial<Run>, readonly Run['step'][], string]>([
    ['the old one is being withdrawn', { step: 'revoke-old' }, ['revoke-old'], 'past_cancelling'],
    ['the old one is withdrawn', { step: 'verify-dead' }, ['revoke-old'], 'past_cancelling'],
    ['nobody could be given the old one', { step: 'watch-old', oldVersion: null }, ['create'], 'past_cancelling'],
    ['it goes back already', { direction: 'back', step: 'deliver' }, [], 'past_cancelling'],
    ['it is over', { state: 'finished', endedAt: AT }, [], 'run_over'],
  ])('is too late once %s', (_what, changed, begunSteps, code) => {
    expect(() => givenUp(at(changed), begunSteps, 'No.', AT)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a runbook', () => {
  it('says what the next human does, and by which command', () => {
    expect(runbookFor(stuck(RUN, 'consumer_not_seen'))).toEqual({
      words: expect.stringContaining('second person'),
      command: `muster rotation override ${RUN.id}`,
    });
    expect(runbookFor(stuck(RUN, 'target_unreachable'))?.command).toBe(`muster rotation retry ${RUN.id}`);
  });

  it('says of what goes on by itself that it does', () => {
    expect(runbookFor(held(RUN, 'frozen', after(60)))).toEqual({
      words: 'A calendar keeps anything from beginning now. It goes on by itself.',
      command: null,
    });
  });

  it('knows what to do about a code that nobody foresaw, and says nothing where nothing is wrong', () => {
    expect(runbookFor(stuck(RUN, 'unheard_of'))?.words).toContain('unheard_of');
    expect(runbookFor(RUN)).toBeNull();
  });
});
