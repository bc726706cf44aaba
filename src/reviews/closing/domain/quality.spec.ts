import { describe, expect, it } from '@jest/globals';
import type { Quality } from './figures.js';
import { flagsOf } from './quality.js';

const CAREFUL: Quality = {
  ...{ decided: 40, keeps: 33, opened: 40, medianSeconds: 25, p90Seconds: 90, bulkKeeps: 0, hastyKeeps: 0, busiest: 6 },
};

describe('how decisions came about', () => {
  it('has nothing to be said of forty that were looked at', () => {
    expect(flagsOf(CAREFUL)).toEqual([]);
    expect(flagsOf({ ...CAREFUL, decided: 0, keeps: 0, opened: 0 })).toEqual([]);
  });

  it.each<[Partial<Quality>, string, string]>([
    [{ decided: 200, keeps: 190, opened: 200, busiest: 200 }, 'in_a_rush', '200 decisions within ninety seconds.'],
    [{ hastyKeeps: 17 }, 'one_after_another', '17 keeps within three seconds of the decision before.'],
    [{ opened: 35 }, 'evidence_unread', '5 of 40 decided without opening the evidence.'],
    [{ bulkKeeps: 20 }, 'mostly_in_bulk', '20 of 33 keeps in bulk.'],
    [{ keeps: 40 }, 'all_kept', 'All 40 kept.'],
  ])('%j is %s', (changed, code, words) => {
    expect(flagsOf({ ...CAREFUL, ...changed })).toEqual([{ code, words }]);
  });
});
