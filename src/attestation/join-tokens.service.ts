import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Inventory } from '../inventory/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../platform/index.js';
import { refuseRetired } from './domain/errors.js';
import { type JoinToken, joinTokenDigest, joinTokenExpiry, joinTokenText } from './domain/join-token.js';
import type { Evidence, JoinTokenProof, Shown } from './domain/proof.js';
import { Refusal } from './domain/refusal.js';
import { TokensRepository } from './tokens.repository.js';

/** A new join token. Its text is shown here and never again. */
export interface NewJoinToken {
  readonly id: Id<'joinToken'>;
  readonly token: string;
  readonly expiresAt: Date;
}

/** Secrets that are good once, for ten minutes, for one key (ATT-1). */
@Injectable()
export class JoinTokens {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: TokensRepository,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** @throws AttestationError `identity_retired`; InventoryError `identity_not_found` */
  create(actor: Actor, identityId: Id<'identity'>): Promise<NewJoinToken> {
    return this.unitOfWork.run(async (tx) => {
      refuseRetired((await this.inventory.lockForIssuance(tx, identityId)).identity.status);
      const token = joinTokenText(randomBytes(32));
      const joinToken = this.compose(actor, identityId, token);
      await this.tokens.insertJoinToken(tx, joinToken);
      const { id, createdAt, expiresAt } = joinToken;
      const after = { id, identityId, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
      await this.audit.append(tx, { type: 'join-token.created', actor, subject: identityId, before: null, after });
      return { id, token, expiresAt };
    });
  }

  /**
   * @param wanted the identity that the caller named; it needs not
   * @throws Refusal `join_token_malformed`, `join_token_unknown`, `join_token_expired`, `identity_mismatch`
   */
  async prove(evidence: Evidence, wanted: Id<'identity'> | undefined, shown: Shown): Promise<JoinTokenProof> {
    const digest = joinTokenDigest(evidence.token);
    const found = await this.unitOfWork.readOne((tx) => this.tokens.findJoinToken(tx, digest));
    if (!found) throw new Refusal('join_token_unknown');
    const { id, identityId, expiresAt } = found;
    if (this.clock.now() >= expiresAt) throw new Refusal('join_token_expired', { identityId });
    if (wanted !== undefined && wanted !== identityId) throw new Refusal('identity_mismatch', { identityId });
    return {
      ...{ kind: 'join-token', identityId, joinTokenId: id, trustId: null, trustVersion: null },
      ...{ tokenDigest: digest, expiresAt, maxTtlSeconds: null, claims: this.receiptOf(found), shown },
    };
  }

  private compose(actor: Actor, identityId: Id<'identity'>, token: string): JoinToken {
    const createdAt = this.clock.now();
    return {
      id: this.ids.next('joinToken'),
      identityId,
      digest: joinTokenDigest(token),
      createdBy: principalName(actor.principal),
      createdAt,
      expiresAt: joinTokenExpiry(createdAt),
    };
  }

  private receiptOf({ id, createdBy, createdAt, expiresAt }: JoinToken) {
    return {
      ...{ kind: 'join-token', verdict: 'match', verifiedAt: this.clock.now().toISOString() },
      joinToken: { id, createdBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    };
  }
}
