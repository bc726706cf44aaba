import type { Json } from '../../../kernel/index.js';
import type { QueuedFinding } from './finding.js';

/** A finding as the log keeps it: what it is and what becomes of it. Its names may be people's addresses, so they are not in it. */
export function findingImage(finding: QueuedFinding): { readonly [key: string]: Json } {
  const { id, kind, thing, resolution, state } = finding;
  return {
    id,
    kind,
    rule: thing.rule,
    band: thing.band,
    verdict: resolution.verdict,
    confidence: resolution.confidence,
    identity_id: resolution.identityId,
    credential_id: resolution.credentialId,
    state,
    assignee_id: finding.assigneeId,
    place_count: finding.placeCount,
    exposed_count: finding.exposedCount,
    due_at: finding.dueAt?.toISOString() ?? null,
    dismissed_reason: finding.dismissedReason,
    dismissed_until: finding.dismissedUntil?.toISOString() ?? null,
    retirement: finding.retirement && { way: finding.retirement.way, reason: finding.retirement.reason },
    merged_into: finding.mergedInto,
    version: finding.version,
  };
}
