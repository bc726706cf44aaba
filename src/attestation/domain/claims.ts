import { addSeconds, type Json } from '../../kernel/index.js';
import { MAX_CLOCK_SKEW_SECONDS, MAX_TOKEN_AGE_SECONDS, type Provider } from './provider.js';
import { Refusal } from './refusal.js';
import { MAX_SUBJECT } from './subject.js';
import type { JsonObject } from './strict-json.js';

const MAX_AUDIENCES = 20;
const MAX_JTI = 256;
/** The year 9999: beyond it an instant is no instant. */
const LAST_SECOND = 253_402_300_799;

/** The registered claims of a token (RFC 7519 §4.1), as values. */
export interface RegisteredClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly issuedAt: Date;
  /** From here on no setting of a provider can make the token acceptable again. */
  readonly deadAt: Date;
}

/** The issuer a token says it has; nothing is proved yet, it only says whose keys to ask. */
export function issuerOf(claims: JsonObject): string {
  return text(claims, 'iss', 255);
}

/**
 * Checks the registered claims of a token whose signature holds.
 *
 * `iat` and `exp` are compulsory: without them no age can be limited. The provider's skew is allowed on every comparison,
 * against the caller once and never twice.
 *
 * @param at instant of the check, UTC
 * @throws Refusal `claim_missing`, `claim_malformed`, `issuer_unknown`, `token_expired`, `token_not_yet_valid`,
 *   `token_from_future`, `token_too_old`
 */
export function checkClaims(claims: JsonObject, provider: Provider, at: Date): RegisteredClaims {
  if (issuerOf(claims) !== provider.issuer) throw new Refusal('issuer_unknown');
  const subject = text(claims, 'sub', MAX_SUBJECT);
  if (claims['jti'] !== undefined) text(claims, 'jti', MAX_JTI);
  const audiences = audiencesOf(claims['aud']);
  const issuedAt = instant(claims, 'iat');
  const expiresAt = instant(claims, 'exp');
  const notBefore = claims['nbf'] === undefined ? issuedAt : instant(claims, 'nbf');
  const skew = provider.clockSkewSeconds;
  if (at >= addSeconds(expiresAt, skew)) throw new Refusal('token_expired');
  if (at < addSeconds(notBefore, -skew) && notBefore > issuedAt) throw new Refusal('token_not_yet_valid');
  if (at < addSeconds(issuedAt, -skew)) throw new Refusal('token_from_future');
  if (at >= addSeconds(issuedAt, provider.maxTokenAgeSeconds + skew)) throw new Refusal('token_too_old');
  return { issuer: provider.issuer, subject, audiences, issuedAt, deadAt: deathOf(issuedAt, expiresAt) };
}

function deathOf(issuedAt: Date, expiresAt: Date): Date {
  const tooOldAt = addSeconds(issuedAt, MAX_TOKEN_AGE_SECONDS);
  return addSeconds(expiresAt < tooOldAt ? expiresAt : tooOldAt, MAX_CLOCK_SKEW_SECONDS);
}

function text(claims: JsonObject, name: string, maxLength: number): string {
  const value = claims[name];
  if (value === undefined) throw new Refusal('claim_missing');
  if (typeof value !== 'string' || value === '' || value.length > maxLength) throw new Refusal('claim_malformed');
  return value;
}

function audiencesOf(value: Json | undefined): readonly string[] {
  if (value === undefined) throw new Refusal('claim_missing');
  const audiences: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = audiences.length > 0 && audiences.length <= MAX_AUDIENCES;
  if (!named || !audiences.every((audience) => typeof audience === 'string')) throw new Refusal('claim_malformed');
  return audiences;
}

/** A NumericDate: seconds since 1970, a fraction allowed (RFC 7519 §2). */
function instant(claims: JsonObject, name: string): Date {
  const value = claims[name];
  if (value === undefined) throw new Refusal('claim_missing');
  if (typeof value !== 'number' || value < 0 || value > LAST_SECOND) throw new Refusal('claim_malformed');
  return new Date(Math.trunc(value * 1000));
}
