import type { Standing, StandingCode } from '../../inventory/index.js';
import { IssuanceError, type IssuanceCode } from './errors.js';

type RefusedStanding = Extract<Standing, { kind: 'refuse' }>;

const CODES: Readonly<Record<StandingCode, IssuanceCode>> = {
  custody_incomplete: 'custody_incomplete',
  handover_overdue: 'handover_overdue',
  no_custodian: 'no_custodian',
  pending: 'identity_pending',
  retired: 'identity_retired',
  review_overdue: 'review_overdue',
  risk_analysis_expired: 'risk_analysis_expired',
  support_ends: 'support_expired',
  support_expired: 'support_expired',
  suspended: 'identity_suspended',
};

/** What an identity is told that its standing refuses (ISS-6): the gravest reason as code, and all of them by name. */
export function refusalOf(standing: RefusedStanding): IssuanceError {
  return new IssuanceError(CODES[standing.code], standing.reason, { details: { reasons: standing.reasons } });
}
