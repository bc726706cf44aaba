import { describe, expect, it } from '@jest/globals';
import { type Resolution, VERDICTS } from '../../domain/resolution/verdict.js';
import { requireAdoptable } from './adoption.js';

describe('what was found', () => {
  it('is adopted only where nobody answers for it yet', () => {
    const adoptable = VERDICTS.filter((verdict) => {
      try {
        requireAdoptable({ resolution: { verdict } as Resolution });
        return true;
      } catch (refusal) {
        expect(refusal).toMatchObject({ code: 'nothing_to_adopt' });
        return false;
      }
    });
    expect(adoptable).toEqual(['shadow-identity', 'shadow-credential', 'unattributed']);
  });
});
