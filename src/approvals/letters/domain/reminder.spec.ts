import { describe, expect, it } from '@jest/globals';
import { reminderOf } from './reminder.js';

const DUE = new Date('2026-03-30T09:00:00Z');

describe('a reminder before a hand-over runs out', () => {
  it.each([
    ['2026-03-23T08:59:59Z', undefined],
    ['2026-03-23T09:00:00Z', 'hand-over-in-7-days'],
    ['2026-03-27T08:59:59Z', 'hand-over-in-7-days'],
    ['2026-03-27T09:00:00Z', 'hand-over-in-3-days'],
    ['2026-03-29T08:59:59Z', 'hand-over-in-3-days'],
    ['2026-03-29T09:00:00Z', 'hand-over-in-1-day'],
    ['2026-03-29T23:59:59Z', 'hand-over-in-1-day'],
    ['2026-03-30T00:00:00Z', 'hand-over-today'],
    ['2026-03-31T08:59:59Z', 'hand-over-today'],
    ['2026-03-31T09:00:00Z', undefined],
  ])('at %s is %s', (at, letter) => {
    expect(reminderOf(DUE, new Date(at))).toBe(letter);
  });
});
