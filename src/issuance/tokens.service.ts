import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Identity, Inventory, type Standing, standingOf } from '../inventory/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { Config, crashPoint, Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository, type SigningKey } from './authorities.repository.js';
import { workloadOf } from './caller.js';
import { Delivery } from './delivery.js';
import { type AccessTokenClaims, signingInput } from './domain/access-token.js';
import { IssuanceError } from './domain/errors.js';
import { lifetimeSeconds } from './domain/lifetime.js';
import type { Profile } from './domain/profile.js';
import type { ReceiptDecision } from './domain/receipt.js';
import { refusalOf } from './domain/refusal.js';
import { type HeldGrant, narrow } from './domain/scope.js';
import { TokenError } from './domain/token-errors.js';
import { IntentsRepository, type TokenIntent } from './intents.repository.js';
import { claimsDigest, ReceiptsRepository } from './receipts.repository.js';
import { CredentialRefusals } from './credential-refusals.js';

/** A token request, as RFC 6749 §4.4 and RFC 8707 §2 have it; `target` is the one resource or audience named. */
export interface TokenAsk {
  readonly target: string;
  readonly scope: string | undefined;
  /** SHA-256 of the client certificate of this connection, base64url (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

export interface DeliveredToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string;
}

const PROFILE = 'access-token';

/** Gives access tokens to workloads, each bound to the certificate it is asked for with. */
@Injectable()
export class Tokens {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: SystemClock,
    private readonly ids: Ids,
    private readonly audit: Audit,
    private readonly inventory: Inventory,
    private readonly authorities: AuthoritiesRepository,
    private readonly intents: IntentsRepository,
    private readonly receipts: ReceiptsRepository,
    private readonly delivery: Delivery,
    private readonly refusals: CredentialRefusals,
  ) {}

  /**
   * Issues a JWT access token (RFC 9068) for one target, with no scope that the identity holds no verified grant for,
   * and no longer than its certificate.
   *
   * @throws TokenError `invalid_target`, `invalid_scope`, `unauthorized_client`; IssuanceError with the reason where the
   *   identity's standing refuses; both recorded
   */
  async issue(actor: Actor, ask: TokenAsk): Promise<DeliveredToken> {
    const { identityId } = workloadOf(actor);
    const { intent, claims } = await this.refusals.recorded({ type: 'token.refused', actor, subject: identityId }, () =>
      this.unitOfWork.run((tx) => this.record(tx, actor, ask)),
    );
    crashPoint('token', 1);
    const accessToken = await this.delivery.token(intent);
    return { accessToken, expiresInSeconds: claims.exp - claims.iat, scope: claims.scope };
  }

  private async record(
    tx: Tx,
    actor: Actor,
    ask: TokenAsk,
  ): Promise<{ readonly intent: TokenIntent; readonly claims: AccessTokenClaims }> {
    const { identityId, credential } = workloadOf(actor);
    const { identity, facts } = await this.inventory.lockForIssuance(tx, identityId);
    const at = this.clock.now();
    const standing = standingOf(facts, at);
    if (standing.kind === 'refuse') throw refusalOf(standing);
    const boundTo = credential.id as Id<'certificate'>;
    const foundation = await this.foundationOf(tx, credential.kind, boundTo);
    const grants = narrow(await this.inventory.verifiedGrants(tx, identityId), ask.target, ask.scope);
    const profile = await this.authorities.getProfile(tx, PROFILE);
    const key = await this.authorities.getActiveSigningKey(tx);
    const ttlSeconds = lifetimeSeconds(
      {
        profile,
        standingSeconds: standing.maxTtlSeconds,
        trustSeconds: null,
        requestedSeconds: undefined,
        notAfter: foundation,
      },
      at,
    );
    if (ttlSeconds < 1) throw new IssuanceError('certificate_expired', 'Renew the certificate first.');
    const claims = this.claimsOf(identity, grants, ask, ttlSeconds, at);
    const decision = decisionOf(actor, identity, standing, profile, ttlSeconds);
    const intent = this.intentOf(claims, profile, key);
    await this.write(tx, { actor, intent, claims, decision, boundTo, at });
    return { intent, claims };
  }

  /** The end of the certificate that the token will be bound to. */
  private async foundationOf(tx: Tx, kind: string, id: Id<'certificate'>): Promise<Date> {
    if (kind !== 'certificate')
      throw new TokenError('unauthorized_client', 'Ask for a token with the certificate alone, not with a token.');
    const entry = await this.inventory.findCredential(tx, id);
    if (!entry?.expiresAt || entry.revokedAt !== null)
      throw new IssuanceError('certificate_revoked', 'This certificate was revoked. Prove the workload anew.');
    return entry.expiresAt;
  }

  private claimsOf(
    identity: Identity,
    grants: readonly HeldGrant[],
    ask: TokenAsk,
    ttlSeconds: number,
    at: Date,
  ): AccessTokenClaims {
    const iat = Math.floor(at.getTime() / 1000);
    return {
      iss: this.config.publicUrl,
      sub: identity.spiffeId,
      client_id: identity.id,
      aud: ask.target,
      scope: grants.map(({ scope }) => scope).join(' '),
      iat,
      exp: iat + ttlSeconds,
      jti: this.ids.next('token'),
      grants: grants.map(({ id }) => id),
      cnf: { 'x5t#S256': ask.thumbprint },
    };
  }

  private intentOf(claims: AccessTokenClaims, profile: Profile, key: SigningKey): TokenIntent {
    return {
      kind: 'token',
      id: this.ids.next('intent'),
      tokenId: claims.jti,
      identityId: claims.client_id,
      receiptId: this.ids.next('receipt'),
      signingKeyId: key.id,
      profileId: profile.id,
      profileVersion: profile.version,
      tbs: signingInput(key.id, claims),
      notBefore: new Date(claims.iat * 1000),
      notAfter: new Date(claims.exp * 1000),
    };
  }

  private async write(tx: Tx, written: Written): Promise<void> {
    const { actor, intent, claims, decision, boundTo, at } = written;
    const source = { kind: 'certificate', id: boundTo, version: null } as const;
    await this.receipts.insert(tx, {
      id: intent.receiptId,
      credentialId: intent.tokenId,
      identityId: intent.identityId,
      source,
      claims: { ...claims },
      decision,
      createdAt: at,
    });
    await this.intents.insert(tx, intent, {
      identityId: intent.identityId,
      identityVersion: decision.identityVersion,
      trust: null,
    });
    await this.inventory.recordCredential(tx, {
      kind: 'token',
      id: intent.tokenId,
      identityId: intent.identityId,
      profile: decision.profile,
      boundTo,
      receiptId: intent.receiptId,
      notBefore: intent.notBefore,
      expiresAt: intent.notAfter,
    });
    await this.audit.append(tx, {
      type: 'token.issued',
      actor,
      subject: intent.tokenId,
      after: {
        identityId: intent.identityId,
        boundTo,
        audience: claims.aud,
        scope: claims.scope,
        grants: claims.grants,
        notBefore: intent.notBefore.toISOString(),
        expiresAt: intent.notAfter.toISOString(),
        signingInputSha256: claimsDigest(intent.tbs.toString('ascii')).toString('hex'),
        receiptId: intent.receiptId,
        decision: { ...decision, policy: { ...decision.policy } },
      },
    });
  }
}

interface Written {
  readonly actor: Actor;
  readonly intent: TokenIntent;
  readonly claims: AccessTokenClaims;
  readonly decision: ReceiptDecision;
  readonly boundTo: Id<'certificate'>;
  readonly at: Date;
}

function decisionOf(
  actor: Actor,
  identity: Identity,
  standing: Extract<Standing, { kind: 'issue' }>,
  profile: Profile,
  ttlSeconds: number,
): ReceiptDecision {
  return {
    policy: actor.decision,
    profile: profile.name,
    profileVersion: profile.version,
    identityVersion: identity.version,
    standing: standing.reasons,
    trustSeconds: null,
    ttlSeconds,
  };
}
