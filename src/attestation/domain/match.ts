import type { Id } from '../../kernel/index.js';
import type { RegisteredClaims } from './claims.js';
import { evaluateCondition, parseCondition } from './condition.js';
import { pinsHold } from './pins.js';
import type { Reason } from './refusal.js';
import { matchesSubject } from './subject.js';
import type { JsonObject } from './strict-json.js';
import type { Trust } from './trust.js';
import type { Verifier } from './verifiers/verifier.js';

/** What the trusts of a provider say about a token. */
export type Verdict =
  | { readonly kind: 'match'; readonly trust: Trust }
  | { readonly kind: 'refuse'; readonly reason: Reason; readonly trust?: Trust };

/**
 * How far a trust got before it said no; the refusal names the one that came nearest, so that whoever wrote it finds
 * the mistake.
 */
const NEARNESS = [
  'subject_unknown',
  'audience_mismatch',
  'pin_mismatch',
  'condition_false',
  'condition_error',
] as const;
type Miss = (typeof NEARNESS)[number];

/**
 * Finds the identity that a token proves.
 *
 * Several trusts may hold for one identity: then the narrowest counts, an exact subject before a pattern, a longer
 * pattern before a shorter, an older trust before a newer. When they name several identities, the caller must have
 * named one of them: guessing would let the order of a table decide.
 *
 * @param trusts active trusts of the token's provider
 * @param wanted the identity that the caller named
 */
export function matchTrusts(
  trusts: readonly Trust[],
  token: RegisteredClaims,
  claims: JsonObject,
  verifier: Verifier,
  wanted?: Id<'identity'>,
): Verdict {
  const outcomes = trusts.map((trust) => ({ trust, miss: missOf(trust, token, claims, verifier) }));
  const holding = outcomes.filter(({ miss }) => miss === undefined).map(({ trust }) => trust);
  if (holding.length === 0) return nearest(outcomes);
  const fitting = wanted === undefined ? holding : holding.filter((trust) => trust.identityId === wanted);
  if (fitting.length === 0) return { kind: 'refuse', reason: 'identity_mismatch' };
  if (new Set(fitting.map((trust) => trust.identityId)).size > 1) return { kind: 'refuse', reason: 'ambiguous' };
  return { kind: 'match', trust: [...fitting].sort(narrowestFirst)[0]! };
}

function missOf(trust: Trust, token: RegisteredClaims, claims: JsonObject, verifier: Verifier): Miss | undefined {
  if (!matchesSubject(trust.subject, token.subject)) return 'subject_unknown';
  if (!token.audiences.includes(trust.audience)) return 'audience_mismatch';
  if (!pinsHold(trust.pins, claims, verifier)) return 'pin_mismatch';
  if (trust.condition === null) return undefined;
  const answer = evaluateCondition(parseCondition(trust.condition), claims);
  return answer === 'true' ? undefined : `condition_${answer}`;
}

function nearest(outcomes: readonly { trust: Trust; miss: Miss | undefined }[]): Verdict {
  let best: { trust: Trust; miss: Miss } | undefined;
  for (const { trust, miss } of outcomes) {
    if (miss === undefined) continue;
    if (!best || NEARNESS.indexOf(miss) > NEARNESS.indexOf(best.miss)) best = { trust, miss };
  }
  if (!best || best.miss === 'subject_unknown') return { kind: 'refuse', reason: 'subject_unknown' };
  return { kind: 'refuse', reason: best.miss, trust: best.trust };
}

function narrowestFirst(one: Trust, other: Trust): number {
  const patterns = Number(one.subject.endsWith('*')) - Number(other.subject.endsWith('*'));
  return patterns || other.subject.length - one.subject.length || (one.id < other.id ? -1 : 1);
}
