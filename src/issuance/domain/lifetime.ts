import { addSeconds, HOUR_SECONDS, type Id, MINUTE_SECONDS, secondsBetween } from '../../kernel/index.js';
import type { Profile } from './profile.js';

/**
 * By how much certificates begin in the past, for those who look at them by clocks that run behind.
 *
 * A workload's is looked at by verifiers, whose clocks are at most half a minute wrong. The service's own is looked at by every
 * consumer before it can ask for anything, and theirs may be an hour wrong: if it began when it was made, whoever is late could
 * not renew from each of its renewals on. (The Baseline Requirements of the CA/Browser Forum let a server's begin up to 48 hours
 * before it is signed, §7.1.2.7.)
 */
const BACKDATE_SECONDS = { svid: MINUTE_SECONDS / 2, service: 2 * HOUR_SECONDS } as const;

/** By how much a profile's certificates begin before they are made, in seconds. */
export function backdateSeconds({ kind }: Pick<Profile, 'kind'>): number {
  return kind === 'service' ? BACKDATE_SECONDS.service : BACKDATE_SECONDS.svid;
}

export interface LifetimeBounds {
  readonly profile: { readonly defaultTtlSeconds: number; readonly maxTtlSeconds: number };
  /** The longest that the identity's standing allows now; null when it sets no bound. */
  readonly standingSeconds: number | null;
  /** The longest that the trust behind the caller's proof allows; null when it sets no bound. */
  readonly trustSeconds: number | null;
  /** What the caller asked for; undefined for the profile's default. */
  readonly requestedSeconds: number | undefined;
  /** The end of what the credential stands on: the authority's certificate, or the one a token is bound to. */
  readonly notAfter: Date;
}

/**
 * How long a credential lives from `at`: the least of what the profile caps, standing and trust allow, the caller asked
 * and its foundation has left. Nobody's wish lengthens what another bound shortens.
 *
 * @returns whole seconds; zero or less when the foundation has already ended
 */
export function lifetimeSeconds(bounds: LifetimeBounds, at: Date): number {
  return Math.min(
    bounds.profile.maxTtlSeconds,
    bounds.requestedSeconds ?? bounds.profile.defaultTtlSeconds,
    bounds.standingSeconds ?? Infinity,
    bounds.trustSeconds ?? Infinity,
    secondsBetween(at, bounds.notAfter),
  );
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The validity of a certificate issued at an instant, in whole seconds as X.509 has them (RFC 5280 §4.1.2.5). */
export function validityFrom(at: Date, ttlSeconds: number, backdate: number): Validity {
  const second = new Date(Math.floor(at.getTime() / 1000) * 1000);
  return { notBefore: addSeconds(second, -backdate), notAfter: addSeconds(second, ttlSeconds) };
}

/**
 * When a workload's certificate was issued. X.509 counts whole seconds (RFC 5280 §4.1.2.5): within its own, its id says when that was
 * drawn (UUIDv7, RFC 9562 §5.7).
 */
export function issuedAt(id: Id<'certificate'>, notBefore: Date): Date {
  const second = addSeconds(notBefore, backdateSeconds({ kind: 'svid' }));
  const into = Number.parseInt(id.slice(id.indexOf('_') + 1).slice(0, 12), 16) - second.getTime();
  return into > 0 && into < 1000 ? new Date(second.getTime() + into) : second;
}

/** Seconds until a holder should renew: when two thirds of the life have passed, so that a third remains for trouble. */
export function renewAfterSeconds({ notBefore, notAfter }: Validity, at: Date, backdate: number): number {
  const madeAt = addSeconds(notBefore, backdate);
  const renewAt = addSeconds(madeAt, Math.floor((secondsBetween(madeAt, notAfter) * 2) / 3));
  return Math.max(1, Math.ceil((renewAt.getTime() - at.getTime()) / 1000));
}
