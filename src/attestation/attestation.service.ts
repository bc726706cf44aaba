import { Injectable } from '@nestjs/common';
import { Inventory } from '../inventory/index.js';
import { type Id, isId } from '../kernel/index.js';
import { SystemClock, type Tx } from '../platform/index.js';
import { refusedAttestation } from './domain/errors.js';
import type { Evidence, OidcProof, Proof, Shown } from './domain/proof.js';
import { Refusal } from './domain/refusal.js';
import { spendAgain, type Spending } from './domain/use.js';
import { JoinTokens } from './join-tokens.service.js';
import { Oidc } from './oidc.js';
import { Refusals } from './refusals.js';
import { TokensRepository } from './tokens.repository.js';
import { TrustsRepository } from './trusts.repository.js';

/** The public key that a credential is asked for. */
export interface PublicKeyName {
  /** SHA-256 of its SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). */
  readonly spkiSha256: Buffer;
}

/** Proves what a workload is, and sees to it that what it proved itself with serves one key only. */
@Injectable()
export class Attestation {
  constructor(
    private readonly oidc: Oidc,
    private readonly joinTokens: JoinTokens,
    private readonly tokens: TokensRepository,
    private readonly trusts: TrustsRepository,
    private readonly inventory: Inventory,
    private readonly refusals: Refusals,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Finds the identity that evidence proves. May ask the issuer over the network: never call it in a transaction.
   *
   * @throws AttestationError `attestation_refused`, the same for every reason; the reason is in the table of refusals by
   *   the time it is thrown (ATT-2)
   */
  async prove(evidence: Evidence, shown: Shown): Promise<Proof> {
    try {
      const wanted = await this.wantedIdentity(evidence.identity);
      return await (evidence.kind === 'oidc' ? this.oidc : this.joinTokens).prove(evidence, wanted, shown);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusals.note(error, evidence.kind, shown);
      await this.refusals.written();
      throw refusedAttestation(error);
    }
  }

  /**
   * Uses a proof up for one public key, in the transaction that issues (decisions 5 and 10). Lock the identity first
   * (`Inventory.lockForIssuance`): identity, then trust, is the order everywhere.
   *
   * `first` means issue, and `bind` what was issued; `again` means that the same key asked before: give it that
   * certificate and nothing new.
   *
   * @throws AttestationError `attestation_refused` when the token served another key, or has expired, or its trust or
   *   provider changed since `prove`; the transaction must then roll back
   */
  async spend(tx: Tx, proof: Proof, { spkiSha256 }: PublicKeyName): Promise<Spending> {
    try {
      if (this.clock.now() >= proof.expiresAt) throw new Refusal(DEAD[proof.kind]);
      if (proof.kind === 'oidc') await this.holdTrust(tx, proof);
      if (await this.tokens.insertUse(tx, proof, spkiSha256, this.clock.now())) return { outcome: 'first' };
      const use = await this.tokens.lockUse(tx, proof.tokenDigest);
      if (!use) throw new Refusal('token_replayed');
      return spendAgain(use, spkiSha256, proof.identityId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusals.note(error.within(contextOf(proof)), proof.kind, proof.shown);
      throw refusedAttestation(error);
    }
  }

  /** Notes, in the transaction of `spend`, which certificate the proof obtained. Every `first` has exactly one. */
  async bind(tx: Tx, proof: Proof, certificateId: Id<'certificate'>): Promise<void> {
    if (!(await this.tokens.bindUse(tx, proof.tokenDigest, certificateId)))
      throw new Error('A proof was bound that was not spent, or bound twice.');
  }

  private async holdTrust(tx: Tx, proof: OidcProof): Promise<void> {
    const standing = await this.trusts.holdStanding(tx, proof.trustId);
    if (standing?.trustVersion !== proof.trustVersion || standing.trustStatus !== 'active')
      throw new Refusal('trust_changed');
    if (standing.providerVersion !== proof.providerVersion || standing.providerStatus !== 'active')
      throw new Refusal('provider_changed');
  }

  private async wantedIdentity(name: string | undefined): Promise<Id<'identity'> | undefined> {
    if (name === undefined || isId('identity', name)) return name;
    const identity = await this.inventory.findBySpiffeId(name);
    if (!identity) throw new Refusal('identity_unknown');
    return identity.id;
  }
}

const DEAD = { oidc: 'token_expired', 'join-token': 'join_token_expired' } as const;

function contextOf(proof: Proof) {
  const { identityId } = proof;
  return proof.kind === 'oidc' ? { identityId, trustId: proof.trustId, providerId: proof.providerId } : { identityId };
}
