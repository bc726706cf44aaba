import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../../kernel/index.js';
import type { EffectState, ReviewEffect } from '../../domain/effect.js';
import { attested, MAX_ATTEMPTS, postponed, retried } from './course.js';
import type { EffectError } from './errors.js';

const AT = new Date('2026-03-02T09:00:00Z');
const BY = 'per_1' as Id<'person'>;
const WORD = { statement: 'Done by hand.', reference: 'CHG-17' };

function effect(state: EffectState, attempts = 1): ReviewEffect {
  const ids = { id: 'rve_1', campaignId: 'cmp_1', itemId: 'rvi_1', identityId: 'mid_1', grantId: 'grt_1' } as const;
  return {
    ...ids,
    ...{ kind: 'remove-grant', toId: null, targetId: null, state, ownerId: BY, attempts, dueAt: AT, failure: 'before' },
    ...{ evidence: null, createdAt: AT, appliedAt: AT, endedAt: null, endedBy: null, version: 3 },
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as EffectError).code;
  }
}

describe('what may pass', () => {
  it('is tried again after pauses that double, no longer than half an hour, over about an hour in all', () => {
    const pauses = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => {
      const { dueAt, state } = postponed(effect('pending', index + 1), 'target_busy', AT);
      expect(state).toBe('pending');
      return (dueAt!.getTime() - AT.getTime()) / 1000;
    });
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1800]);
  });

  it('is given up in the end, with the code of the last time', () => {
    expect(postponed(effect('applied', MAX_ATTEMPTS), 'target_busy', AT)).toMatchObject({
      ...{ state: 'failed', failure: 'target_busy', dueAt: null, version: 4 },
    });
  });
});

describe('states that end nothing', () => {
  const others = (...but: EffectState[]) =>
    (['pending', 'applied', 'verified', 'attestation-needed', 'attested', 'failed'] as const).filter(
      (state) => !but.includes(state),
    );

  it.each(others('attestation-needed'))('what is %s is not attested', (state) => {
    expect(codeOf(() => attested(effect(state), BY, true, WORD, AT))).toBe('not_to_attest');
  });

  it.each(others('failed'))('what is %s is not tried again', (state) => {
    expect(codeOf(() => retried(effect(state), AT))).toBe('not_failed');
  });

  it('nobody’s word counts but the owner’s', () => {
    expect(codeOf(() => attested(effect('attestation-needed'), BY, false, WORD, AT))).toBe('not_its_owner');
    expect(attested(effect('attestation-needed'), BY, true, WORD, AT)).toMatchObject({
      ...{ state: 'attested', evidence: WORD, endedBy: BY, endedAt: AT },
    });
  });

  it('what is tried again begins from the start: it acts before it looks', () => {
    expect(retried(effect('failed', MAX_ATTEMPTS), AT)).toMatchObject({
      ...{ state: 'pending', attempts: 0, dueAt: AT, failure: null, appliedAt: null },
    });
  });
});
