import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../kernel/index.js';
import { isListDue, reasonCodeOf } from './revocation.js';

const AT = new Date('2026-03-02T09:00:00.000Z');
const YOUNG = { begunAt: addSeconds(AT, -10), signed: true, behind: false };

describe('a revocation list', () => {
  it.each([
    ['there is none', { ...YOUNG, begunAt: null }, true],
    ['something was revoked since', { ...YOUNG, behind: true }, true],
    ['the latest is 40 s old', { ...YOUNG, begunAt: addSeconds(AT, -40) }, true],
    ['the latest is young and complete', YOUNG, false],
    ['the latest was never signed', { ...YOUNG, signed: false }, true],
    ['the latest is being signed', { ...YOUNG, signed: false, begunAt: addSeconds(AT, -2) }, false],
    ['the latest is from the future (P19)', { ...YOUNG, begunAt: addSeconds(AT, 3600) }, true],
  ])('is due when %s: %#', (_when, state, due) => {
    expect(isListDue(state, AT)).toBe(due);
  });
});

describe('the reason of an entry (RFC 5280 §5.3.1)', () => {
  it.each([
    ['key-compromise', 'keyCompromise'],
    ['cessation-of-operation', 'cessationOfOperation'],
    ['superseded', 'superseded'],
    ['It was seen elsewhere.', 'unspecified'],
    ['certificate-hold', 'unspecified'],
    ['constructor', 'unspecified'],
    ['', 'unspecified'],
  ])('for %p is %s', (words, reason) => {
    expect(reasonCodeOf(words)).toBe(reason);
  });
});
