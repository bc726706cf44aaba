import { describe, expect, it } from '@jest/globals';
import { Trouble } from './trouble.js';

describe('a target that does not answer', () => {
  it('is tried by one at a time after a pause, and by everybody once it answers', () => {
    const trouble = new Trouble<'down' | 'up'>();
    expect(trouble.avoided(0)).toEqual([]);
    const first = trouble.enter('down');
    trouble.enter('up')();
    trouble.note('down', false, 1_000);
    trouble.note('up', true, 1_000);
    first();
    expect(trouble.avoided(5_999)).toEqual(['down']);
    expect(trouble.avoided(6_000)).toEqual([]);
    const [second, third] = [trouble.enter('down'), trouble.enter('down')];
    second();
    expect(trouble.avoided(60_000)).toEqual(['down']);
    third();
    expect(trouble.avoided(60_000)).toEqual([]);
    trouble.enter('down');
    trouble.note('down', true, 61_000);
    expect(trouble.avoided(61_000)).toEqual([]);
  });
});
