import type { Json } from '../../../kernel/index.js';
import type { BreakGlass } from './break-glass.js';

/** What records keep: its whole row. */
export function breakGlassImage(one: BreakGlass): Json {
  return {
    id: one.id,
    person_id: one.personId,
    reason: one.reason,
    roles: [...one.roles],
    opened_at: one.openedAt.toISOString(),
    expires_at: one.expiresAt.toISOString(),
    ended_at: one.endedAt?.toISOString() ?? null,
    ended_by: one.endedBy,
    reviewed_at: one.reviewedAt?.toISOString() ?? null,
    reviewed_by: one.reviewedBy,
    findings: one.findings,
    version: one.version,
  };
}
