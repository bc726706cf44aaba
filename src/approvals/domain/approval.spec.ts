import { describe, expect, it } from '@jest/globals';
import { addSeconds, type Id } from '../../kernel/index.js';
import {
  type Approval,
  APPROVAL_STATES,
  type Approver,
  asksTheSame,
  cancel,
  decide,
  expire,
  isSpendable,
  OPEN_SECONDS,
  openApproval,
  spend,
  SPENDABLE_SECONDS,
  supersede,
} from './approval.js';

const AT = new Date('2026-03-02T09:00:00Z');
const ASKED = {
  id: 'apr_1' as Id<'approval'>,
  action: 'identity.activate',
  subject: 'mid_1',
  payloadDigest: Buffer.alloc(32, 1),
  summary: 'Activate bot.',
  requester: 'per_eve',
  involved: ['per_ed', 'per_eve'],
};
const OPEN = openApproval(ASKED, AT);
const cora: Approver = { id: 'per_cora', live: true, roles: ['custodian'] };
const approved = decide(OPEN, cora, 'approve', 'Fine.', AT);

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
    for (const verdict of ['approve', 'deny'] as const)
      expect(code(() => decide(OPEN, approver, verdict, 'Why.', AT))).toBe(result);
  });

  it('of an action that nobody named is an administrator’s to decide', () => {
    expect(code(() => decide({ ...OPEN, action: 'authority.retire' }, cora, 'approve', 'Why.', AT))).toBe(
      'not_eligible',
    );
  });

  it('is over with its time, to the second', () => {
    const last = addSeconds(AT, OPEN_SECONDS - 1);
    expect(code(() => decide(OPEN, cora, 'approve', 'Why.', last))).toBe('done');
    expect(code(() => decide(OPEN, cora, 'approve', 'Why.', OPEN.expiresAt))).toBe('approval_expired');
    expect(expire(OPEN, OPEN.expiresAt)).toMatchObject({
      state: 'expired',
      decidedBy: null,
      decidedAt: OPEN.expiresAt,
    });
    expect(code(() => expire(OPEN, last))).toBe('RangeError');
  });

  it.each(APPROVAL_STATES.filter((state) => state !== 'pending'))('that is %s moves no more', (state) => {
    const ended: Approval = { ...OPEN, state };
    expect(code(() => decide(ended, cora, 'approve', 'Why.', AT))).toBe('approval_closed');
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
    ['another digest', { payloadDigest: Buffer.alloc(32, 2) }],
    ['somebody else as requester', { requester: 'per_x' }],
    ['somebody else involved', { involved: ['per_x'] }],
  ])('does not answer a question with %s', (_name, changed) => {
    expect(asksTheSame(OPEN, ASKED)).toBe(true);
    expect(asksTheSame(OPEN, { ...ASKED, ...changed })).toBe(false);
  });

  it('is spent once, in time, and not by whoever gave it', () => {
    const spent = spend(approved, 'per_eve', AT);
    expect(spent).toMatchObject({ state: 'approved', spentBy: 'per_eve', spentAt: AT });
    expect(code(() => spend(spent, 'per_eve', AT))).toBe('RangeError');
    expect(code(() => spend(approved, 'per_cora', AT))).toBe('own_approval');
    expect(isSpendable(approved, addSeconds(AT, SPENDABLE_SECONDS - 1))).toBe(true);
    expect(isSpendable(approved, addSeconds(AT, SPENDABLE_SECONDS))).toBe(false);
    expect(isSpendable(decide(OPEN, cora, 'deny', 'No.', AT), AT)).toBe(false);
  });
});
