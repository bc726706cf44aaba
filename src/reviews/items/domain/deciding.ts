import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import { ReviewsError } from '../../domain/errors.js';
import type { ListedItem } from '../../domain/item.js';

/** So long after a campaign is due, those who come next may decide beside the reviewer, who still may. */
export const BACKUP_AFTER_SECONDS = 2 * DAY_SECONDS;
export const MANAGER_AFTER_SECONDS = 4 * DAY_SECONDS;

/** Whoever an item is with, and who comes next when it is late. */
export interface Circle extends Pick<ListedItem, 'reviewerId' | 'backupId'> {
  readonly dueAt: Date;
  /** The reviewer's manager, if they have one. */
  readonly managerId: Id<'person'> | null;
}

/** Somebody who would decide. */
export interface Hand {
  readonly id: Id<'person'>;
  /** Themselves, and whose place they take now. */
  readonly standsFor: readonly Id<'person'>[];
  /** They, another account of theirs, or somebody whom they stand in for, asked for the identity. */
  readonly barred: boolean;
}

/** Who is asked to decide at an instant: the reviewer; two days late the backup custodian too; four, the manager. */
export function askedAt({ reviewerId, backupId, managerId, dueAt }: Circle, at: Date): readonly Id<'person'>[] {
  const asked = [reviewerId];
  if (at >= addSeconds(dueAt, BACKUP_AFTER_SECONDS)) asked.push(backupId);
  if (at >= addSeconds(dueAt, MANAGER_AFTER_SECONDS)) asked.push(managerId);
  return [...new Set(asked.filter((id) => id !== null))];
}

/**
 * Whether somebody decides about an item: asked, or in the place of whoever is, and never somebody who is barred. No role
 * and no lateness lifts the second half (separation of duties, NIST SP 800-53 AC-5).
 */
export function mayDecide(circle: Circle, by: Hand, at: Date): 'yes' | 'own_request' | 'not_yours' {
  if (by.barred) return 'own_request';
  return askedAt(circle, at).some((id) => by.standsFor.includes(id)) ? 'yes' : 'not_yours';
}

/** @throws ReviewsError `own_request`, `not_yours` */
export function requireDecider(circle: Circle, by: Hand, at: Date): void {
  const answer = mayDecide(circle, by, at);
  if (answer === 'own_request')
    throw new ReviewsError(
      'own_request',
      'You asked for this identity, or stand in for somebody who did: have it delegated to somebody else.',
    );
  if (answer === 'not_yours')
    throw new ReviewsError('not_yours', 'Somebody else decides about this; list what is yours with reviewer=me.');
}

/** Who takes an item over: the first who is live and not barred; null where that is nobody. */
export function nextReviewer(
  candidates: readonly (Id<'person'> | null)[],
  isEligible: (id: Id<'person'>) => boolean,
): Id<'person'> | null {
  return candidates.find((id) => id !== null && isEligible(id)) ?? null;
}
