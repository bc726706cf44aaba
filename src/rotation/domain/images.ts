import type { Json } from '../../kernel/index.js';
import type { Evidence } from './evidence.js';
import type { Rotation } from './rotation.js';
import type { Run } from './run.js';

export function rotationImage(rotation: Rotation): Json {
  return {
    id: rotation.id,
    name: rotation.name,
    identity_id: rotation.identityId,
    target_id: rotation.targetId,
    accounts: [...rotation.accounts],
    schedule: rotation.schedule,
    pair: rotation.pair,
    calendar_ids: [...rotation.calendarIds],
    observe_seconds: rotation.observeSeconds,
    consumer_deadline_seconds: rotation.consumerDeadlineSeconds,
    expected_consumers: [...rotation.expectedConsumers],
    status: rotation.status,
    current_version: rotation.currentVersion,
    version: rotation.version,
    created_by: rotation.createdBy,
    created_at: rotation.createdAt.toISOString(),
    changed_at: rotation.changedAt.toISOString(),
  };
}

/** A run as the audit log keeps it. Who has it, and when it is looked at next, is the machine's own memory. */
export function runImage(run: Run): { readonly [key: string]: Json } {
  return {
    id: run.id,
    rotation_id: run.rotationId,
    cause: run.cause,
    reason: run.reason,
    emergency_id: run.emergencyId,
    state: run.state,
    direction: run.direction,
    step: run.step,
    new_version: run.newVersion,
    old_version: run.oldVersion,
    failure: run.failure,
    evidence: run.evidence && evidenceImage(run.evidence),
    overridden_by: run.overriddenBy,
    override_reason: run.overrideReason,
    cancel_reason: run.cancelReason,
    started_by: run.startedBy,
    started_at: run.startedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
  };
}

function evidenceImage(evidence: Evidence): Json {
  return {
    ...evidence,
    gaps: [...evidence.gaps],
    callers: evidence.callers.map((caller) => ({ ...caller })),
    missing: [...evidence.missing],
  };
}
