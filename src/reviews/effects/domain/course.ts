import { addSeconds, type Id, type Json } from '../../../kernel/index.js';
import type { ReviewEffect } from '../../domain/effect.js';
import { EffectError } from './errors.js';

/** How often something is tried that may pass, before somebody has to look: over about an hour. */
export const MAX_ATTEMPTS = 8;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 1800;

/** A worker that has not come back by then died: another takes over. Longer than any turn lasts. */
export const CLAIM_SECONDS = 300;

export type Seen = Readonly<Record<string, Json>>;

/** Seen to be so. */
export function verified(effect: ReviewEffect, seen: Seen, at: Date): ReviewEffect {
  return next(effect, { state: 'verified', dueAt: null, failure: null, evidence: seen, endedAt: at });
}

/** Done here; nobody can look there. */
export function awaitingAttestation(effect: ReviewEffect): ReviewEffect {
  return next(effect, { state: 'attestation-needed', dueAt: null, failure: null });
}

/** Will not go by itself: somebody has to do something about it. */
export function failed(effect: ReviewEffect, failure: string, seen: Seen | null): ReviewEffect {
  return next(effect, { state: 'failed', dueAt: null, failure, evidence: seen });
}

/** May pass: tried again after a pause that doubles, and given up in the end. */
export function postponed(effect: ReviewEffect, failure: string, at: Date): ReviewEffect {
  if (effect.attempts >= MAX_ATTEMPTS) return failed(effect, failure, null);
  const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** (effect.attempts - 1), LONGEST_PAUSE_SECONDS);
  return next(effect, { dueAt: addSeconds(at, pause), failure });
}

/**
 * Somebody's word that it is done where nobody can look.
 *
 * @param may whether they are whose word counts
 * @throws EffectError `not_to_attest`, `not_its_owner`
 */
export function attested(
  effect: ReviewEffect,
  by: Id<'person'>,
  may: boolean,
  given: { readonly statement: string; readonly reference: string },
  at: Date,
): ReviewEffect {
  if (effect.state !== 'attestation-needed')
    throw new EffectError('not_to_attest', 'This is looked at, attested already, or still being done: read it again.');
  if (!may) throw new EffectError('not_its_owner', 'Only whoever is named as its owner attests it.');
  return next(effect, { state: 'attested', evidence: { ...given }, endedAt: at, endedBy: by });
}

/** Tries again from the start what failed. @throws EffectError `not_failed` */
export function retried(effect: ReviewEffect, at: Date): ReviewEffect {
  if (effect.state !== 'failed')
    throw new EffectError('not_failed', 'Only what failed is tried again; this is done, or will be tried by itself.');
  return next(effect, { state: 'pending', attempts: 0, dueAt: at, failure: null, evidence: null, appliedAt: null });
}

function next(effect: ReviewEffect, changed: Partial<ReviewEffect>): ReviewEffect {
  return { ...effect, ...changed, version: effect.version + 1 };
}
