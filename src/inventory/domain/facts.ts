import type { Live } from './custody.js';
import type { Identity } from './identity.js';
import type { StandingFacts } from './standing.js';

/** What is known of an identity that its standing depends on. */
export function factsOf(identity: Identity, live: Live): StandingFacts {
  return {
    status: identity.status,
    statusReason: identity.statusReason,
    primaryLive: identity.primaryCustodianId !== null && live.has(identity.primaryCustodianId),
    backupLive: identity.backupCustodianId !== null && live.has(identity.backupCustodianId),
    handoverDueAt: identity.handoverDueAt,
    supportExpiresAt: identity.supportExpiresAt,
    reviewDueAt: identity.reviewDueAt,
    reviewId: identity.reviewId,
    riskAnalysisExpiresAt: identity.riskAnalysisExpiresAt,
    riskAnalysisId: identity.riskAnalysisId,
  };
}
