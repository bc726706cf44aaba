import type { Id } from '../../kernel/index.js';
import { OWN_AUDIENCE } from './access-token.js';
import type { HeldGrant } from './scope.js';

/** One line of the feed, to be acted on at once. `index` is the log's: read on after it. */
export interface FeedEvent {
  readonly kind: 'event';
  readonly index: number;
  readonly type: string;
  readonly certificateId?: Id<'certificate'>;
  readonly serialNumber?: string;
  readonly identityId?: Id<'identity'>;
  readonly spiffeId?: string;
  /** The identity's status as it is now, which may be later than the event. */
  readonly status?: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Says that everything committed more than a second ago has been told; its absence is what makes a feed stale (P6). */
export interface FeedHeartbeat {
  readonly kind: 'heartbeat';
  readonly index: number;
  readonly at: string;
}

export type FeedLine = FeedEvent | FeedHeartbeat;

const ENFORCEMENT = 'enforcement';
const FRESH_MILLISECONDS = 1000;

/** Whether an identity is an enforcement point of ours: it holds the verified grant, and its token was not narrowed to less. */
export function mayFollow(held: readonly HeldGrant[], scopes: readonly string[] | undefined): boolean {
  const granted = held.some(({ target, scope }) => target === OWN_AUDIENCE && scope === ENFORCEMENT);
  return granted && (scopes === undefined || scopes.includes(ENFORCEMENT));
}

/**
 * Whether a heartbeat may be sent by someone who has told everything up to `index`.
 *
 * @param horizon up to when the log is complete, and how many entries that is
 */
export function isUpToDate(horizon: { readonly at: Date; readonly size: number }, index: number, at: Date): boolean {
  return horizon.size <= index + 1 && horizon.at.getTime() >= at.getTime() - FRESH_MILLISECONDS;
}
