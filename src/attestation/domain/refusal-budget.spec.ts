import { describe, expect, it } from '@jest/globals';
import { RefusalBudget } from './refusal-budget.js';
import { sourceOf } from './source.js';

const LIMITS = { perSource: 2, inAll: 5, sources: 3 };

function at(seconds: number): Date {
  return new Date(seconds * 1000);
}

function admitted(budget: RefusalBudget, source: string, times: number): number {
  return Array.from({ length: times }, () => budget.admits(source)).filter(Boolean).length;
}

describe('the budget of refusals', () => {
  it('writes so many of a source, and counts the rest until the hour turns', () => {
    const budget = new RefusalBudget(LIMITS);
    expect(budget.turn(at(0))).toEqual([]);
    expect(admitted(budget, 'a', 10)).toBe(2);
    expect(budget.turn(at(3599))).toEqual([]);
    expect(budget.turn(at(3600))).toEqual([{ source: 'a', times: 8 }]);
    expect(admitted(budget, 'a', 10)).toBe(2);
  });

  it('writes so many in all', () => {
    const budget = new RefusalBudget(LIMITS);
    expect(['a', 'b', 'c'].map((source) => admitted(budget, source, 2))).toEqual([2, 2, 1]);
  });

  it('tells so many sources apart, and counts all others as one', () => {
    const budget = new RefusalBudget({ ...LIMITS, inAll: 100 });
    budget.turn(at(0));
    for (const source of ['a', 'b', 'c']) admitted(budget, source, 1);
    expect(Array.from({ length: 50 }, (_, n) => admitted(budget, `x${n}`, 1)).filter(Boolean)).toHaveLength(2);
    expect(budget.turn(at(3600))).toEqual([{ source: 'others', times: 48 }]);
  });

  it('starts anew when the clock is set back', () => {
    const budget = new RefusalBudget(LIMITS);
    budget.turn(at(7200));
    admitted(budget, 'a', 3);
    expect(budget.turn(at(0))).toEqual([{ source: 'a', times: 1 }]);
  });
});

describe('a source', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['nonsense', 'unknown'],
  ])('of %s is %s', (address, source) => expect(sourceOf(address)).toBe(source));
});
