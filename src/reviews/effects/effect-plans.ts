import { Injectable, Logger } from '@nestjs/common';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import type { Id } from '../../kernel/index.js';
import { Ids, Jobs, type Tx } from '../../platform/index.js';
import { TargetAccounts } from '../../targets/index.js';
import type { Campaign } from '../domain/campaign.js';
import type { ReviewEffect } from '../domain/effect.js';
import type { ListedItem } from '../domain/item.js';
import { type Around, planOf } from './domain/plan.js';
import { EffectsRepository } from './effects.repository.js';

/** The job that carries out what is due. */
export const EFFECTS_JOB = 'reviews.effects';

/** Writes down what decisions ask to be done, in the transaction in which they come to stand. */
@Injectable()
export class EffectPlans {
  private readonly logger = new Logger(EffectPlans.name);

  constructor(
    private readonly effects: EffectsRepository,
    private readonly inventory: Inventory,
    private readonly accounts: TargetAccounts,
    private readonly people: People,
    private readonly jobs: Jobs,
    private readonly ids: Ids,
  ) {}

  /**
   * Plans what these items' decisions ask for; those that ask for nothing may be among them. The submission's record tells
   * of it, so there is none of its own.
   *
   * @param items with the decisions that are to stand, reassignments too
   */
  async plan(tx: Tx, campaign: Campaign, items: readonly ListedItem[], at: Date): Promise<void> {
    const asking = items.filter(({ decision }) => decision !== null && ASKING.includes(decision.kind));
    if (asking.length === 0) return;
    const around = await this.around(tx, campaign, asking);
    const planned = asking.flatMap((item) =>
      planOf(item, around).map((asked): ReviewEffect => ({
        ...asked,
        ...{ id: this.ids.next('reviewEffect'), campaignId: campaign.id, itemId: item.id, identityId: item.identityId },
        ...{ state: 'pending', attempts: 0, dueAt: at, failure: null, evidence: null, createdAt: at },
        ...{ appliedAt: null, endedAt: null, endedBy: null, version: 1 },
      })),
    );
    await this.effects.insertAll(tx, planned);
  }

  /** Has what was planned be carried out soon: to be called after the commit. Where it fails, the next turn finds it. */
  soon(): void {
    this.jobs.enqueue(EFFECTS_JOB).catch(() => this.logger.warn('What was decided is carried out at the next turn.'));
  }

  private async around(tx: Tx, campaign: Campaign, items: readonly ListedItem[]): Promise<Around> {
    const identityIds = [...new Set(items.map(({ identityId }) => identityId))];
    const named = [...new Set(items.flatMap(({ decision }) => decision?.grants ?? []))];
    const held = await this.inventory.grantsOf(tx, identityIds);
    const others = await this.inventory.findGrants(
      tx,
      named.filter((id) => held.every((grant) => grant.id !== id)),
    );
    const accounts = await this.accounts.heldBy(tx, identityIds);
    const grants = [...held, ...others];
    return {
      grants,
      accounts: accounts.map(({ account, targetName }) => ({ ...account, targetName })),
      live: await this.liveAmong(tx, [...new Set(grants.flatMap(({ verifierId }) => verifierId ?? []))]),
      ownerId: campaign.ownerId,
    };
  }

  private async liveAmong(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const live = await this.people.listLive(tx, [], ids, ids.length);
    return new Set(live.map(({ id }) => id));
  }
}

const ASKING: readonly string[] = ['reduce', 'revoke', 'reassign'];
