import { describe, expect, it } from '@jest/globals';
import type { Grant } from '../../../inventory/index.js';
import type { Id } from '../../../kernel/index.js';
import type { StagedDecision } from '../../domain/item.js';
import { type Around, planOf } from './plan.js';

const ME = 'mid_1' as Id<'identity'>;
const OTHER = 'mid_2' as Id<'identity'>;
const OWNER = 'per_owner' as Id<'person'>;
const VERIFIER = 'per_verifier' as Id<'person'>;
const DB = 'tgt_1' as Id<'target'>;
const AT = new Date(0);

function grant(id: string, changed: Partial<Grant> = {}): Grant {
  return {
    ...{ id: id as Id<'grant'>, identityId: ME, target: 'warehouse', scope: 'read', purpose: 'A test.' },
    ...{ verifierId: null, verifiedAt: null, addedBy: 'system:test', addedAt: AT, removedBy: null, removedAt: null },
    ...{ lastUsedAt: null, ...changed },
  };
}

const around = (changed: Partial<Around> = {}): Around => ({
  grants: [grant('grt_1')],
  accounts: [],
  live: new Set([OWNER, VERIFIER]),
  ownerId: OWNER,
  ...changed,
});
const decision = (changed: Partial<StagedDecision>): StagedDecision => ({
  ...{ kind: 'keep', grants: null, reason: null, to: null, by: OWNER, at: AT, inBulk: false },
  ...changed,
});
const plan = (changed: Partial<StagedDecision>, place = around()) =>
  planOf({ identityId: ME, decision: decision(changed) }, place).map(({ kind, grantId, toId, targetId, ownerId }) =>
    [kind, grantId ?? toId ?? '', targetId ?? ownerId ?? ''].join(' ').trim(),
  );
const ON_DB = { accounts: [{ identityId: ME, targetId: DB, targetName: 'warehouse' }] };

describe('what a decision asks to be done', () => {
  it.each<readonly [string, Partial<StagedDecision>, Partial<Around>, readonly string[]]>([
    ['a keep', { kind: 'keep' }, {}, []],
    ['a delegation', { kind: 'delegate', to: VERIFIER }, {}, []],
    ['a reassignment', { kind: 'reassign', to: VERIFIER }, {}, ['hand-over per_verifier']],
    ['a reduce', { kind: 'reduce', grants: ['grt_1'] }, {}, ['remove-grant grt_1 per_owner']],
    [
      'a reduce of one of two',
      { kind: 'reduce', grants: ['grt_2'] },
      { grants: [grant('grt_1'), grant('grt_2')] },
      ['remove-grant grt_2 per_owner'],
    ],
    ['a reduce where it has an account', { kind: 'reduce', grants: ['grt_1'] }, ON_DB, ['remove-grant grt_1 tgt_1']],
    [
      'a reduce where another has one',
      { kind: 'reduce', grants: ['grt_1'] },
      { accounts: [{ ...ON_DB.accounts[0]!, identityId: OTHER }] },
      ['remove-grant grt_1 per_owner'],
    ],
    [
      'a reduce of what somebody verified',
      { kind: 'reduce', grants: ['grt_1'] },
      { grants: [grant('grt_1', { verifierId: VERIFIER, verifiedAt: AT })] },
      ['remove-grant grt_1 per_verifier'],
    ],
    [
      'a reduce of what somebody was asked to verify, and has not',
      { kind: 'reduce', grants: ['grt_1'] },
      { grants: [grant('grt_1', { verifierId: VERIFIER })] },
      ['remove-grant grt_1 per_owner'],
    ],
    [
      'a reduce of what somebody verified who has left',
      { kind: 'reduce', grants: ['grt_1'] },
      { grants: [grant('grt_1', { verifierId: VERIFIER, verifiedAt: AT })], live: new Set([OWNER]) },
      ['remove-grant grt_1 per_owner'],
    ],
    [
      'a reduce of what Muster itself gives',
      { kind: 'reduce', grants: ['grt_1'] },
      { grants: [grant('grt_1', { target: 'muster' })] },
      ['remove-grant grt_1'],
    ],
    [
      'a reduce of what is gone here already, which may still be there elsewhere',
      { kind: 'reduce', grants: ['grt_1'] },
      { grants: [grant('grt_1', { removedAt: AT })] },
      ['remove-grant grt_1 per_owner'],
    ],
    ['a revoke', { kind: 'revoke' }, {}, ['stop-identity', 'remove-grant grt_1 per_owner']],
    ['a revoke where it has an account', { kind: 'revoke' }, ON_DB, ['stop-identity', 'remove-account  tgt_1']],
    [
      'a revoke beside another’s grants and one that is gone',
      { kind: 'revoke' },
      { grants: [grant('grt_1', { identityId: OTHER }), grant('grt_2', { removedAt: AT })] },
      ['stop-identity'],
    ],
  ])('%s', (_what, decided, place, asked) => {
    expect(plan(decided, around(place))).toEqual(asked);
  });
});
