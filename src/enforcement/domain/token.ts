import type { AuthorizationDetail, RequiredDetail } from './authorization-detail.js';
import { type Refused, refused } from './verdict.js';

/** Claims of an access token whose signature, issuer, audience, type and lifetime hold (RFC 9068 §4). */
export interface TokenClaims {
  readonly subject: string;
  readonly identityId: string;
  readonly scopes: readonly string[];
  /** The grants behind the scopes, in their order. */
  readonly grants: readonly string[];
  /** `cnf.x5t#S256`; undefined where the token is bound to nothing. */
  readonly thumbprint: string | undefined;
  /** `jti`: what a server remembers that lets a token do its thing once. */
  readonly tokenId: string;
  readonly expiresAt: Date;
  /** What it is for; empty where it is for whatever its scopes allow. */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** The approval by which somebody agreed. */
  readonly approvalId: string | undefined;
}

/** Whose certificate a token is shown with. */
export interface TokenBearer {
  readonly spiffeId: string;
  /** SHA-256 of the certificate, base64url (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

/** Whether a token is refused with this certificate, or for this scope. A token that is bound to nothing always is. */
export function tokenRefusal(claims: TokenClaims, bearer: TokenBearer, scope: string | undefined): Refused | undefined {
  if (claims.thumbprint === undefined || claims.thumbprint !== bearer.thumbprint)
    return refused('token_not_bound', 'The token is bound to another certificate: get one with this (RFC 8705 §3).');
  if (claims.subject !== bearer.spiffeId)
    return refused('token_invalid', 'The token is of another identity than the certificate.');
  if (scope !== undefined && !claims.scopes.includes(scope))
    return refused('scope_missing', `The token lacks the scope ${scope}: have it granted and get a new token.`);
  return undefined;
}

/**
 * Whether a token is refused for a thing that needs consent. One that names other things is refused for this one too, and
 * one for named things is good for nothing else.
 */
export function detailRefusal(claims: TokenClaims, required: RequiredDetail | undefined): Refused | undefined {
  const { authorizationDetails: details } = claims;
  if (required === undefined)
    return details.length === 0
      ? undefined
      : refused('detail_mismatch', 'The token is for one named thing, and this is not it: get one without details.');
  const { type, matches = () => true } = required;
  const ofType = details.filter((detail) => detail.type === type);
  if (ofType.length === 0)
    return refused('detail_required', `Get a token with authorization_details of type ${type} (RFC 9396).`);
  if (!ofType.some(matches))
    return refused('detail_mismatch', 'What was agreed to is something else than what is asked for now.');
  return undefined;
}

/** The grant behind the scope that was asked for, or behind the token where it has one alone; null where unclear. */
export function grantBehind({ scopes, grants }: TokenClaims, scope: string | undefined): string | null {
  if (scope === undefined) return grants.length === 1 ? grants[0]! : null;
  return grants[scopes.indexOf(scope)] ?? null;
}
