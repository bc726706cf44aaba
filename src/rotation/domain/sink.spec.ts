import { describe, expect, it } from '@jest/globals';
import { mayWrite } from './sink.js';

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
