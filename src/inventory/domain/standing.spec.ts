import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds, DAY_SECONDS } from '../../kernel/index.js';
import { IDENTITY_STATUSES } from './identity.js';
import { GRACE_SECONDS, OVERDUE_TTL_SECONDS, type Standing, type StandingFacts, standingOf } from './standing.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const ago = (seconds: number) => addSeconds(NOW, -seconds);
const ahead = (seconds: number) => addSeconds(NOW, seconds);

const GOOD: StandingFacts = {
  status: 'active',
  statusReason: null,
  primaryLive: true,
  backupLive: true,
  handoverDueAt: null,
  supportExpiresAt: null,
};

/** The longest lifetime as a number: nothing, a cap, or no limit. */
function lifetime(standing: Standing): number {
  return standing.kind === 'refuse' ? 0 : (standing.maxTtlSeconds ?? Infinity);
}

describe('standing (ISS-6)', () => {
  it('sets no limit where nothing is held against the identity', () => {
    expect(standingOf(GOOD, NOW)).toEqual({ kind: 'issue', maxTtlSeconds: null, reasons: [] });
  });

  const ALONE = { backupLive: false };
  const TABLE: readonly [string, Partial<StandingFacts>, number, string[]][] = [
    ['pending', { status: 'pending' }, 0, ['pending']],
    ['suspended', { status: 'suspended', statusReason: 'Odd calls.' }, 0, ['suspended']],
    ['retired', { status: 'retired' }, 0, ['retired']],
    ['of a status nobody knows', { status: 'frozen' as never }, 0, ['retired']],
    ['without a live primary', { primaryLive: false }, 0, ['no_custodian']],
    ['without a backup and without a clock', ALONE, 0, ['custody_incomplete']],
    ['handed over, the clock running', { ...ALONE, handoverDueAt: ahead(1) }, Infinity, []],
    ['due for a backup this very second', { ...ALONE, handoverDueAt: NOW }, OVERDUE_TTL_SECONDS, ['handover_overdue']],
    [
      'overdue to the last second of grace',
      { ...ALONE, handoverDueAt: ago(GRACE_SECONDS - 1) },
      OVERDUE_TTL_SECONDS,
      ['handover_overdue'],
    ],
    ['overdue beyond grace', { ...ALONE, handoverDueAt: ago(GRACE_SECONDS) }, 0, ['handover_overdue']],
    ['supported for years', { supportExpiresAt: ahead(900 * DAY_SECONDS) }, Infinity, []],
    ['supported for ten minutes more', { supportExpiresAt: ahead(600) }, 600, ['support_ends']],
    ['supported until now', { supportExpiresAt: NOW }, 0, ['support_expired']],
    ['to be reviewed', { reviewDueAt: ahead(1) }, Infinity, []],
    ['overdue for review', { reviewDueAt: ago(1) }, OVERDUE_TTL_SECONDS, ['review_overdue']],
    ['never reviewed', { reviewDueAt: ago(GRACE_SECONDS) }, 0, ['review_overdue']],
    ['on an old risk analysis', { riskAnalysisExpiresAt: ago(1) }, OVERDUE_TTL_SECONDS, ['risk_analysis_expired']],
    ['on none any more', { riskAnalysisExpiresAt: ago(GRACE_SECONDS) }, 0, ['risk_analysis_expired']],
    [
      'in trouble twice: the shorter holds',
      { supportExpiresAt: ahead(600), reviewDueAt: ago(1) },
      600,
      ['support_ends', 'review_overdue'],
    ],
    [
      'in trouble thrice: the gravest comes first',
      { status: 'suspended', primaryLive: false, reviewDueAt: ago(1) },
      0,
      ['suspended', 'no_custodian', 'review_overdue'],
    ],
  ];
  it.each(TABLE)('of an identity %s', (_name, changed, seconds, reasons) => {
    const standing = standingOf({ ...GOOD, ...changed }, NOW);
    expect(lifetime(standing)).toBe(seconds);
    expect(standing.reasons).toEqual(reasons);
  });

  it('names the refusal that stands, not a mere shortening before it', () => {
    const facts = { ...GOOD, supportExpiresAt: ahead(600), reviewDueAt: ago(GRACE_SECONDS) };
    expect(standingOf(facts, NOW)).toMatchObject({ kind: 'refuse', code: 'review_overdue' });
  });

  it('names the review and the risk analysis that are overdue, and how to end that', () => {
    const owed = { reviewId: 'rvi_1', riskAnalysisId: 'ran_1' } as const;
    const reasonOf = (due: Partial<StandingFacts>) => {
      const standing = standingOf({ ...GOOD, ...owed, ...due }, NOW);
      return standing.kind === 'refuse' ? standing.reason : undefined;
    };
    expect(reasonOf({ reviewDueAt: ago(GRACE_SECONDS) })).toBe(
      'Overdue since 2026-02-23T09:00:00.000Z, and the days of grace are over: complete its access review rvi_1, see muster review show rvi_1.',
    );
    expect(reasonOf({ riskAnalysisExpiresAt: ago(GRACE_SECONDS) })).toMatch(
      /: renew the risk analysis ran_1 behind its reviews\.$/,
    );
  });

  it('says in words how every refusal ends', () => {
    for (const [, changed] of TABLE) {
      const standing = standingOf({ ...GOOD, ...changed }, NOW);
      if (standing.kind === 'refuse') expect(standing.reason).toMatch(/: .+\.$/);
    }
  });
});

const offset = fc.integer({ min: -20 * DAY_SECONDS, max: 60 * DAY_SECONDS });
const deadline = fc.option(offset.map(ahead), { nil: null });
const anyFacts: fc.Arbitrary<StandingFacts> = fc.record({
  status: fc.constantFrom(...IDENTITY_STATUSES),
  statusReason: fc.constant(null),
  primaryLive: fc.boolean(),
  backupLive: fc.boolean(),
  handoverDueAt: deadline,
  supportExpiresAt: deadline,
  reviewDueAt: deadline,
  riskAnalysisExpiresAt: deadline,
});

/** Every way in which one fact gets worse and the others stay. */
const WORSE: readonly ((facts: StandingFacts, by: number) => StandingFacts)[] = [
  (facts) => ({ ...facts, status: 'suspended' }),
  (facts) => ({ ...facts, status: 'retired' }),
  (facts) => ({ ...facts, primaryLive: false }),
  (facts) => ({ ...facts, backupLive: false }),
  ...(['handoverDueAt', 'supportExpiresAt', 'reviewDueAt', 'riskAnalysisExpiresAt'] as const).map(
    (name) =>
      (facts: StandingFacts, by: number): StandingFacts => {
        const due = facts[name];
        return due == null ? facts : { ...facts, [name]: addSeconds(due, -by) };
      },
  ),
  (facts, by) => ({ ...facts, supportExpiresAt: facts.supportExpiresAt ?? ahead(by) }),
  (facts, by) => ({ ...facts, reviewDueAt: facts.reviewDueAt ?? ahead(by) }),
  (facts, by) => ({ ...facts, riskAnalysisExpiresAt: facts.riskAnalysisExpiresAt ?? ahead(by) }),
];

describe('standing is monotone', () => {
  const by = fc.nat(30 * DAY_SECONDS);

  it('never lengthens when a fact gets worse', () => {
    fc.assert(
      fc.property(anyFacts, by, fc.constantFrom(...WORSE), (facts, seconds, worsen) => {
        expect(lifetime(standingOf(worsen(facts, seconds), NOW))).toBeLessThanOrEqual(lifetime(standingOf(facts, NOW)));
      }),
      { numRuns: 2000 },
    );
  });

  it('never lengthens when time passes', () => {
    fc.assert(
      fc.property(anyFacts, by, (facts, seconds) => {
        expect(lifetime(standingOf(facts, ahead(seconds)))).toBeLessThanOrEqual(lifetime(standingOf(facts, NOW)));
      }),
      { numRuns: 2000 },
    );
  });

  it('allows nothing that is not active with a live primary', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (facts.status !== 'active' || !facts.primaryLive) expect(standingOf(facts, NOW).kind).toBe('refuse');
      }),
    );
  });
});
