import { describe, expect, it } from '@jest/globals';
import { mayWrite, stands } from './sink.js';

const foreign = (revision: string) => ({ revision, version: null });

describe('whether a place may be written over', () => {
  it.each([
    ['nothing stands there', undefined, { version: null, revision: null }, false, 'write'],
    [
      'it says that it is ours, after a crash',
      { revision: 'r9', version: 1 },
      { version: 2, revision: null },
      false,
      'write',
    ],
    ['it is what was left there', foreign('r1'), { version: 1, revision: 'r1' }, false, 'write'],
    ['a writing of the same version broke off', foreign('r7'), { version: 2, revision: null }, false, 'write'],
    ['somebody said that it may go at first', foreign('r1'), { version: null, revision: null }, true, 'write'],
    [
      'it was there before, and nobody said so',
      foreign('r1'),
      { version: null, revision: null },
      false,
      'place_occupied',
    ],
    ['somebody changed it since', foreign('r2'), { version: 1, revision: 'r1' }, false, 'changed_elsewhere'],
    [
      'it was changed, and what stood there at first could go',
      foreign('r2'),
      { version: 1, revision: 'r1' },
      true,
      'changed_elsewhere',
    ],
    [
      'a writing of another version broke off',
      foreign('r2'),
      { version: 1, revision: null },
      false,
      'changed_elsewhere',
    ],
  ] as const)('%s', (_what, found, last, takesOver, answer) => {
    expect(mayWrite(found, last, 2, takesOver)).toBe(answer);
  });
});

describe('whether a version stands there already', () => {
  it.each([
    ['it was left there', foreign('r2'), { version: 2, revision: 'r2' }, undefined, true],
    ['it was left there, and somebody changed it', foreign('r3'), { version: 2, revision: 'r2' }, undefined, false],
    [
      'it was left there, and somebody changed it under our name',
      { revision: 'r3', version: 2 },
      { version: 2, revision: 'r2' },
      undefined,
      false,
    ],
    [
      'it says so, and it broke off before that was noted',
      { revision: 'r3', version: 2 },
      { version: 2, revision: null },
      undefined,
      true,
    ],
    ['it is what it would be, and it broke off', foreign('d2'), { version: 2, revision: null }, 'd2', true],
    ['it may be anything, and it broke off', foreign('r3'), { version: 2, revision: null }, undefined, false],
    ['the version before stands there', foreign('r1'), { version: 1, revision: 'r1' }, 'd2', false],
    ['nothing stands there', undefined, { version: 2, revision: 'r2' }, 'd2', false],
  ] as const)('%s', (_what, found, last, foreseen, answer) => {
    expect(stands(found, last, 2, foreseen)).toBe(answer);
  });
});
