import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Principal, type Role, ROLES } from '../../kernel/index.js';
import { decide, isAction } from './decide.js';
import { PERMISSIONS } from './permissions.js';

const person = (...roles: Role[]): Principal => ({
  kind: 'person',
  id: 'per_1',
  sessionId: 'ses_1',
  roles,
  acr: 'loa1',
  amr: [],
  proofs: {},
  authenticatedAt: new Date(0),
});
const workload: Principal = {
  kind: 'workload',
  id: 'mid_1',
  spiffeId: 'spiffe://muster.local/x',
  credential: { kind: 'certificate', id: 'crt_1' },
};

describe('the built-in policy', () => {
  it('allows a role what it is for, and says which role it was', () => {
    expect(decide(person('auditor'), 'audit.export')).toEqual({
      effect: 'allow',
      reasons: ['role:auditor'],
      policy: 'builtin@1',
    });
  });

  it.each([
    ['a person without the role', person('custodian'), 'audit.export'],
    ['a person without any role', person(), 'identity.read'],
    ['a workload asking for what people do', workload, 'identity.register'],
    ['a person asking for what workloads do', person(...ROLES), 'token.issue'],
    ['nobody', { kind: 'anonymous' }, 'identity.read'],
    ['the system itself', { kind: 'system', component: 'worker' }, 'identity.read'],
    ['a kind of caller nobody defined', { kind: 'ghost' }, 'identity.read'],
  ])('denies %s', (_name, principal, action) => {
    expect(decide(principal as Principal, action).effect).toBe('deny');
  });

  it('denies every action it does not know, even to one who holds every role (P13)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '')), (action) => {
        fc.pre(!isAction(action));
        expect(decide(person(...ROLES), action).effect).toBe('deny');
      }),
    );
  });

  it('leaves no action that nobody may do', () => {
    for (const grantees of Object.values(PERMISSIONS)) expect(grantees.length).toBeGreaterThan(0);
  });
});
