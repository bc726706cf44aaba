import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { tbsDigest } from '../crypto/index.js';
import { type Identity, Inventory, type Standing } from '../inventory/index.js';
import type { Actor, Id, Json } from '../kernel/index.js';
import { Config, Ids, type Tx } from '../platform/index.js';
import type { SigningKey } from './authorities.repository.js';
import { type AccessTokenClaims, signingInput } from './domain/access-token.js';
import type { AuthorizationDetail } from './domain/authorization-details.js';
import type { Profile } from './domain/profile.js';
import type { ReceiptDecision } from './domain/receipt.js';
import type { HeldGrant } from './domain/scope.js';
import { IntentsRepository, type TokenIntent } from './intents.repository.js';
import { ReceiptsRepository } from './receipts.repository.js';

/** A token that may be issued: to whom, for what, on what grounds. */
export interface TokenOrder {
  readonly caller: Actor;
  readonly identity: Identity;
  readonly standing: Extract<Standing, { kind: 'issue' }>;
  readonly profile: Profile;
  readonly key: SigningKey;
  readonly target: string;
  readonly grants: readonly HeldGrant[];
  /** The certificate it is bound to, and its SHA-256, base64url (RFC 8705 §3.1). */
  readonly boundTo: Id<'certificate'>;
  readonly thumbprint: string;
  readonly ttlSeconds: number;
  readonly at: Date;
  /** The one thing it is for, and the approval that was spent for it. */
  readonly details?: readonly AuthorizationDetail[] | undefined;
  readonly approvalId?: Id<'approval'> | undefined;
}

/** A token that is recorded and waits for its signature. */
export interface RecordedToken {
  readonly intent: TokenIntent;
  readonly claims: AccessTokenClaims;
}

/** Everything that is written down before an access token is signed (ISS-7), in the transaction of the use case. */
@Injectable()
export class TokenRecorder {
  constructor(
    private readonly config: Config,
    private readonly ids: Ids,
    private readonly audit: Audit,
    private readonly inventory: Inventory,
    private readonly intents: IntentsRepository,
    private readonly receipts: ReceiptsRepository,
  ) {}

  /** Claims → intent, ledger, receipt and record. @throws IssuanceError `standing_changed` */
  async record(tx: Tx, order: TokenOrder): Promise<RecordedToken> {
    const claims = this.claimsOf(order);
    const intent = this.intentOf(order, claims);
    const decision = decisionOf(order);
    const { identity, boundTo } = order;
    await this.receipts.insert(tx, {
      id: intent.receiptId,
      credentialId: intent.tokenId,
      identityId: identity.id,
      source: { kind: 'certificate', id: boundTo, version: null },
      claims: { ...claims },
      decision,
      createdAt: order.at,
    });
    await this.intents.insert(tx, intent, {
      identityId: identity.id,
      identityVersion: identity.version,
      trust: null,
    });
    await this.inventory.recordCredential(tx, {
      kind: 'token',
      id: intent.tokenId,
      identityId: identity.id,
      profile: order.profile.name,
      boundTo,
      receiptId: intent.receiptId,
      notBefore: intent.notBefore,
      expiresAt: intent.notAfter,
    });
    await this.audit.append(tx, {
      type: 'token.issued',
      actor: order.caller,
      subject: intent.tokenId,
      after: imageOf(intent, claims, order, decision),
    });
    return { intent, claims };
  }

  private claimsOf(order: TokenOrder): AccessTokenClaims {
    const { identity, grants, target, thumbprint, ttlSeconds, at, details, approvalId } = order;
    const iat = Math.floor(at.getTime() / 1000);
    return {
      iss: this.config.publicUrl,
      sub: identity.spiffeId,
      client_id: identity.id,
      aud: target,
      scope: grants.map(({ scope }) => scope).join(' '),
      iat,
      exp: iat + ttlSeconds,
      jti: this.ids.next('token'),
      grants: grants.map(({ id }) => id),
      cnf: { 'x5t#S256': thumbprint },
      ...(details && { authorization_details: details }),
      ...(approvalId && { approval_id: approvalId }),
    };
  }

  private intentOf({ profile, key }: TokenOrder, claims: AccessTokenClaims): TokenIntent {
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
}

function decisionOf({ caller, identity, standing, profile, ttlSeconds }: TokenOrder): ReceiptDecision {
  return {
    policy: caller.decision,
    profile: profile.name,
    profileVersion: profile.version,
    identityVersion: identity.version,
    standing: standing.reasons,
    trustSeconds: null,
    ttlSeconds,
  };
}

/** What the log keeps of a token: everything it says, but not the token, which would be a secret. */
function imageOf(intent: TokenIntent, claims: AccessTokenClaims, order: TokenOrder, decision: ReceiptDecision): Json {
  return {
    identityId: intent.identityId,
    boundTo: order.boundTo,
    audience: claims.aud,
    scope: claims.scope,
    grants: claims.grants,
    ...(order.details && { authorizationDetails: order.details }),
    ...(order.approvalId && { approvalId: order.approvalId }),
    notBefore: intent.notBefore.toISOString(),
    expiresAt: intent.notAfter.toISOString(),
    signingInputSha256: tbsDigest(intent.tbs).toString('hex'),
    receiptId: intent.receiptId,
    decision: { ...decision, policy: { ...decision.policy } },
  };
}
