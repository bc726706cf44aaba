import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isOpaqueToken, opaqueToken, tokenHash } from './opaque-token.js';

const token = opaqueToken('session', Buffer.alloc(32, 1));

describe('an opaque token', () => {
  it('is its prefix and 32 bytes in base64url', () => {
    expect(token).toBe(`mst_${Buffer.alloc(32, 1).toString('base64url')}`);
    expect(isOpaqueToken('session', token)).toBe(true);
  });

  it('needs all 32 bytes', () => {
    expect(() => opaqueToken('session', Buffer.alloc(31))).toThrow(RangeError);
  });

  it.each([
    ['of another kind', opaqueToken('sign-in', Buffer.alloc(32, 1))],
    ['cut', token.slice(0, -1)],
    ['lengthened', `${token}A`],
    ['with another alphabet', `${token.slice(0, -1)}+`],
    ['with a line after it', `${token}\n`],
    ['empty', ''],
  ])('%s has not the form of a session’s', (_what, text) => {
    expect(isOpaqueToken('session', text)).toBe(false);
  });

  it('is stored as its SHA-256', () => {
    expect(tokenHash(token)).toEqual(createHash('sha256').update(token).digest());
  });
});
