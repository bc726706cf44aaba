import { describe, expect, it } from '@jest/globals';
import { addSeconds, type Id, type Role } from '../../kernel/index.js';
import type { Delegation } from './delegation.js';
import {
  type Approver,
  approversOf,
  CUSTODIAN,
  eligibilityOf,
  eligibleAmong,
  NO_TIES,
  type Ties,
} from './eligibility.js';

const AT = new Date('2026-03-02T09:00:00Z');
const LATER = addSeconds(AT, 3600);
const ASKED = {
  requester: 'mid_bot',
  involved: ['mid_bot', 'per_eve'],
  approvers: [CUSTODIAN] as const,
  createdAt: AT,
};
const per = (name: string): Id<'person'> => `per_${name}`;
const by = (name: string, roles: readonly Role[] = ['custodian'], live = true): Approver => ({
  id: per(name),
  live,
  roles,
});
const delegated = (from: string, to: string, changed: Partial<Delegation> = {}): Delegation => ({
  id: `dlg_${from}-${to}` as Id<'delegation'>,
  fromId: per(from),
  toId: per(to),
  reason: 'Away.',
  createdAt: addSeconds(AT, -60),
  until: addSeconds(AT, 86_400),
  endedAt: null,
  endedBy: null,
  ...changed,
});
const ties = (changed: Partial<Ties> = {}): Ties => ({ ...NO_TIES, custodians: ['per_cora', 'per_carl'], ...changed });
const one = (...names: string[]) => new Map(names.map((name) => [`per_${name}`, 'hmn_1']));
const answer = (approver: Approver, tied: Ties, asked: Parameters<typeof eligibilityOf>[0] = ASKED) => {
  const result = eligibilityOf(asked, approver, tied, LATER);
  return result.eligible ? (result.for ?? 'themselves') : result.why;
};

describe('who may decide', () => {
  const BY_ROLE = { ...ASKED, approvers: ['administrator', 'custodian'] as const };
  const ROWS: readonly [string, Approver, Ties, Parameters<typeof eligibilityOf>[0], string][] = [
    ['a custodian of it', by('cora'), ties(), ASKED, 'themselves'],
    ['a custodian of it, whatever their roles', by('carl', ['analyst']), ties(), ASKED, 'themselves'],
    ['a custodian of something else', by('dan'), ties(), ASKED, 'not_eligible'],
    ['an administrator who is not asked', by('ada', ['administrator']), ties(), ASKED, 'not_eligible'],
    ['a custodian who has left', by('cora', [], false), ties(), ASKED, 'not_eligible'],
    ['the role asked for', by('dan'), ties(), BY_ROLE, 'themselves'],
    ['another role', by('dan', ['analyst', 'auditor', 'platform-engineer']), ties(), BY_ROLE, 'not_eligible'],
    [
      'somebody involved, whatever their roles',
      by('eve', ['administrator', 'custodian']),
      ties(),
      BY_ROLE,
      'own_request',
    ],
    ['another account of somebody involved', by('eva'), ties({ humans: one('eve', 'eva') }), BY_ROLE, 'own_request'],
    ['another account of somebody else', by('eva'), ties({ humans: one('dan', 'eva') }), BY_ROLE, 'themselves'],
    [
      'whoever stands in for somebody involved',
      by('dan'),
      ties({ delegations: [delegated('eve', 'dan')] }),
      BY_ROLE,
      'own_request',
    ],
    [
      'whoever stood in for somebody involved when it was asked',
      by('dan'),
      ties({ delegations: [delegated('eve', 'dan', { endedAt: addSeconds(AT, 1), endedBy: per('eve') })] }),
      BY_ROLE,
      'own_request',
    ],
    [
      'whoever stood in for them before',
      by('dan'),
      ties({ delegations: [delegated('eve', 'dan', { endedAt: addSeconds(AT, -1), endedBy: per('eve') })] }),
      BY_ROLE,
      'themselves',
    ],
    [
      'whoever stands in for one who stands in for them',
      by('dan'),
      ties({ delegations: [delegated('eve', 'fay'), delegated('fay', 'dan')] }),
      BY_ROLE,
      'own_request',
    ],
    [
      'whoever stands in for another account of theirs',
      by('dan'),
      ties({ humans: one('eve', 'eva'), delegations: [delegated('eva', 'dan')] }),
      BY_ROLE,
      'own_request',
    ],
    [
      'somebody for whom one involved stands in',
      by('dan'),
      ties({ delegations: [delegated('dan', 'eve')] }),
      BY_ROLE,
      'themselves',
    ],
    [
      'whoever stands in for a custodian',
      by('dan'),
      ties({ delegations: [delegated('cora', 'dan')] }),
      ASKED,
      'per_cora',
    ],
    [
      'whoever stood in for a custodian',
      by('dan'),
      ties({ delegations: [delegated('cora', 'dan', { until: LATER })] }),
      ASKED,
      'not_eligible',
    ],
    [
      'whoever a delegate delegated to',
      by('fay'),
      ties({ delegations: [delegated('cora', 'dan'), delegated('dan', 'fay')] }),
      ASKED,
      'not_eligible',
    ],
    [
      'whoever stands in for a custodian who is barred',
      by('dan'),
      ties({ custodians: ['per_eve'], delegations: [delegated('eve', 'dan')] }),
      ASKED,
      'own_request',
    ],
    [
      'a role that was not delegated',
      by('dan', ['analyst']),
      ties({ delegations: [delegated('ada', 'dan')] }),
      BY_ROLE,
      'not_eligible',
    ],
  ];
  it.each(ROWS)('%s', (_name, approver, tied, asked, expected) => {
    expect(answer(approver, tied, asked)).toBe(expected);
  });

  it('is what is listed', () => {
    const candidates = ['eve', 'cora', 'dan', 'carl'].map((name) => by(name));
    expect(eligibleAmong(ASKED, candidates, ties(), LATER)).toEqual(['per_cora', 'per_carl']);
  });

  it('of an action that nobody named is an administrator', () => {
    expect(approversOf('authority.retire')).toEqual(['administrator']);
  });
});
