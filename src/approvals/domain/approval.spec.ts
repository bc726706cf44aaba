import { describe, expect, it } from '@jest/globals';
import { addSeconds, type Id } from '../../kernel/index.js';
import {
  type Approval,
  APPROVAL_STATES,
  asksTheSame,
  cancel,
  decide,
  digestOf,
  expire,
  isDenied,
  isSpendable,
  OPEN_SECONDS,
  openApproval,
  spend,
  SPENDABLE_SECONDS,
  SPENT_A_MOMENT_AGO_SECONDS,
  supersede,
  wasJustSpent,
} from './approval.js';
import { type Approver, NO_TIES } from './eligibility.js';

const AT = new Date('2026-03-02T09:00:00Z');
const ASKED = {
  id: 'apr_1' as Id<'approval'>,
  action: 'identity.activate',
  subject: 'mid_1',
  payload: '{"name":"bot"}',
  summary: 'Activate bot.',
  requester: 'per_eve',
  involved: ['per_ed', 'per_eve'],
  approvers: ['administrator', 'custodian'],
} as const;
const SPENDER = { by: 'per_eve', requestId: 'req_1' as Id<'request'> };
const APPROVE = { verdict: 'approve', reason: 'Fine.' } as const;
const DENY = { verdict: 'deny', reason: 'No.' } as const;
const OPEN = openApproval(ASKED, AT);
const cora: Approver = { id: 'per_cora', live: true, roles: ['custodian'] };
const approved = decide(OPEN, cora, NO_TIES, APPROVE, AT);

const code = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
};

describe('an approval', () => {
  it('opens for 72 hours, the requester among those involved, once', () => {
    expect(OPEN).toMatchObject({
      state: 'pending',
      involved: ['per_eve', 'per_ed'],
      expiresAt: addSeconds(AT, 72 * 3600),
      version: 1,
    });
  });

  const by = (id: string, roles: Approver['roles'], live = true): Approver => ({ id: id as Id<'person'>, live, roles });
  const DECIDERS: readonly [string, Approver, string][] = [
    ['a custodian', cora, 'done'],
    ['an administrator', by('per_ada', ['administrator']), 'done'],
    ['the requester', by('per_eve', ['administrator', 'custodian']), 'own_request'],
    ['somebody involved', by('per_ed', ['administrator']), 'own_request'],
    ['somebody without such a role', by('per_x', ['analyst', 'auditor', 'platform-engineer']), 'not_eligible'],
    ['somebody without any role', by('per_x', []), 'not_eligible'],
    ['somebody who has left', by('per_x', ['custodian'], false), 'not_eligible'],
  ];
  it.each(DECIDERS)('decided by %s: %o', (_name, approver, result) => {
    for (const decision of [APPROVE, DENY])
      expect(code(() => decide(OPEN, approver, NO_TIES, decision, AT))).toBe(result);
  });

  it('is bound to what is shown, or to more where a secret is left out', () => {
    expect(OPEN).toMatchObject({ payloadDigest: digestOf(ASKED.payload), payloadWithheld: false });
    const whole = digestOf('{"name":"bot","secret":1}');
    expect(openApproval({ ...ASKED, digest: whole }, AT)).toMatchObject({
      payloadDigest: whole,
      payloadWithheld: true,
    });
  });

  it('is over with its time, to the second', () => {
    const last = addSeconds(AT, OPEN_SECONDS - 1);
    expect(code(() => decide(OPEN, cora, NO_TIES, APPROVE, last))).toBe('done');
    expect(code(() => decide(OPEN, cora, NO_TIES, APPROVE, OPEN.expiresAt))).toBe('approval_expired');
    expect(expire(OPEN, OPEN.expiresAt)).toMatchObject({
      state: 'expired',
      decidedBy: null,
      decidedAt: OPEN.expiresAt,
    });
    expect(code(() => expire(OPEN, last))).toBe('RangeError');
  });

  it.each(APPROVAL_STATES.filter((state) => state !== 'pending'))('that is %s moves no more', (state) => {
    const ended: Approval = { ...OPEN, state };
    expect(code(() => decide(ended, cora, NO_TIES, APPROVE, AT))).toBe('approval_closed');
    expect(code(() => cancel(ended, 'per_eve', AT))).toBe('approval_closed');
    expect(code(() => expire(ended, OPEN.expiresAt))).toBe('RangeError');
  });

  it('is taken back by its requester alone', () => {
    expect(cancel(OPEN, 'per_eve', AT).state).toBe('cancelled');
    expect(code(() => cancel(OPEN, 'per_ed', AT))).toBe('not_the_requester');
  });

  it('gives way to another question, and is called expired when its time was over', () => {
    expect(supersede(OPEN, AT)).toMatchObject({ state: 'cancelled', reason: 'superseded' });
    expect(supersede(OPEN, OPEN.expiresAt).state).toBe('expired');
  });

  it.each([
    ['another payload', { payload: '{}' }],
    ['somebody else as requester', { requester: 'per_x' }],
    ['somebody else involved', { involved: ['per_x'] }],
  ])('does not answer a question with %s', (_name, changed) => {
    expect(asksTheSame(OPEN, ASKED)).toBe(true);
    expect(asksTheSame(OPEN, { ...ASKED, ...changed })).toBe(false);
  });

  it('is spent once, in time, and not by an account of whoever gave it', () => {
    const humans = new Map([
      ['per_carol', 'hmn_1'],
      ['per_cora', 'hmn_1'],
    ]);
    const spent = spend(approved, SPENDER, humans, AT);
    expect(spent).toMatchObject({ state: 'approved', spentBy: 'per_eve', spentAt: AT, spentIn: 'req_1' });
    expect(code(() => spend(spent, SPENDER, humans, AT))).toBe('RangeError');
    for (const by of ['per_cora', 'per_carol'])
      expect(code(() => spend(approved, { ...SPENDER, by }, humans, AT))).toBe('own_approval');
    expect(isSpendable(approved, addSeconds(AT, SPENDABLE_SECONDS - 1))).toBe(true);
    expect(isSpendable(approved, addSeconds(AT, SPENDABLE_SECONDS))).toBe(false);
    expect(isSpendable(decide(OPEN, cora, NO_TIES, DENY, AT), AT)).toBe(false);
  });

  it('is not spent by an account of those in whose place it was given either', () => {
    const given = { ...approved, decidedFor: 'per_frank' as Id<'person'> };
    expect(code(() => spend(given, { ...SPENDER, by: 'per_frank' }, new Map(), AT))).toBe('own_approval');
  });

  it('answers the same question for a moment after it was spent, and while a denial is fresh', () => {
    const spent = spend(approved, SPENDER, new Map(), AT);
    expect(wasJustSpent(spent, addSeconds(AT, SPENT_A_MOMENT_AGO_SECONDS - 1))).toBe(true);
    expect(wasJustSpent(spent, addSeconds(AT, SPENT_A_MOMENT_AGO_SECONDS))).toBe(false);
    const denied = decide(OPEN, cora, NO_TIES, DENY, AT);
    expect(isDenied(denied, addSeconds(AT, OPEN_SECONDS - 1))).toBe(true);
    expect(isDenied(denied, denied.expiresAt)).toBe(false);
    expect(isDenied(approved, AT)).toBe(false);
  });
});
