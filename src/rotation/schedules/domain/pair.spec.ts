import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../../kernel/index.js';
import { type Half, turnOf } from './pair.js';

const A = 'rot_a' as Id<'rotation'>;
const B = 'rot_b' as Id<'rotation'>;
const HOUR = 3_600_000;
const half: Half = {
  ...{ rotationId: A, windowMs: HOUR, observeMs: 24 * HOUR, lastBegunAt: null, lastEndedAt: null, owedSince: null },
  next: () => null,
};
const other: Half = { ...half, rotationId: B };
const NOW = 1_000 * HOUR;

describe('the pair guard', () => {
  it('lets a half begin whose others never ran', () => {
    expect(turnOf(half, [other], 'scheduled', NOW)).toEqual({ may: true });
  });

  it.each(['scheduled', 'asked', 'emergency'] as const)('holds it while another runs (%s)', (cause) => {
    const running = { ...other, lastBegunAt: NOW - HOUR };
    expect(turnOf(half, [running], cause, NOW)).toMatchObject({ may: false, code: 'pair_running', by: B });
  });

  it.each([
    ['scheduled', false],
    ['asked', false],
    ['emergency', true],
  ] as const)('holds it for a window and an observation after another (%s)', (cause, may) => {
    const over = { ...other, lastBegunAt: NOW - 48 * HOUR, lastEndedAt: NOW - 24 * HOUR + 1 };
    expect(turnOf(half, [over], cause, NOW).may).toBe(may);
    expect(turnOf(half, [over], 'scheduled', NOW + 1)).toEqual({ may: true });
    expect(turnOf({ ...half, windowMs: 30 * HOUR }, [over], 'scheduled', NOW + 1)).toMatchObject({
      ...{ code: 'pair_too_soon', until: NOW + 6 * HOUR + 1 },
    });
  });

  it('lets the one go first that waits and began longer ago, where it would miss its beginning', () => {
    const last = { ...half, lastBegunAt: NOW - 48 * HOUR, lastEndedAt: NOW - 24 * HOUR };
    const waiting = { ...other, owedSince: NOW - 40 * HOUR, next: () => NOW + HOUR };
    expect(turnOf(last, [waiting], 'scheduled', NOW)).toMatchObject({ code: 'pair_turn', by: B });
    expect(turnOf(last, [waiting], 'asked', NOW)).toEqual({ may: true });
    expect(turnOf(last, [{ ...waiting, next: () => NOW + 48 * HOUR }], 'scheduled', NOW)).toEqual({ may: true });
    expect(turnOf(last, [{ ...waiting, owedSince: null }], 'scheduled', NOW)).toEqual({ may: true });
    expect(turnOf(last, [{ ...waiting, next: () => null }], 'scheduled', NOW)).toEqual({ may: true });
  });

  it('never has both wait for each other', () => {
    const one = { ...half, owedSince: NOW, next: (from: number) => from };
    const two = { ...other, owedSince: NOW, next: (from: number) => from };
    expect([turnOf(one, [two], 'scheduled', NOW).may, turnOf(two, [one], 'scheduled', NOW).may]).toEqual([true, false]);
  });
});
