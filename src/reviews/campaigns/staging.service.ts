import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Id, systemActor } from '../../kernel/index.js';
import { crashPoint, Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Campaign } from '../domain/campaign.js';
import { SchedulesRepository } from '../schedules/schedules.repository.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { type Frozen, start } from './domain/campaign.js';
import { campaignImage } from './domain/images.js';
import { Population } from './domain/population.js';
import { StagingRepository } from './staging.repository.js';

/** Freezes what campaigns are about: all of it at one instant and in one transaction, or not at all. */
@Injectable()
export class Staging {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly staging: StagingRepository,
    private readonly schedules: SchedulesRepository,
    private readonly inventory: Inventory,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** Opens a campaign over what its scope holds now. It does nothing for one that is open already, or being frozen. */
  async freeze(id: Id<'campaign'>): Promise<void> {
    await this.unitOfWork.runOfOneInstant(async (tx) => {
      const campaign = await this.campaigns.lockStaging(tx, id);
      if (!campaign) return;
      const frozen = await this.freezeAll(tx, campaign, this.clock.now());
      const started = start(campaign, frozen, this.clock.now());
      await this.campaigns.save(tx, started);
      await this.audit.append(tx, {
        type: 'campaign.started',
        actor: systemActor('reviews', this.ids.next('request')),
        subject: id,
        before: { campaign: campaignImage(campaign) },
        after: { campaign: campaignImage(started) },
      });
      await crashPoint('freeze', 1);
    });
  }

  private async freezeAll(tx: Tx, campaign: Campaign, at: Date): Promise<Frozen> {
    const population = new Population();
    for await (const page of this.staging.pages(tx, campaign.scope, at)) {
      const items = await this.staging.freeze(tx, campaign.id, page, population.size, at);
      for (const item of items) population.add(item);
      const owed = items.map(({ id, identityId }) => ({ identityId, reviewId: id }));
      await this.inventory.oweReview(tx, campaign.id, owed, campaign.dueAt);
    }
    await this.carryRiskAnalysis(tx, campaign);
    return {
      population: population.size,
      populationDigest: population.digest(),
      dataGate: population.dataGate,
      frozenAt: at,
    };
  }

  /** The identities under a schedule stand as its risk analysis does, which may have changed since the campaign began. */
  private async carryRiskAnalysis(tx: Tx, { id, scheduleId }: Campaign): Promise<void> {
    const foundation = scheduleId && (await this.schedules.holdFoundation(tx, scheduleId));
    if (foundation) await this.inventory.carryRiskAnalysis(tx, scheduleId, id, foundation);
  }
}
