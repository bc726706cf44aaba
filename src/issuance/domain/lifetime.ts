import { addSeconds, secondsBetween } from '../../kernel/index.js';

/** Certificates begin a little in the past, for consumers whose clocks run behind. */
export const BACKDATE_SECONDS = 30;

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
export function validityFrom(at: Date, ttlSeconds: number): Validity {
  const second = new Date(Math.floor(at.getTime() / 1000) * 1000);
  return { notBefore: addSeconds(second, -BACKDATE_SECONDS), notAfter: addSeconds(second, ttlSeconds) };
}

/** Seconds until a holder should renew: when two thirds of the life have passed, so that a third remains for trouble. */
export function renewAfterSeconds({ notBefore, notAfter }: Validity, at: Date): number {
  const madeAt = addSeconds(notBefore, BACKDATE_SECONDS);
  const renewAt = addSeconds(madeAt, Math.floor((secondsBetween(madeAt, notAfter) * 2) / 3));
  return Math.max(1, Math.ceil((renewAt.getTime() - at.getTime()) / 1000));
}
