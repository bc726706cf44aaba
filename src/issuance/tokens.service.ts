import { Injectable } from '@nestjs/common';
import type { Consented } from '../approvals/index.js';
import { Inventory, standingOf } from '../inventory/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { crashPoint, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { type Workload, workloadOf } from './caller.js';
import { CredentialRefusals } from './credential-refusals.js';
import { Delivery } from './delivery.js';
import type { AuthorizationDetail } from './domain/authorization-details.js';
import { IssuanceError } from './domain/errors.js';
import { lifetimeSeconds } from './domain/lifetime.js';
import { refusalOf } from './domain/refusal.js';
import { narrow } from './domain/scope.js';
import { TokenError } from './domain/token-errors.js';
import { type JudgedDetails, TokenConsents } from './token-consents.js';
import { type RecordedToken, TokenRecorder } from './token-recorder.js';

/** A token request, as RFC 6749 §4.4 and RFC 8707 §2 have it; `target` is the one resource or audience named. */
export interface TokenAsk {
  readonly target: string;
  readonly scope: string | undefined;
  /** SHA-256 of the client certificate of this connection, base64url (RFC 8705 §3.1). */
  readonly thumbprint: string;
  /** The one thing it is for (RFC 9396), where the workload says so. */
  readonly details?: readonly AuthorizationDetail[] | undefined;
}

export interface DeliveredToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string;
  readonly details?: readonly AuthorizationDetail[] | undefined;
}

const PROFILE = 'access-token';

/** Gives access tokens to workloads, each bound to the certificate it is asked for with. */
@Injectable()
export class Tokens {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: SystemClock,
    private readonly inventory: Inventory,
    private readonly authorities: AuthoritiesRepository,
    private readonly recorder: TokenRecorder,
    private readonly consents: TokenConsents,
    private readonly delivery: Delivery,
    private readonly refusals: CredentialRefusals,
  ) {}

  /**
   * Issues a JWT access token (RFC 9068) for one target, with no scope that the identity holds no verified grant for,
   * and no longer than its certificate. Where it is for one named thing, the identity's human agrees first: the consent
   * is spent in the transaction that records the token, so it gives one.
   *
   * @throws TokenError `invalid_target`, `invalid_scope`, `unauthorized_client`, `authorization_pending`, `access_denied`,
   *   `invalid_grant`; IssuanceError with the reason where the
   *   identity's standing refuses; both recorded
   */
  async issue(actor: Actor, ask: TokenAsk): Promise<DeliveredToken> {
    const subject = workloadOf(actor).identityId;
    const { intent, claims } = await this.refusals.recorded({ type: 'token.refused', actor, subject }, async () => {
      const judged = ask.details && (await this.consents.judge(actor, ask.details));
      const outcome = await this.unitOfWork.run((tx) => this.record(tx, judged?.actor ?? actor, ask, judged));
      if ('approval' in outcome) throw this.consents.refusalOf(outcome);
      return outcome;
    });
    await crashPoint('token', 2);
    const accessToken = await this.delivery.token(intent);
    const { scope, authorization_details: details } = claims;
    return { accessToken, expiresInSeconds: claims.exp - claims.iat, scope, details };
  }

  private async record(
    tx: Tx,
    caller: Actor,
    { target, scope, thumbprint, details }: TokenAsk,
    judged: JudgedDetails | undefined,
  ): Promise<RecordedToken | Consented> {
    const workload = workloadOf(caller);
    const { identity, facts } = await this.inventory.lockForIssuance(tx, workload.identityId);
    const at = this.clock.now();
    const standing = standingOf(facts, at);
    if (standing.kind === 'refuse') throw refusalOf(standing);
    const foundation = await this.foundationOf(tx, workload.credential);
    const grants = narrow(await this.inventory.verifiedGrants(tx, identity.id), target, scope);
    const profile = await this.authorities.getProfile(tx, PROFILE);
    const key = await this.authorities.getActiveSigningKey(tx);
    const bounds = {
      profile,
      standingSeconds: standing.maxTtlSeconds,
      trustSeconds: null,
      requestedSeconds: undefined,
    };
    const ttlSeconds = lifetimeSeconds({ ...bounds, notAfter: foundation.notAfter }, at);
    if (ttlSeconds < 1) throw new IssuanceError('certificate_expired', 'Renew the certificate first.');
    const consent =
      judged?.requirement && (await this.consents.take(tx, judged, judged.requirement, { identity, target, grants }));
    if (consent && 'approval' in consent) return consent;
    const granted = { target, grants, thumbprint, ttlSeconds, boundTo: foundation.id, details };
    const given = { caller: consent?.actor ?? caller, approvalId: consent?.approvalId };
    const recorded = await this.recorder.record(tx, { ...given, identity, standing, profile, key, at, ...granted });
    await crashPoint('token', 1);
    return recorded;
  }

  /** The certificate that the token will be bound to, and end with. */
  private async foundationOf(
    tx: Tx,
    credential: Workload['credential'],
  ): Promise<{ readonly id: Id<'certificate'>; readonly notAfter: Date }> {
    if (credential.kind !== 'certificate')
      throw new TokenError('unauthorized_client', 'Ask for a token with the certificate alone, not with a token.');
    const entry = await this.inventory.findCredential(tx, credential.id);
    if (!entry?.expiresAt || entry.revokedAt !== null)
      throw new IssuanceError('certificate_revoked', 'This certificate was revoked. Prove the workload anew.');
    return { id: credential.id as Id<'certificate'>, notAfter: entry.expiresAt };
  }
}
