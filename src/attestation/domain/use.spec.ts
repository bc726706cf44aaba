import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../kernel/index.js';
import { Refusal } from './refusal.js';
import { spendAgain, type Use } from './use.js';

const identityId: Id<'identity'> = 'mid_0192f0c1a2b37c4d8e5f60718293a4b5';
const otherId: Id<'identity'> = 'mid_0192f0c1a2b37c4d8e5f60718293a4b6';
const certificateId: Id<'certificate'> = 'crt_0192f0c1a2b37c4d8e5f60718293a4b5';
const key = Buffer.alloc(32, 1);
const use: Use = { spkiSha256: key, identityId, certificateId };

describe('a token that was used before', () => {
  it('gives the same key what it got', () => {
    expect(spendAgain(use, key, identityId)).toEqual({ outcome: 'again', certificateId });
  });

  it('still works for the same key when nothing came of it', () => {
    expect(spendAgain({ ...use, certificateId: null }, key, identityId)).toEqual({ outcome: 'first' });
  });

  it.each([
    ['another key', Buffer.alloc(32, 2), identityId],
    ['another identity', key, otherId],
  ])('is refused for %s', (_what, spki, identity) => {
    expect(() => spendAgain(use, spki, identity)).toThrow(Refusal);
  });
});
