import type { Level, ProvedLevel } from '../../kernel/index.js';
import type { Beginning } from './session.js';

/** What a provider says of somebody, in an ID token that was verified (OpenID Connect Core 1.0 §2). */
export interface ProviderClaims {
  readonly issuer: string;
  readonly subject: string;
  /** Present only where the provider says that it verified it (§5.7). */
  readonly verifiedEmail: string | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** When the provider saw the person, not when it said so. */
  readonly authenticatedAt: Date;
}

/** RFC 8176 §2: what a provider may say of how; anything else is left out. */
const METHODS = 'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'.split(' ');

/**
 * What begins a session by single sign-on. The provider's `acr` proves what configuration says it does, as of when the
 * provider saw the person; without configuration it proves nothing above `loa1`.
 */
export function beginningOf(claims: ProviderClaims, levels: ReadonlyMap<string, Level>): Beginning {
  const acr = (claims.acr !== null && levels.get(claims.acr)) || 'loa1';
  const amr = METHODS.filter((method) => claims.amr.includes(method));
  if (acr === 'loa1') return { beganBy: 'single-sign-on', acr, amr };
  return { beganBy: 'single-sign-on', acr, amr, proofs: { [acr satisfies ProvedLevel]: claims.authenticatedAt } };
}

/**
 * Reads verified claims.
 *
 * @returns undefined where what must be there is not
 */
export function readClaims(claims: Readonly<Record<string, unknown>>): ProviderClaims | undefined {
  const { iss, sub, email, email_verified: verified, acr, amr, auth_time: authTime } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '' || typeof authTime !== 'number')
    return undefined;
  return {
    issuer: iss,
    subject: sub,
    verifiedEmail: verified === true && typeof email === 'string' ? email : null,
    acr: typeof acr === 'string' ? acr : null,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
    authenticatedAt: new Date(authTime * 1000),
  };
}

/** Where a browser goes on after signing in: a page of ours, whatever it was asked. @param wanted attacker-controlled */
export function ownPage(wanted: string | undefined, origin: string): string {
  if (wanted === undefined || !wanted.startsWith('/') || !URL.canParse(wanted, origin)) return '/';
  const url = new URL(wanted, origin);
  return url.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : '/';
}
