import { describe, expect, it } from '@jest/globals';
import { idFrom, isId } from './ids.js';

describe('identifiers', () => {
  const random = new Uint8Array(10).fill(0xff);

  it('carry version 7 and the RFC variant (RFC 9562 §5.7)', () => {
    expect(idFrom('identity', 0x0192f0c1a2b3, random)).toBe('mid_0192f0c1a2b37fffbfffffffffffffff');
  });

  it('sort by the instant they were made', () => {
    expect(idFrom('identity', 1, random) < idFrom('identity', 2, new Uint8Array(10))).toBe(true);
  });

  it.each(['per_0192f0c1a2b37fffbfffffffffffffff', 'mid_0192', 'mid_0192F0C1A2B37FFFBFFFFFFFFFFFFFFF', '', 7, null])(
    'refuses %p as a machine identity',
    (text) => expect(isId('identity', text)).toBe(false),
  );
});
