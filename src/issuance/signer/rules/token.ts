import { SpiffeId } from '../../../crypto/index.js';
import { type AccessTokenClaims, readSigningInput } from '../../domain/access-token.js';
import type { Installation, RecordedIntent } from '../recorded.js';
import { CLOCK_SKEW_SECONDS, checkIntent, must } from './intent.js';

/**
 * Whether the recorded bytes are an access token that its profile allows: ours by issuer and type, about the identity
 * of the intent, bound to a certificate, and short (RFC 9068 §2.2, RFC 8705 §3.1).
 *
 * @param at the signer's own clock
 * @throws Refusal `intent_refused`
 */
export function checkToken(intent: RecordedIntent, installation: Installation, at: Date): void {
  checkIntent(intent);
  must(intent.profile.kind === 'token', intent, 'its profile is not for tokens');
  const read = readSigningInput(intent.tbs);
  must(read !== undefined, intent, 'its bytes are not an access token');
  must(read.kid === intent.signingKeyId, intent, 'its header names another key');
  must(read.claims.iss === installation.publicUrl, intent, 'its issuer is not this service');
  checkSubject(read.claims, intent, installation);
  checkLife(read.claims, intent, at);
}

function checkSubject(claims: AccessTokenClaims, intent: RecordedIntent, installation: Installation): void {
  must(claims.jti === intent.credentialId, intent, 'its jti is not the recorded token');
  must(claims.client_id === intent.identityId, intent, 'its client is not the recorded identity');
  must(claims.sub === intent.spiffeId, intent, 'its subject is not the recorded identity');
  must(SpiffeId.tryParse(claims.sub)?.isMemberOf(installation.trustDomain) === true, intent, 'its subject is foreign');
}

function checkLife(claims: AccessTokenClaims, intent: RecordedIntent, at: Date): void {
  const now = at.getTime() / 1000;
  must(claims.exp * 1000 === intent.notAfter.getTime(), intent, 'its end is not the recorded one');
  must(claims.iat * 1000 === intent.notBefore.getTime(), intent, 'its beginning is not the recorded one');
  must(claims.exp - claims.iat <= intent.profile.maxTtlSeconds, intent, 'it lives longer than its profile allows');
  must(Math.abs(claims.iat - now) <= CLOCK_SKEW_SECONDS, intent, 'it was not made now');
}
