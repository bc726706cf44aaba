import { describe, expect, it } from '@jest/globals';
import { behindOf, inRuns } from './behind.js';

describe('the entries behind numbers', () => {
  it('are those of the records that the numbers come from, in order', () => {
    const places = [
      { index: 3, type: 'campaign.started' },
      { index: 4, type: 'review.moved' },
      { index: 7, type: 'review.submitted' },
      { index: 9, type: 'review.exception-ended' },
    ];
    expect(behindOf(places)).toMatchObject({ population: [3], decisions: [7], exceptions: [9], closing: [] });
  });

  it.each<[readonly number[], string]>([
    [[], ''],
    [[4], '4'],
    [[4, 5, 6, 9], '4–6, 9'],
    [[1, 3, 5, 7, 8, 10], '1, 3, 5 and 3 more'],
  ])('%j are told as “%s”', (indexes, told) => {
    expect(inRuns(indexes, 3)).toBe(told);
  });
});
