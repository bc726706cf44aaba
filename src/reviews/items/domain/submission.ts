import { createHash } from 'node:crypto';
import { canonicalJson, type Id, type Json } from '../../../kernel/index.js';
import type { ListedItem } from '../../domain/item.js';

/** Decisions that somebody signs together. */
export interface Submission {
  readonly id: Id<'reviewSubmission'>;
  readonly campaignId: Id<'campaign'>;
  readonly personId: Id<'person'>;
  readonly digest: Buffer;
  readonly count: number;
  readonly at: Date;
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of exactly what is signed: which items in which version, and what is decided
 * about each, in order of id.
 */
export function digestOf(staged: readonly ListedItem[]): Buffer {
  const lines = staged.map(({ id, version, decision }) => ({
    itemId: id,
    version,
    decision: decision!.kind,
    grants: decision!.grants,
    reason: decision!.reason,
    to: decision!.to,
  }));
  lines.sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
  return createHash('sha256').update(canonicalJson(lines)).digest();
}

/** What the record of a submission says of each decision. */
export function submittedImage(submission: Submission, items: readonly ListedItem[]): Json {
  return {
    submission: {
      id: submission.id,
      campaign_id: submission.campaignId,
      person_id: submission.personId,
      digest: submission.digest.toString('hex'),
      count: submission.count,
      at: submission.at.toISOString(),
    },
    decisions: items.map((item) => ({
      itemId: item.id,
      identityId: item.identityId,
      decision: item.decision!.kind,
      grants: item.decision!.grants === null ? null : [...item.decision!.grants],
      reason: item.decision!.reason,
      to: item.decision!.to,
      evidenceDigest: item.evidenceDigest.toString('hex'),
      secondsSpent: item.secondsSpent,
      inBulk: item.decision!.inBulk,
      opened: item.openedBy === item.decision!.by,
      stagedAt: item.decision!.at.toISOString(),
    })),
  };
}
