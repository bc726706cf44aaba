import { expect, it } from '@jest/globals';
import { historyOf, planOf, random } from '../rotation/histories.js';
import { violations } from '../rotation/judge.js';
import { tell } from './figures.js';

/** How many histories, and of which seed. */
const HISTORIES = Number(process.env.SOAK_HISTORIES ?? 1_000_000);
const SEED = Number(process.env.SOAK_SEED ?? 1);

it(`never breaks the pair guard, a freeze, a window or an age in ${HISTORIES} random histories (ROT-4)`, () => {
  const next = random(SEED);
  let begun = 0;
  let held = 0;
  let wrong = 0;
  for (let number = 0; number < HISTORIES; number += 1) {
    const plan = planOf(next);
    const history = historyOf(plan, 8);
    const found = violations(plan, history);
    if (found.length > 0 && (wrong += 1) <= 5)
      console.error(`${found.join('; ')} in ${JSON.stringify({ seed: SEED, number, plan, history })}`);
    for (const one of history)
      if (one.held === null) begun += 1;
      else held += 1;
  }
  tell('soak', 'schedules', [
    ['histories', HISTORIES, 'histories'],
    ['begun', begun, 'runs'],
    ['held_by_pair', held, 'runs'],
    ['violations', wrong, 'histories'],
  ]);
  expect(wrong).toBe(0);
});
