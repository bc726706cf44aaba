import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../kernel/index.js';
import { type Session, sessionHolds, shouldNoteUse, startSession } from './session.js';

const at = new Date('2026-03-02T09:00:00Z');
const session = startSession('ses_1', 'per_1', at);
const HOUR = 3600;

describe('a session', () => {
  it.each<[string, Partial<Session>, number, boolean]>([
    ['just started', {}, 0, true],
    ['almost an hour unused', {}, HOUR - 1, true],
    ['an hour unused', {}, HOUR, false],
    ['used all the time, almost twelve hours old', { lastSeenAt: addSeconds(at, 12 * HOUR - 2) }, 12 * HOUR - 1, true],
    ['used all the time, twelve hours old', { lastSeenAt: addSeconds(at, 12 * HOUR - 2) }, 12 * HOUR, false],
    [
      'with a later expiry than twelve hours',
      { expiresAt: addSeconds(at, 99 * HOUR), lastSeenAt: addSeconds(at, 12 * HOUR - 2) },
      12 * HOUR,
      false,
    ],
    ['with an earlier expiry', { expiresAt: addSeconds(at, 60) }, 60, false],
    ['ended', { endedAt: at }, 1, false],
    ['seen a minute ahead by another replica', {}, -60, true],
    ['before it was last seen, by more than skew', {}, -61, false],
  ])('%s', (_what, changes, seconds, holds) => {
    expect(sessionHolds({ ...session, ...changes }, addSeconds(at, seconds))).toBe(holds);
  });

  it('has its use noted once a minute', () => {
    expect(shouldNoteUse(session, addSeconds(at, 59))).toBe(false);
    expect(shouldNoteUse(session, addSeconds(at, 60))).toBe(true);
  });
});
