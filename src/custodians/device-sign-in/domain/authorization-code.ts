import { addSeconds, type Id, type Json } from '../../../kernel/index.js';
import type { Approver } from './approver.js';
import { verifies } from './code-challenge.js';
import { DeviceSignInError } from './errors.js';

/** A code travels from a browser to a program on the same machine, and is spent at once (RFC 6749 §4.1.2). */
export const CODE_LIFE_SECONDS = 60;

/** A person's leave for the program that listens at a loopback address (RFC 8252 §7.3). */
export interface AuthorizationCode {
  readonly id: Id<'authorizationCode'>;
  readonly approver: Approver;
  readonly redirectUri: string;
  /** S256, base64url (RFC 7636 §4.2). */
  readonly codeChallenge: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly spentAt: Date | null;
}

export function newAuthorizationCode(
  code: Pick<AuthorizationCode, 'id' | 'approver' | 'redirectUri' | 'codeChallenge'>,
  at: Date,
): AuthorizationCode {
  return { ...code, madeAt: at, expiresAt: addSeconds(at, CODE_LIFE_SECONDS), spentAt: null };
}

/**
 * Spends a code, once, for whoever proves that they asked for it.
 *
 * @throws DeviceSignInError `invalid_grant`, the same for one that is spent, late, or shown by somebody else
 */
export function spend(
  code: AuthorizationCode,
  shown: { readonly redirectUri: string; readonly codeVerifier: string },
  at: Date,
): AuthorizationCode {
  const fits = code.redirectUri === shown.redirectUri && verifies(shown.codeVerifier, code.codeChallenge);
  if (code.spentAt !== null || at >= code.expiresAt || !fits) throw unknownCode();
  return { ...code, spentAt: at };
}

export function unknownCode(): DeviceSignInError {
  return new DeviceSignInError('invalid_grant', 'This code does not work. Start again.');
}

/** What records keep of one; the address says a port of somebody's machine and nothing else. */
export function codeImage({ id, approver, redirectUri, madeAt, expiresAt, spentAt }: AuthorizationCode): Json {
  return {
    id,
    session_id: approver.sessionId,
    acr: approver.acr,
    redirect_uri: redirectUri,
    made_at: madeAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    spent_at: spentAt?.toISOString() ?? null,
  };
}
