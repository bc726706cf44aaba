import { describe, expect, it } from '@jest/globals';
import { addSeconds, type Level, type Proofs } from '../../kernel/index.js';
import { type Authenticator, enrol, levelOf, reachOf, requirePresence, requireRemainder } from './authenticator.js';
import type { SessionOrigin } from './session.js';

const at = new Date('2026-03-02T09:00:00Z');
const made = (kind: Authenticator['kind'], changed: Partial<Authenticator> = {}): Authenticator => ({
  ...enrol({ id: 'ath_1', personId: 'per_1', kind, nameSealed: 'x', createdAt: at }),
  confirmedAt: at,
  ...changed,
});
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('what an authenticator proves', () => {
  it.each<[Authenticator['kind'], boolean | null, SessionOrigin, Level]>([
    ['passkey', false, 'token', 'loa4'],
    ['passkey', true, 'token', 'loa3'],
    ['totp', null, 'single-sign-on', 'loa2'],
    ['totp', null, 'passkey', 'loa2'],
    ['totp', null, 'token', 'loa1'],
    ['totp', null, 'totp', 'loa1'],
    ['totp', null, 'device', 'loa1'],
    ['totp', null, 'recovery-code', 'loa1'],
    ['recovery-codes', null, 'single-sign-on', 'loa1'],
  ])('%s (backup %p) in a session begun by %s is %4$s', (kind, backupEligible, beganBy, level) => {
    expect(levelOf({ kind, backupEligible }, beganBy)).toBe(level);
  });

  it('is not asked of somebody who came in because they lost it', () => {
    const passkey = made('passkey', { backupEligible: false });
    expect(reachOf([passkey], 'token')).toBe('loa4');
    expect(reachOf([passkey], 'recovery-code')).toBe('loa1');
    expect(reachOf([passkey], 'admin-sign-in')).toBe('loa1');
  });
});

describe('whoever changes authenticators', () => {
  it.each<[string, Level, number, Proofs, string | undefined]>([
    ['has none and came a moment ago', 'loa1', 0, {}, undefined],
    ['has none and came almost 15 minutes ago', 'loa1', 899, {}, undefined],
    ['has none and came 15 minutes ago', 'loa1', 900, {}, 'sign_in_too_old'],
    ['has none and comes from a clock that jumped', 'loa1', -61, {}, 'sign_in_too_old'],
    ['has one and showed none', 'loa4', 0, {}, 'presence_required'],
    ['has one and showed a hint alone', 'loa4', 0, { loa1c: at }, 'presence_required'],
    ['has one and showed one now', 'loa4', 9999, { loa2: at }, undefined],
    ['has one and showed one almost 10 minutes ago', 'loa3', 0, { loa4: addSeconds(at, -599) }, undefined],
    ['has one and showed one 10 minutes ago', 'loa3', 0, { loa4: addSeconds(at, -600) }, 'presence_required'],
  ])('%s: %5$s', (_what, reach, age, proofs, expected) => {
    const change = () => requirePresence({ authenticatedAt: addSeconds(at, -age), proofs }, reach, at);
    if (expected) expect(change).toThrow(code(expected));
    else expect(change).not.toThrow();
  });
});

describe('the last authenticator', () => {
  const [passkey, totp, codes] = [made('passkey'), made('totp'), made('recovery-codes')];
  const pending = made('totp', { confirmedAt: null });

  it.each<[string, Authenticator, Authenticator[], boolean, boolean]>([
    ['of a custodian', passkey, [], false, true],
    ['of a custodian who has recovery codes', passkey, [codes], false, false],
    ['of an administrator', passkey, [], true, false],
    ['of an administrator who never confirmed the other', passkey, [pending], true, false],
    ['but one, of an administrator', passkey, [totp], true, true],
    ['that was never confirmed', pending, [], true, true],
    ['on paper', codes, [], true, true],
  ])('%s goes: %5$s', (_what, removed, rest, administrator, goes) => {
    const remove = () => requireRemainder(rest, removed, administrator);
    if (goes) expect(remove).not.toThrow();
    else expect(remove).toThrow(code('last_authenticator'));
  });
});
