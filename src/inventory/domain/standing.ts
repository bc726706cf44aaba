import { addSeconds, DAY_SECONDS, MINUTE_SECONDS, secondsBetween } from '../../kernel/index.js';
import type { IdentityStatus, Obligations } from './identity.js';

/** How long after its due date an obligation only shortens credentials; afterwards none is issued. */
export const GRACE_SECONDS = 7 * DAY_SECONDS;

/** How long before its support ends an identity's credentials begin to end with it; none lives longer anyway. */
const SUPPORT_NOTICE_SECONDS = 30 * DAY_SECONDS;

/** The longest lifetime of a credential while an obligation is overdue. */
export const OVERDUE_TTL_SECONDS = 15 * MINUTE_SECONDS;

/** Everything standing depends on. What is absent or null is not asked of this identity. */
export interface StandingFacts extends Partial<Obligations> {
  readonly status: IdentityStatus;
  readonly statusReason: string | null;
  readonly primaryLive: boolean;
  readonly backupLive: boolean;
  readonly handoverDueAt: Date | null;
  readonly supportExpiresAt: Date | null;
}

export type StandingCode =
  | 'pending'
  | 'suspended'
  | 'retired'
  | 'no_custodian'
  | 'custody_incomplete'
  | 'support_expired'
  | 'handover_overdue'
  | 'review_overdue'
  | 'risk_analysis_expired'
  | 'support_ends';

/** The longest lifetime a new credential may have now (`null`: standing sets no limit), or why there is none. */
export type Standing =
  | { readonly kind: 'issue'; readonly maxTtlSeconds: number | null; readonly reasons: readonly StandingCode[] }
  | {
      readonly kind: 'refuse';
      readonly code: StandingCode;
      /** Words for the caller: what stands in the way, and how to end it. */
      readonly reason: string;
      readonly reasons: readonly StandingCode[];
    };

/** One thing held against an identity: it caps the lifetime, to nothing where it refuses. */
interface Finding {
  readonly code: StandingCode;
  readonly reason: string;
  readonly maxTtlSeconds: number;
}

/** The rules, the gravest first: where several refuse, that one is named. */
const RULES: readonly ((facts: StandingFacts, at: Date) => Finding | undefined)[] = [
  status,
  custodians,
  support,
  ({ handoverDueAt }, at) => overdue('handover_overdue', handoverDueAt, at, 'name a backup custodian by a hand-over'),
  ({ reviewDueAt, reviewId: id }, at) =>
    overdue(
      'review_overdue',
      reviewDueAt,
      at,
      `complete its access review${id ? ` ${id}, see muster review show ${id}` : ''}`,
    ),
  ({ riskAnalysisExpiresAt, riskAnalysisId: id }, at) =>
    overdue(
      'risk_analysis_expired',
      riskAnalysisExpiresAt,
      at,
      `renew the risk analysis${id ? ` ${id}` : ''} behind its reviews`,
    ),
];

/**
 * Decides what an identity may still be given: the joint between governance and issuance (ISS-6).
 *
 * Nobody else decides it. Worse facts, and later instants, never lengthen the answer; an unknown status refuses.
 *
 * @param at instant of the decision, UTC
 */
export function standingOf(facts: StandingFacts, at: Date): Standing {
  const findings = RULES.flatMap((rule) => rule(facts, at) ?? []);
  const reasons = findings.map(({ code }) => code);
  const refusal = findings.find(({ maxTtlSeconds }) => maxTtlSeconds <= 0);
  if (refusal) return { kind: 'refuse', code: refusal.code, reason: refusal.reason, reasons };
  const caps = findings.map(({ maxTtlSeconds }) => maxTtlSeconds);
  return { kind: 'issue', maxTtlSeconds: caps.length > 0 ? Math.min(...caps) : null, reasons };
}

function status({ status, statusReason }: StandingFacts): Finding | undefined {
  switch (status) {
    case 'active':
      return undefined;
    case 'pending':
      return refuse('pending', 'It was never activated: complete its custodians and approval, then activate it.');
    case 'suspended':
      return refuse('suspended', `It is suspended (${statusReason ?? 'no reason given'}): have it resumed first.`);
    default:
      return refuse('retired', 'It is retired for good: register a new identity.');
  }
}

function custodians({ primaryLive, backupLive, handoverDueAt }: StandingFacts): Finding | undefined {
  if (!primaryLive) return refuse('no_custodian', 'Nobody answers for it: have an administrator name custodians.');
  if (!backupLive && handoverDueAt === null)
    return refuse('custody_incomplete', 'It has no live backup custodian: name one by a hand-over.');
  return undefined;
}

/** No credential outlives the support of what holds it. */
function support({ supportExpiresAt }: StandingFacts, at: Date): Finding | undefined {
  if (supportExpiresAt === null) return undefined;
  const left = secondsBetween(at, supportExpiresAt);
  if (left <= 0)
    return refuse('support_expired', 'Its support has expired: replace it, or record the new date with PATCH.');
  return left > SUPPORT_NOTICE_SECONDS
    ? undefined
    : { code: 'support_ends', reason: 'Its support ends soon.', maxTtlSeconds: left };
}

function overdue(code: StandingCode, dueAt: Date | null | undefined, at: Date, remedy: string): Finding | undefined {
  if (dueAt == null || at < dueAt) return undefined;
  const since = dueAt.toISOString();
  if (at >= addSeconds(dueAt, GRACE_SECONDS))
    return refuse(code, `Overdue since ${since}, and the days of grace are over: ${remedy}.`);
  return { code, reason: `Overdue since ${since}: ${remedy}.`, maxTtlSeconds: OVERDUE_TTL_SECONDS };
}

function refuse(code: StandingCode, reason: string): Finding {
  return { code, reason, maxTtlSeconds: 0 };
}
