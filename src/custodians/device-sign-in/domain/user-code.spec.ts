import { describe, expect, it } from '@jest/globals';
import { readUserCode, userCode } from './user-code.js';

describe('a user code', () => {
  it('is eight consonants, and the same for the same randomness', () => {
    const random = Buffer.from(Array.from({ length: 64 }, (_, at) => at * 3));
    expect(userCode(random)).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(userCode(random)).toBe(userCode(random));
  });

  it('gives every letter the same chance: bytes that would favour some are passed over', () => {
    expect(userCode(Buffer.concat([Buffer.alloc(40, 0xff), Buffer.alloc(24, 0)]))).toBe('BBBB-BBBB');
    expect(() => userCode(Buffer.alloc(64, 0xff))).toThrow(RangeError);
  });

  it.each(['WDJB-MJHT', 'wdjb-mjht', 'wdjbmjht', ' WDJB MJHT ', 'WDJB--MJHT'])(
    'is read as it is typed: %j',
    (typed) => {
      expect(readUserCode(typed)).toBe('WDJB-MJHT');
    },
  );

  it.each(['', 'WDJB-MJH', 'WDJB-MJHTT', 'WDJB-MJHA', 'WDJB-MJH1', 'WDJB_MJHT', 'ẂDJB-MJHT'])('is not %j', (typed) => {
    expect(readUserCode(typed)).toBeUndefined();
  });
});
