import { Injectable } from '@nestjs/common';
import { Grants, Identities, Inventory, InventoryError } from '../../inventory/index.js';
import { Revocations } from '../../issuance/index.js';
import { type Actor, type Id, systemActor } from '../../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../../platform/index.js';
import {
  type Bearer,
  observationImage,
  type Outcome,
  TargetAccounts,
  TargetWork,
  type Work,
} from '../../targets/index.js';
import type { ReviewEffect } from '../domain/effect.js';
import type { Seen } from './domain/course.js';
import { OWN_TARGET } from './domain/plan.js';
import { EffectsRepository } from './effects.repository.js';

/** What came of one turn. Nothing is `verified` that was not looked at after it was done. */
export type Turn =
  | { readonly kind: 'verified'; readonly seen: Seen }
  | { readonly kind: 'attestation-needed' }
  /** Not so, and not so by itself. */
  | { readonly kind: 'failed'; readonly code: string; readonly seen: Seen }
  /** Not so yet. */
  | { readonly kind: 'later'; readonly code: string };

/** How many credentials are listed at once. */
const BATCH = 100;
const REASON = 'privilege-withdrawn';
const GONE: readonly string[] = ['grant_not_found', 'identity_retired'];

/**
 * Carries out one effect, through the rooms that own what it changes: each of them records its change itself. What is so
 * already is left, so that a turn can be taken again from wherever another one died.
 */
@Injectable()
export class EffectWork {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly effects: EffectsRepository,
    private readonly inventory: Inventory,
    private readonly identities: Identities,
    private readonly grants: Grants,
    private readonly revocations: Revocations,
    private readonly accounts: TargetAccounts,
    private readonly targets: TargetWork,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** @throws MusterError of the room that refused; of kind `unavailable` where it may pass */
  take(effect: ReviewEffect): Promise<Turn> {
    switch (effect.kind) {
      case 'stop-identity':
        return this.stopIdentity(effect);
      case 'remove-account':
        return this.removeAccount(effect);
      case 'remove-grant':
        return this.removeGrant(effect);
      case 'hand-over':
        return this.handOver(effect);
    }
  }

  /** The service itself, on the word of the item's decision. */
  actorFor({ itemId }: ReviewEffect): Actor {
    return systemActor('reviews', this.ids.next('request'), `review:${itemId}`);
  }

  private async stopIdentity(effect: ReviewEffect): Promise<Turn> {
    const { identityId, itemId } = effect;
    const actor = this.actorFor(effect);
    await this.identities.stop(actor, identityId, `Revoked by its access review ${itemId}.`);
    let revoked = 0;
    for (let live = await this.certificatesOf(effect); live.length > 0; live = await this.certificatesOf(effect))
      for (const id of live) {
        await this.revocations.revoke(actor, id, REASON);
        revoked += 1;
      }
    const { status } = await this.inventory.getIdentity(identityId);
    const left = await this.unitOfWork.readOne((tx) => this.inventory.listIssued(tx, identityId, 1));
    const seen = { status, revoked, liveCredentials: left.length, seenAt: this.now() };
    if (left.length > 0) return { kind: 'later', code: 'credentials_live' };
    return status === 'suspended' || status === 'retired'
      ? { kind: 'verified', seen }
      : { kind: 'failed', code: 'identity_active', seen };
  }

  private async certificatesOf({ identityId }: ReviewEffect) {
    const live = await this.unitOfWork.readOne((tx) => this.inventory.listIssued(tx, identityId, BATCH));
    return live.flatMap((entry) => (entry.kind === 'certificate' ? [entry.id as `crt_${string}`] : []));
  }

  /** What is granted on the target goes with the account, here too. */
  private async removeAccount(effect: ReviewEffect): Promise<Turn> {
    const { identityId } = effect;
    const bearer = bearerOf(effect);
    const held = await this.unitOfWork.read(async (tx) => {
      const accounts = await this.accounts.heldBy(tx, [identityId]);
      const name = accounts.find(({ account }) => account.targetId === bearer.targetId)?.targetName;
      const grants = await this.inventory.grantsOf(tx, [identityId]);
      return grants.filter(({ target }) => target === name);
    });
    for (const { id } of held) await this.removeHere(effect, id);
    return this.onTarget(effect, bearer, { kind: 'close' }, 'still_open');
  }

  private async removeGrant(effect: ReviewEffect): Promise<Turn> {
    const grantId = effect.grantId!;
    const [grant] = await this.unitOfWork.readOne((tx) => this.inventory.findGrants(tx, [grantId]));
    await this.removeHere(effect, grantId);
    if (effect.targetId !== null) {
      const work: Work = { kind: 'remove', scope: grant!.scope };
      return this.onTarget(effect, bearerOf(effect), work, 'still_held_through');
    }
    if (grant!.target !== OWN_TARGET) return { kind: 'attestation-needed' };
    const held = await this.unitOfWork.readOne((tx) => this.inventory.grantsOf(tx, [effect.identityId]));
    const { status } = await this.inventory.getIdentity(effect.identityId);
    const gone = status === 'retired' || held.every(({ id }) => id !== grantId);
    return gone ? { kind: 'verified', seen: { status, seenAt: this.now() } } : { kind: 'later', code: 'still_held' };
  }

  /** What nobody holds any more stays as it is, and so does what a retired identity held: it counts for nothing. */
  private async removeHere(effect: ReviewEffect, grantId: Id<'grant'>): Promise<void> {
    await this.grants.remove(this.actorFor(effect), grantId).catch((error: unknown) => {
      if (!(error instanceof InventoryError) || !GONE.includes(error.code)) throw error;
    });
  }

  /** Whoever is named answers for it; whoever answered first backs them up, unless the backup stays another. */
  private async handOver(effect: ReviewEffect): Promise<Turn> {
    const { identityId, toId } = effect;
    const primaryCustodianId = toId!;
    const { primaryCustodianId: first, backupCustodianId: second } = await this.inventory.getIdentity(identityId);
    const backupCustodianId = [second, first].find((id) => id !== null && id !== toId) ?? null;
    if (backupCustodianId === null) return { kind: 'failed', code: 'custodian_missing', seen: { seenAt: this.now() } };
    await this.identities.handOver(this.actorFor(effect), identityId, { primaryCustodianId, backupCustodianId });
    const after = await this.inventory.getIdentity(identityId);
    const seen = { primaryCustodianId: after.primaryCustodianId, backupCustodianId, seenAt: this.now() };
    return after.primaryCustodianId === toId
      ? { kind: 'verified', seen }
      : { kind: 'failed', code: 'custodian_not_live', seen };
  }

  /** Does it unless that was done and noted, and looks again, whatever was done. */
  private async onTarget(effect: ReviewEffect, bearer: Bearer, work: Work, code: string): Promise<Turn> {
    if (effect.state === 'pending')
      await this.targets.apply(this.actorFor(effect), bearer, work, (tx) =>
        this.effects.noteApplied(tx, effect, this.clock.now()),
      );
    const outcome = await this.targets.look(bearer, work);
    return outcome.gone ? { kind: 'verified', seen: seenOf(outcome) } : { kind: 'failed', code, seen: seenOf(outcome) };
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

function bearerOf({ targetId, identityId }: ReviewEffect): Bearer {
  return { targetId: targetId!, identityId };
}

function seenOf({ remains, observation }: Outcome): Seen {
  return { remains: [...remains], observation: observationImage(observation) };
}
