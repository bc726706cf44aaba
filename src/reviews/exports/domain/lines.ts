import type { Json } from '../../../kernel/index.js';
import type { ReviewException } from '../../exceptions/domain/exception.js';
import type { ReviewEffect } from '../../domain/effect.js';
import type { ListedItem } from '../../domain/item.js';
import type { Sample } from '../../closing/domain/sample.js';
import type { Submission } from '../../items/domain/submission.js';
import type { Members } from './package-file.js';

/** What a package says of an item; its evidence is put in when the line is written. */
export function itemMembers(item: ListedItem): Members {
  const { decision } = item;
  return {
    id: item.id,
    position: item.position,
    identityId: item.identityId,
    name: item.name,
    environment: item.environment,
    privileged: item.privileged,
    reviewerId: item.reviewerId,
    barred: [...item.barred],
    state: item.state,
    decision: decision?.kind ?? null,
    grants: decision?.grants ? [...decision.grants] : null,
    reason: decision?.reason ?? null,
    to: decision?.to ?? null,
    decidedBy: decision?.by ?? null,
    stagedAt: text(decision?.at ?? null),
    inBulk: decision?.inBulk ?? false,
    opened: decision !== null && item.openedBy === decision.by,
    secondsSpent: item.secondsSpent,
    submissionId: item.submissionId,
    submittedAt: text(item.submittedAt),
    previousId: item.previousId,
    moves: item.moves.map((move) => ({ ...move })),
    evidenceDigest: item.evidenceDigest.toString('hex'),
  };
}

export function submissionMembers({ id, personId, digest, count, at }: Submission): Members {
  return { id, personId, digest: digest.toString('hex'), count, at: at.toISOString() };
}

export function effectMembers(effect: ReviewEffect): Members {
  return {
    id: effect.id,
    itemId: effect.itemId,
    identityId: effect.identityId,
    kind: effect.kind,
    grantId: effect.grantId,
    toId: effect.toId,
    targetId: effect.targetId,
    state: effect.state,
    ownerId: effect.ownerId,
    attempts: effect.attempts,
    failure: effect.failure,
    evidence: effect.evidence as Json,
    createdAt: effect.createdAt.toISOString(),
    appliedAt: text(effect.appliedAt),
    endedAt: text(effect.endedAt),
    endedBy: effect.endedBy,
  };
}

export function exceptionMembers(exception: ReviewException): Members {
  const { id, itemId, effectId, ownerId, reason, createdBy, endedBy } = exception;
  const times = {
    endsAt: exception.endsAt.toISOString(),
    createdAt: exception.createdAt.toISOString(),
    endedAt: text(exception.endedAt),
  };
  return { id, itemId, effectId, ownerId, reason, createdBy, endedBy, ...times };
}

export function sampleMembers(sample: Sample): Members {
  return {
    itemId: sample.itemId,
    reviewerId: sample.reviewerId,
    state: sample.state,
    reason: sample.reason,
    chosenAt: sample.chosenAt.toISOString(),
    decidedBy: sample.decidedBy,
    decidedAt: text(sample.decidedAt),
  };
}

function text(at: Date | null): string | null {
  return at && at.toISOString();
}
