import { expect, it } from '@jest/globals';
import { handoverDueAt } from './succession.js';

it('gives thirty days to name a new backup, counted from the departure', () => {
  expect(handoverDueAt(new Date('2026-03-02T09:00:00Z'))).toEqual(new Date('2026-04-01T09:00:00Z'));
});
