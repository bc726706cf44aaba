import { describe, expect, it } from '@jest/globals';
import { coverageOf, type PointRun } from './reporting.js';

const now = new Date('2026-01-02T00:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const since = ago(7200);
const run = (changed: Partial<PointRun> = {}): PointRun => ({
  ...{ name: 'orders', run: 'orders-1/a', reportedAt: ago(5), gapAt: null, endedAt: null },
  ...changed,
});

describe('reports of use are complete', () => {
  it.each<[string, PointRun[], Date]>([
    ['since they are asked about, while every point reports', [run(), run({ run: 'orders-1/b' })], since],
    ['since the last lost one', [run({ gapAt: ago(100) })], ago(100)],
    ['beside one that ended in good order', [run(), run({ reportedAt: ago(300), endedAt: ago(300) })], since],
    ['since an hour after one fell silent', [run(), run({ reportedAt: ago(4000) })], ago(400)],
  ])('%s', (_why, runs, completeSince) => {
    expect(coverageOf(runs, since, now)).toEqual({ coverage: 'complete', gaps: [], completeSince, lagSeconds: 5 });
  });

  it.each<[string, PointRun[], string]>([
    ['one fell silent', [run(), run({ name: 'till', reportedAt: ago(61) })], 'till'],
    ['one never reported', [run(), run({ name: 'till', run: null, reportedAt: null })], 'till'],
    ['every one has ended', [run({ endedAt: ago(5) })], 'start one'],
  ])('no more where %s', (_why, runs, word) => {
    const { coverage, gaps, completeSince } = coverageOf(runs, since, now);
    expect({ coverage, completeSince, words: gaps.join(' ') }).toEqual({
      ...{ coverage: 'sampled', completeSince: null },
      words: expect.stringContaining(word),
    });
  });

  it('never where nobody reports', () => {
    expect(coverageOf([], since, now)).toMatchObject({ coverage: 'none', completeSince: null });
  });
});
