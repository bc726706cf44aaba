import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../kernel/index.js';
import { lockedUntil, provisioning, stepOf } from './totp.js';

const secret = Buffer.from('12345678901234567890');
const at = new Date('2026-03-02T09:00:00Z');

describe('a code', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ])('at %i s is the one of RFC 6238 appendix B', (seconds, code) => {
    expect(stepOf(secret, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
  });

  it.each(['', '28708', '2870820', '28708a', '٢٨٧٠٨٢', ' 287082'])('is not %j', (code) => {
    expect(stepOf(secret, code, new Date(59_000))).toBeUndefined();
  });

  it('belongs to the step it was made for, one early or late at most (RFC 6238 §5.2)', () => {
    const of = (seconds: number) => stepOf(secret, '287082', new Date(seconds * 1000));
    expect([of(29), of(30), of(59), of(89), of(90)]).toEqual([1, 1, 1, 1, undefined]);
    expect(stepOf(secret, '081804', addSeconds(new Date(1111111109_000), -60))).toBeUndefined();
  });

  it('comes from what a code generator reads', () => {
    const { uri, secret: typed } = provisioning(secret, 'Muster localhost', 'a…@example.com');
    expect(typed).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(uri).toContain(`secret=${typed}`);
  });
});

describe('failures in a row', () => {
  it.each([
    [0, null],
    [4, null],
    [5, 900],
    [6, null],
    [10, 1800],
    [35, 57_600],
    [40, 86_400],
    [5000, 86_400],
  ])('of which there are %i lock for %p seconds', (failures, seconds) => {
    expect(lockedUntil(failures, at)).toEqual(seconds === null ? null : addSeconds(at, seconds));
  });
});
