import { describe, expect, it } from '@jest/globals';
import { addSeconds, canonicalJson, type Id } from '../../kernel/index.js';
import { consentPayload, consentSummary, needsConsent, raises } from './consent.js';
import { custodianLeaves, HANDOVER_SECONDS, handOver, isCustodyComplete } from './custody.js';
import type { Identity, Party, Registration } from './identity.js';
import { activate, change, register, resume, retire, suspend } from './lifecycle.js';

const AT = new Date('2026-03-02T09:00:00Z');
const LATER = addSeconds(AT, 60);
const PAULA = 'per_paula' as Id<'person'>;
const BASIL = 'per_basil' as Id<'person'>;
const CORA = 'per_cora' as Id<'person'>;
const LIVE: ReadonlySet<Id<'person'>> = new Set([PAULA, BASIL, CORA]);
const APPROVAL = 'apr_1' as Id<'approval'>;

const engineer: Party = { name: 'per_eve', roles: ['platform-engineer'] };
const administrator: Party = { name: 'per_ada', roles: ['administrator'] };
const analyst: Party = { name: 'per_ann', roles: ['analyst'] };
const paula: Party = { name: PAULA, roles: ['custodian'] };
const cora: Party = { name: CORA, roles: ['custodian'] };

const REGISTRATION: Registration = {
  id: 'mid_1',
  spiffeId: 'spiffe://muster.test/production/payments/bot',
  name: 'bot',
  kind: 'bot',
  environment: 'production',
  teamId: 'tem_1',
  purpose: 'Settles payments.',
  criticality: 'high',
  dataClasses: ['pii', 'cardholder-data', 'pii'],
  privileged: false,
  supportExpiresAt: null,
  primaryCustodianId: PAULA,
  backupCustodianId: BASIL,
};

const active = register(REGISTRATION, engineer, LIVE, AT);
const pending = register({ ...REGISTRATION, privileged: true }, engineer, LIVE, AT);
const code = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('registering', () => {
  it('makes an identity active whose custodians are complete, its classes sorted and once each', () => {
    expect(active).toMatchObject({
      status: 'active',
      statusBy: 'per_eve',
      requestedBy: 'per_eve',
      authors: ['per_eve'],
      dataClasses: ['cardholder-data', 'pii'],
      version: 1,
    });
  });

  it.each([
    ['is privileged', { privileged: true }],
    ['enters orders', { dataClasses: ['order-entry' as const] }],
    ['has no backup', { backupCustodianId: null }],
    ['has no custodians', { primaryCustodianId: null, backupCustodianId: null }],
  ])('keeps one waiting that %s', (_name, changed) => {
    expect(register({ ...REGISTRATION, ...changed }, administrator, LIVE, AT).status).toBe('pending');
  });

  const REFUSED: readonly [string, Partial<Registration>][] = [
    ['custodians_equal', { backupCustodianId: PAULA }],
    ['custody_incomplete', { primaryCustodianId: null }],
    ['custodian_not_live', { backupCustodianId: 'per_gone' }],
  ];
  it.each(REFUSED)('refuses: %s', (refusal, changed) => {
    expect(code(() => register({ ...REGISTRATION, ...changed }, engineer, LIVE, AT))).toBe(refusal);
  });
});

describe('activating', () => {
  it('rests on the approval it was given', () => {
    expect(activate(pending, engineer, LIVE, APPROVAL, LATER)).toMatchObject({
      status: 'active',
      approvalId: APPROVAL,
      version: 2,
      changedAt: LATER,
    });
  });

  it('refuses what needs an approval and has none', () => {
    expect(code(() => activate(pending, engineer, LIVE, null, AT))).toBe('approval_required');
  });

  it('refuses what has lost a custodian meanwhile', () => {
    expect(code(() => activate(pending, engineer, new Set([PAULA]), APPROVAL, AT))).toBe('custody_incomplete');
  });
});

describe('changing', () => {
  it('returns the very argument when nothing differs', () => {
    expect(
      change(active, engineer, { purpose: active.purpose, dataClasses: ['pii', 'cardholder-data'] }, null, AT),
    ).toBe(active);
  });

  it.each([
    ['privilege', { privileged: true }],
    ['order entry', { dataClasses: ['order-entry' as const] }],
  ])('refuses to add %s to what is active without an approval', (_name, wanted) => {
    expect(code(() => change(active, administrator, wanted, null, AT))).toBe('approval_required');
    expect(change(active, administrator, wanted, APPROVAL, AT).approvalId).toBe(APPROVAL);
  });

  it('takes privilege away without asking', () => {
    const privileged: Identity = { ...pending, status: 'active', approvalId: APPROVAL };
    expect(change(privileged, engineer, { privileged: false }, null, AT).privileged).toBe(false);
  });

  it('remembers who else had a hand in what waits', () => {
    expect(change(pending, administrator, { purpose: 'More.' }, null, AT).authors).toEqual(['per_eve', 'per_ada']);
    expect(change(active, administrator, { purpose: 'More.' }, null, AT).authors).toEqual(['per_eve']);
  });

  it('moves and removes the end of support', () => {
    const until = change(active, engineer, { supportExpiresAt: LATER }, null, AT);
    expect(until.supportExpiresAt).toBe(LATER);
    expect(change(until, engineer, { supportExpiresAt: null }, null, AT).supportExpiresAt).toBeNull();
    expect(change(until, engineer, { supportExpiresAt: new Date(LATER) }, null, AT)).toBe(until);
  });
});

describe('the life', () => {
  const suspended = suspend(active, analyst, 'Odd calls.', LATER);
  const retired = retire(active, engineer, 'Replaced.', LATER);
  const acts: Record<string, (identity: Identity) => Identity> = {
    activate: (identity) => activate(identity, administrator, LIVE, APPROVAL, LATER),
    suspend: (identity) => suspend(identity, administrator, 'Why.', LATER),
    resume: (identity) => resume(identity, administrator, 'Why.', LIVE, LATER),
    retire: (identity) => retire(identity, administrator, 'Why.', LATER),
  };
  const TABLE: readonly [string, Identity, string, string][] = [
    ['pending', pending, 'activate', 'active'],
    ['pending', pending, 'suspend', 'wrong_status'],
    ['pending', pending, 'resume', 'wrong_status'],
    ['pending', pending, 'retire', 'retired'],
    ['active', active, 'activate', 'wrong_status'],
    ['active', active, 'suspend', 'suspended'],
    ['active', active, 'resume', 'wrong_status'],
    ['active', active, 'retire', 'retired'],
    ['suspended', suspended, 'activate', 'wrong_status'],
    ['suspended', suspended, 'suspend', 'wrong_status'],
    ['suspended', suspended, 'resume', 'active'],
    ['suspended', suspended, 'retire', 'retired'],
    ['retired', retired, 'activate', 'identity_retired'],
    ['retired', retired, 'suspend', 'identity_retired'],
    ['retired', retired, 'resume', 'identity_retired'],
    ['retired', retired, 'retire', 'identity_retired'],
  ];
  it.each(TABLE)('of %s: %o', (_name, identity, act, result) => {
    let status: string = '';
    const outcome = code(() => (status = acts[act]!(identity).status));
    expect(outcome === 'done' ? status : outcome).toBe(result);
  });

  it('lets the one who is suspected not clear the suspicion', () => {
    expect(code(() => resume(suspended, paula, 'All well.', LIVE, AT))).toBe('not_yours_to_resume');
    expect(code(() => resume(suspended, cora, 'All well.', LIVE, AT))).toBe('not_its_custodian');
    const byPaula = suspend(active, paula, 'On leave.', AT);
    expect(resume(byPaula, paula, 'Back.', LIVE, AT).status).toBe('active');
    expect(resume({ ...suspended, statusBy: 'system:succession' }, paula, 'Found.', LIVE, AT).status).toBe('active');
  });
});

describe('custody', () => {
  const CUSTODY: readonly [string, Partial<Identity>, boolean][] = [
    ['nobody', { primaryCustodianId: null, backupCustodianId: null }, false],
    ['a primary alone', { backupCustodianId: null }, false],
    ['a primary alone, the clock running', { backupCustodianId: null, handoverDueAt: LATER }, true],
    ['both live', {}, true],
    ['a backup who left', { backupCustodianId: 'per_gone' }, false],
    ['a primary who left', { primaryCustodianId: 'per_gone' }, false],
    ['the same person twice', { backupCustodianId: PAULA }, false],
  ];
  it.each(CUSTODY)('with %s', (_name, changed, complete) => {
    expect(isCustodyComplete({ ...active, ...changed }, LIVE)).toBe(complete);
  });

  it('passes to the backup when the primary leaves, and the clock runs (INV-3)', () => {
    expect(custodianLeaves(active, PAULA, new Set([BASIL]), AT)).toMatchObject({
      status: 'active',
      primaryCustodianId: BASIL,
      backupCustodianId: null,
      handoverDueAt: addSeconds(AT, HANDOVER_SECONDS),
      departedCustodianId: PAULA,
      version: 2,
    });
  });

  it('suspends what nobody is left for, and keeps what waits waiting', () => {
    expect(custodianLeaves(active, PAULA, new Set(), AT)).toMatchObject({
      status: 'suspended',
      statusReason: 'no_custodian',
      primaryCustodianId: null,
      backupCustodianId: null,
      handoverDueAt: null,
    });
    expect(custodianLeaves(pending, PAULA, new Set(), AT)).toMatchObject({
      status: 'pending',
      primaryCustodianId: null,
    });
  });

  it('leaves alone what is retired or somebody else’s', () => {
    const retired = retire(active, engineer, 'Replaced.', AT);
    expect(custodianLeaves(retired, PAULA, LIVE, AT)).toBe(retired);
    expect(custodianLeaves(active, CORA, LIVE, AT)).toBe(active);
  });

  it('stops the clock by a hand-over', () => {
    const alone = custodianLeaves(active, PAULA, new Set([BASIL]), AT);
    const to = { primaryCustodianId: BASIL, backupCustodianId: CORA };
    expect(handOver(alone, administrator, to, LIVE, AT)).toMatchObject({
      ...to,
      handoverDueAt: null,
      departedCustodianId: null,
    });
    expect(code(() => handOver(alone, engineer, to, LIVE, AT))).toBe('not_its_custodian');
  });
});

describe('consent', () => {
  const asked = (changed: Partial<Identity>) =>
    canonicalJson(consentPayload('identity.activate', { ...pending, ...changed }));

  const BOUND: readonly [string, Partial<Identity>][] = [
    ['the id', { id: 'mid_2' }],
    ['the SPIFFE ID', { spiffeId: 'spiffe://muster.test/other' }],
    ['the name', { name: 'other' }],
    ['the kind', { kind: 'ai-agent' }],
    ['the environment', { environment: 'staging' }],
    ['the team', { teamId: 'tem_2' }],
    ['the purpose', { purpose: 'Other.' }],
    ['the criticality', { criticality: 'low' }],
    ['the data classes', { dataClasses: [] }],
    ['the privilege', { privileged: false }],
    ['the end of support', { supportExpiresAt: AT }],
    ['the primary', { primaryCustodianId: CORA }],
    ['the backup', { backupCustodianId: CORA }],
  ];
  it.each(BOUND)('is bound to %s', (_name, changed) => {
    expect(asked(changed)).not.toBe(asked({}));
  });

  it('is bound to the action, and not to versions and dates', () => {
    expect(canonicalJson(consentPayload('identity.change', pending))).not.toBe(asked({}));
    expect(asked({ version: 7, changedAt: LATER })).toBe(asked({}));
  });

  it('is needed for privilege and order entry alone, and for what adds either', () => {
    expect([needsConsent(pending), needsConsent(active)]).toEqual([true, false]);
    expect(raises(active, pending)).toBe(true);
    expect(raises(pending, active)).toBe(false);
    expect(raises(pending, { ...pending, dataClasses: ['order-entry'] })).toBe(true);
  });

  it('is asked for in words', () => {
    expect(consentSummary('identity.activate', pending)).toBe(
      'Activate privileged bot bot in production, touching cardholder-data, pii: Settles payments.',
    );
  });
});
