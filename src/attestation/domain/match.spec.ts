import { describe, expect, it } from '@jest/globals';
import type { Id, Json } from '../../kernel/index.js';
import type { RegisteredClaims } from './claims.js';
import { matchTrusts } from './match.js';
import { createTrust, type Trust } from './trust.js';
import { verifierOf } from './verifiers/index.js';

const PAYMENTS = 'mid_0192f0c1a2b37c4d8e5f60718293a4b5' as Id<'identity'>;
const PAYROLL = 'mid_0192f0c1a2b37c4d8e5f60718293a4b6' as Id<'identity'>;
const sub = 'repo:acme/payments:ref:refs/heads/main';
const claims: Readonly<Record<string, Json>> = {
  sub,
  ref: 'refs/heads/main',
  repository_id: '741852963',
  repository_owner_id: '1029384',
};
const token: RegisteredClaims = {
  issuer: 'https://issuer.example',
  subject: sub,
  audiences: ['https://muster.test'],
  issuedAt: new Date(0),
  deadAt: new Date(1),
};
let made = 0;

function trust(change: Partial<Trust> = {}): Trust {
  const base: Omit<Trust, 'status' | 'version' | 'changedAt'> = {
    id: `trs_${String(++made).padStart(32, '0')}`,
    identityId: PAYMENTS,
    providerId: 'prv_0192f0c1a2b37c4d8e5f60718293a4b5',
    audience: 'https://muster.test',
    subject: sub,
    pins: { repository_id: '741852963', repository_owner_id: '1029384' },
    condition: null,
    maxTtlSeconds: null,
    createdAt: new Date(0),
  };
  return createTrust({ ...base, ...change }, 'github-actions');
}

function verdict(
  trusts: readonly Trust[],
  change: Readonly<Record<string, Json>> = {},
  wanted?: Id<'identity'>,
): string {
  const found = matchTrusts(trusts, token, { ...claims, ...change }, verifierOf('github-actions'), wanted);
  return found.kind === 'match' ? found.trust.id : found.reason;
}

describe('trusts and a token', () => {
  it('match when audience, subject, ids and condition all hold', () => {
    const all = trust({ condition: 'claims.ref == "refs/heads/main"' });
    expect(verdict([all])).toBe(all.id);
  });

  it.each([
    ['no trust at all', [], {}, 'subject_unknown'],
    ['another subject', [{ subject: 'repo:acme/payroll:*' }], {}, 'subject_unknown'],
    ['another audience', [{ audience: 'https://other.test' }], {}, 'audience_mismatch'],
    ['another repository under the same names', [{}], { repository_id: '1' }, 'pin_mismatch'],
    ['another owner under the same names', [{}], { repository_owner_id: '1' }, 'pin_mismatch'],
    ['an id as a list', [{}], { repository_id: ['741852963'] }, 'pin_mismatch'],
    ['an id with a zero before it', [{}], { repository_id: '0741852963' }, 'pin_mismatch'],
    ['an id as a number that is not exact', [{}], { repository_id: 741852963.5 }, 'pin_mismatch'],
    ['a condition that says no', [{ condition: 'claims.ref == "x"' }], {}, 'condition_false'],
    ['a condition that cannot be asked', [{ condition: 'claims.environment == "x"' }], {}, 'condition_error'],
    ['two mistakes: the nearer one is named', [{ audience: 'x' }, { condition: '1 == 2' }], {}, 'condition_false'],
  ] as const)('do not match with %s', (_what, trusts, change, reason) => {
    expect(verdict(trusts.map(trust), change)).toBe(reason);
  });

  it('do not take a number that JSON could not hold exactly for the id next to it', () => {
    const pins = { repository_id: '9007199254740992', repository_owner_id: '1029384' };
    const { repository_id } = JSON.parse('{"repository_id":9007199254740993}') as { repository_id: number };
    expect(verdict([trust({ pins })], { repository_id })).toBe('pin_mismatch');
  });

  it('take an id that the provider writes as a number', () => {
    const one = trust();
    expect(verdict([one], { repository_id: 741852963 })).toBe(one.id);
  });

  it('want the identity named when they lead to two', () => {
    const [payments, payroll] = [trust(), trust({ identityId: PAYROLL })];
    expect(verdict([payments, payroll])).toBe('ambiguous');
    expect(verdict([payments, payroll], {}, PAYROLL)).toBe(payroll.id);
    expect(verdict([payments], {}, PAYROLL)).toBe('identity_mismatch');
  });

  it('count the narrowest of those that hold, then the oldest', () => {
    const wide = trust({ subject: 'repo:acme/payments:*' });
    const narrower = trust({ subject: 'repo:acme/payments:ref:refs/heads/*' });
    const [exact, later] = [trust(), trust()];
    expect(verdict([wide, narrower])).toBe(narrower.id);
    expect(verdict([wide, later, narrower, exact])).toBe(exact.id);
  });
});
