import { describe, expect, it } from '@jest/globals';
import { type Plan, historyOf, planOf, random } from './histories.js';
import { violations } from './judge.js';

const HISTORIES = 500;
const MINUTE = 60_000;

describe('pair guard, freeze, windows and ages', () => {
  it(`hold in ${HISTORIES} random histories (a million: npm run soak -- schedules)`, () => {
    const next = random(6);
    let begun = 0;
    let held = 0;
    for (let number = 0; number < HISTORIES; number += 1) {
      const plan = planOf(next);
      const history = historyOf(plan, 8);
      const wrong = violations(plan, history);
      if (wrong.length > 0) throw new Error(`${wrong.join('; ')} in ${JSON.stringify({ number, plan, history })}`);
      begun += history.filter((one) => one.held === null).length;
      held += history.filter((one) => one.held !== null).length;
    }
    expect(begun).toBeGreaterThan(2 * HISTORIES);
    expect(held).toBeGreaterThan(HISTORIES / 3);
  });

  it('are missed by a judge who is shown a history in which they do not hold', () => {
    const next = random(7);
    const found: Record<string, number> = {};
    for (let number = 0; number < 150; number += 1) {
      const plan = planOf(next);
      const history = historyOf(plan, 8);
      const [first] = history;
      if (!first) continue;
      const shown: readonly (readonly [string, Plan, typeof history])[] = [
        ['frozen', { ...plan, frozen: [{ stretches: [{ from: first.at, to: first.at + MINUTE }] }] }, history],
        ['outside', plan, [{ ...first, cause: 'schedule', at: first.at + 1441 * MINUTE }]],
        ['twice', plan, [first, { ...first, at: first.at + 1 }]],
        ['pair', plan, [first, { ...first, rotationId: first.rotationId === 'rot_0' ? 'rot_1' : 'rot_0' }]],
        ['too old', plan, [{ ...first, at: first.at + 2 * 366 * 24 * 60 * MINUTE }]],
      ];
      for (const [word, wrongPlan, wrongHistory] of shown) {
        if (word === 'pair' && plan.schedules.length === 1) continue;
        if (violations(wrongPlan, wrongHistory).some((one) => one.startsWith(word)))
          found[word] = (found[word] ?? 0) + 1;
      }
    }
    for (const word of ['frozen', 'outside', 'twice', 'pair', 'too old']) expect(found[word]).toBeGreaterThan(10);
  });
});
