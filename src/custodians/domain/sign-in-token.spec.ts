import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../kernel/index.js';
import { isSpendable, newSignInToken, type SignInPurpose, type SignInToken } from './sign-in-token.js';

const at = new Date('2026-03-02T09:00:00Z');
const token = newSignInToken({ id: 'inv_1', purpose: 'invitation', personId: 'per_1', madeBy: 'per_2' }, at);

describe('a sign-in token', () => {
  it.each<[SignInPurpose, number]>([
    ['invitation', 86_400],
    ['sign-in', 86_400],
    ['admin-sign-in', 600],
    ['setup', 30 * 86_400],
  ])('for %s lives %i seconds', (purpose, seconds) => {
    const made = newSignInToken({ ...token, purpose }, at);
    expect(isSpendable(made, addSeconds(at, seconds - 1))).toBe(true);
    expect(isSpendable(made, addSeconds(at, seconds))).toBe(false);
  });

  it.each<[string, Partial<SignInToken>]>([
    ['spent', { spentAt: at }],
    ['withdrawn', { endedAt: at }],
  ])('that was %s is not spent again', (_what, changes) => {
    expect(isSpendable({ ...token, ...changes }, at)).toBe(false);
  });
});
