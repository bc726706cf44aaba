import { type Refused, refused } from './verdict.js';
import type { StandingView } from './standing-view.js';

/** What a caller's certificate says, as verified in the handshake. */
export interface Credential {
  readonly spiffeId: string;
  readonly serialNumber: string;
  /** First and last instant at which every certificate of its chain is valid. */
  readonly validFrom: Date;
  readonly validUntil: Date;
}

export interface Circumstances {
  readonly at: Date;
  readonly feedAgeMilliseconds: number;
  readonly maxFeedAgeMilliseconds: number;
  /** Placing an order, moving money: what must not go on when nobody can say whether it still may (P6). */
  readonly sensitive: boolean;
}

/**
 * Whether a verified credential is to be refused now. Whatever is not known counts against the caller; only that a feed
 * is old does not, unless the action is sensitive.
 */
export function refusalOf(view: StandingView, credential: Credential, now: Circumstances): Refused | undefined {
  if (!(now.at >= credential.validFrom && now.at <= credential.validUntil))
    return refused('certificate_invalid', 'The certificate is not valid at this time: get a new one.');
  if (!view.isKnown) return refused('feed_missing', 'It is not known yet who may come in: try again in a moment.');
  if (view.isRevoked(credential.serialNumber))
    return refused('revoked', 'The certificate was revoked: prove the workload anew.');
  if (view.isRefused(credential.spiffeId))
    return refused('identity_refused', 'The identity is suspended or retired: ask its custodian.');
  if (now.sensitive && !(now.feedAgeMilliseconds <= now.maxFeedAgeMilliseconds))
    return refused('feed_stale', 'Revocations are not reaching this server: sensitive actions wait until they do.');
  return undefined;
}
