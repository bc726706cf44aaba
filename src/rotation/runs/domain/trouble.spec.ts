import { describe, expect, it } from '@jest/globals';
import { Trouble } from './trouble.js';

describe('a target that does not answer', () => {
  const avoidedBy = (trouble: Trouble<'down' | 'up'>, at: number) => {
    const search = trouble.search(at);
    search.found(undefined);
    return search.avoided;
  };

  it('is tried by one at a time after a pause, and by everybody once it answers', () => {
    const trouble = new Trouble<'down' | 'up'>();
    expect(avoidedBy(trouble, 0)).toEqual([]);
    const first = trouble.search(0).found('down');
    trouble.search(0).found('up')();
    trouble.note('down', false, 1_000);
    trouble.note('up', true, 1_000);
    first();
    expect(avoidedBy(trouble, 5_999)).toEqual(['down']);
    expect(avoidedBy(trouble, 6_000)).toEqual([]);
    const second = trouble.search(60_000).found('down');
    expect(avoidedBy(trouble, 60_000)).toEqual(['down']);
    second();
    expect(avoidedBy(trouble, 60_000)).toEqual([]);
    trouble.search(61_000).found('down');
    trouble.note('down', true, 61_000);
    expect(avoidedBy(trouble, 61_000)).toEqual([]);
  });

  it('is said once to answer again, whoever was answered, and how often it answered', () => {
    const trouble = new Trouble<'down'>();
    trouble.note('down', true, 0);
    expect([trouble.isBack('down'), trouble.answersOf('down')]).toEqual([false, 1]);
    trouble.note('down', false, 0);
    expect([trouble.knows('down'), trouble.isBack('down'), trouble.answersOf('down')]).toEqual([true, false, 1]);
    trouble.note('down', true, 0);
    expect([trouble.knows('down'), trouble.answersOf('down')]).toEqual([false, 2]);
    expect([trouble.isBack('down'), trouble.isBack('down')]).toEqual([true, false]);
    trouble.note('down', false, 0);
    trouble.note('down', true, 0);
    trouble.note('down', false, 0);
    expect(trouble.isBack('down')).toBe(false);
  });

  it('is found by one of several who look at once', () => {
    const trouble = new Trouble<'down' | 'up'>();
    trouble.note('down', false, 0);
    const [one, other] = [trouble.search(5_000), trouble.search(5_000)];
    expect([one.avoided, other.avoided]).toEqual([[], ['down']]);
    other.found('up')();
    const leave = one.found('down');
    expect(avoidedBy(trouble, 5_000)).toEqual(['down']);
    leave();
    const [third, fourth] = [trouble.search(5_000), trouble.search(5_000)];
    // Who found something else leaves it to the next.
    third.found('up');
    expect([fourth.avoided, avoidedBy(trouble, 5_000)]).toEqual([['down'], []]);
  });

  it('is still tried by those who were at it when it was noticed', () => {
    const trouble = new Trouble<'down'>();
    const [one, other] = [trouble.search(0).found('down'), trouble.search(0).found('down')];
    trouble.note('down', false, 0);
    one();
    expect(trouble.search(60_000).avoided).toEqual(['down']);
    other();
    expect(trouble.search(60_000).avoided).toEqual([]);
  });
});
