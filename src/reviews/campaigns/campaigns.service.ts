import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, principalName, type RecordType, rolesOf } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import { NO_PROGRESS, type Progress } from '../domain/progress.js';
import type { Scope } from '../domain/scope.js';
import {
  type CampaignFilter,
  CampaignsRepository,
  type ReviewerPosition,
  type ReviewerProgress,
} from './campaigns.repository.js';
import { begin, cancel, type CampaignChange, change, type NewCampaign } from './domain/campaign.js';
import { campaignImage } from './domain/images.js';
import { type Preview, PreviewSum } from './domain/preview.js';
import { StagingJobs } from './staging.jobs.js';
import { StagingRepository } from './staging.repository.js';

/** A campaign, and how far it is. */
export interface SeenCampaign {
  readonly campaign: Campaign;
  readonly progress: Progress;
}

export interface SeenReviewer extends ReviewerProgress {
  /** How many are undecided or not submitted though the campaign is due. */
  readonly late: number;
}

/** What a campaign is to be, where somebody begins it by hand. */
export type WantedCampaign = Pick<Campaign, 'name' | 'scope' | 'dueAt' | 'managementId' | 'samplePercent'> & {
  readonly ownerId?: Id<'person'> | undefined;
};

/** The life of review campaigns. */
@Injectable()
export class Campaigns {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly staging: StagingRepository,
    private readonly stagingJobs: StagingJobs,
    private readonly people: People,
    private readonly inventory: Inventory,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** What a campaign over a scope would hold now. @throws ReviewsError `condition_invalid` */
  preview(scope: Scope): Promise<Preview> {
    return this.unitOfWork.read(async (tx) => {
      const at = this.clock.now();
      const sum = new PreviewSum();
      for await (const page of this.staging.pages(tx, scope, at))
        for (const candidate of await this.staging.candidates(tx, page, at)) sum.add(candidate);
      return sum.sum;
    });
  }

  /**
   * Begins a campaign by hand: what it is about is frozen right after, by a job.
   *
   * @throws ReviewsError `scope_empty`, `condition_invalid`, `due_too_early`, `management_is_owner`, `person_not_live`
   */
  async create(actor: Actor, wanted: WantedCampaign): Promise<SeenCampaign> {
    await this.requireAny(wanted.scope);
    const ownerId = wanted.ownerId ?? personOf(actor);
    const campaign = await this.unitOfWork.run((tx) =>
      this.begin(tx, actor, { ...wanted, ownerId, scheduleId: null, riskAnalysisId: null }),
    );
    await this.stagingJobs.ask(campaign.id);
    return { campaign, progress: NO_PROGRESS };
  }

  /**
   * Begins a campaign inside a use case; after its commit, ask `StagingJobs` to freeze it.
   *
   * @throws ReviewsError `due_too_early`, `management_is_owner`, `person_not_live`
   */
  async begin(tx: Tx, actor: Actor, wanted: Omit<NewCampaign, 'id' | 'createdBy'>): Promise<Campaign> {
    await this.requireLive(tx, [wanted.ownerId, wanted.managementId]);
    const createdBy = principalName(actor.principal);
    const campaign = begin({ ...wanted, id: this.ids.next('campaign'), createdBy }, this.clock.now());
    await this.campaigns.insert(tx, campaign);
    await this.audit.append(tx, {
      type: 'campaign.created',
      actor,
      subject: campaign.id,
      after: { campaign: campaignImage(campaign) },
    });
    return campaign;
  }

  /** @throws ReviewsError `campaign_not_found` */
  get(id: Id<'campaign'>): Promise<SeenCampaign> {
    return this.unitOfWork.read(async (tx) => (await this.see(tx, [await this.campaigns.get(tx, id)]))[0]!);
  }

  /** One more than `limit`, the newest first. */
  list(filter: CampaignFilter, before: string | undefined, limit: number): Promise<SeenCampaign[]> {
    return this.unitOfWork.read(async (tx) => this.see(tx, await this.campaigns.list(tx, filter, before, limit + 1)));
  }

  /** How far each reviewer is, those with most left to do first. @throws ReviewsError `campaign_not_found` */
  reviewers(id: Id<'campaign'>, after: ReviewerPosition | undefined, limit: number): Promise<SeenReviewer[]> {
    return this.unitOfWork.read(async (tx) => {
      const { state, dueAt } = await this.campaigns.get(tx, id);
      const late = state === 'open' && this.clock.now() >= dueAt;
      const reviewers = await this.campaigns.progressByReviewer(tx, id, after ?? [null, null], limit + 1);
      return reviewers.map((one) => ({ ...one, late: late ? one.open + one.staged : 0 }));
    });
  }

  /**
   * Changes what its owner may: its name, who runs and who acknowledges it, and by when it is due, which only becomes later.
   * Where the owner has left, an administrator may, and names another.
   *
   * @param version what the caller last saw
   * @throws ReviewsError `campaign_not_found`, `not_the_owner`, `campaign_not_open`, `due_too_early`,
   *   `management_is_owner`, `person_not_live`; RequestError `version_conflict`
   */
  change(actor: Actor, id: Id<'campaign'>, version: number, wanted: CampaignChange): Promise<SeenCampaign> {
    return this.unitOfWork.run(async (tx) => {
      await this.requireLive(tx, [wanted.ownerId, wanted.managementId]);
      const acting = await this.ownerFor(tx, actor, await this.campaigns.get(tx, id));
      const campaign = await this.campaigns.lock(tx, id);
      const changed = change(campaign, wanted, acting, this.clock.now());
      if (campaign.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this review meanwhile; read it again.');
      if (wanted.dueAt !== undefined) await this.inventory.postponeReviews(tx, id, wanted.dueAt);
      return this.settle(tx, actor, 'campaign.changed', campaign, changed);
    });
  }

  /**
   * Ends a campaign that is not to be finished: what was submitted stands, the rest is owed no more. Of a cancellation and
   * a submission at once, one comes first, and the other sees it.
   *
   * @throws ReviewsError `campaign_not_found`, `not_the_owner`, `campaign_not_open`
   */
  cancel(actor: Actor, id: Id<'campaign'>, reason: string): Promise<SeenCampaign> {
    return this.unitOfWork.run(async (tx) => {
      const campaign = await this.campaigns.lock(tx, id);
      const cancelled = cancel(campaign, principalName(actor.principal), reason, this.clock.now());
      await this.inventory.reviewDone(tx, id);
      return this.settle(tx, actor, 'campaign.cancelled', campaign, cancelled);
    });
  }

  /** In whose name somebody changes a campaign: their own; an administrator in that of an owner who has left. */
  private async ownerFor(tx: Tx, { principal }: Actor, { ownerId }: Campaign): Promise<string> {
    const own = principalName(principal);
    if (own === ownerId || !rolesOf(principal).includes('administrator')) return own;
    return (await this.people.findLive(tx, ownerId)) ? own : ownerId;
  }

  private async settle(
    tx: Tx,
    actor: Actor,
    type: RecordType,
    before: Campaign,
    after: Campaign,
  ): Promise<SeenCampaign> {
    await this.campaigns.save(tx, after);
    await this.audit.append(tx, {
      type,
      actor,
      subject: after.id,
      before: { campaign: campaignImage(before) },
      after: { campaign: campaignImage(after) },
    });
    return (await this.see(tx, [after]))[0]!;
  }

  private async see(tx: Tx, campaigns: readonly Campaign[]): Promise<SeenCampaign[]> {
    const progress = await this.campaigns.progressOf(
      tx,
      campaigns.map(({ id }) => id),
    );
    return campaigns.map((campaign) => ({ campaign, progress: progress.get(campaign.id) ?? NO_PROGRESS }));
  }

  private requireAny(scope: Scope): Promise<void> {
    return this.unitOfWork.read(async (tx) => {
      const { done } = await this.staging.pages(tx, scope, this.clock.now()).next();
      if (done) throw new ReviewsError('scope_empty', 'No identity is in this scope: widen it, and preview it first.');
    });
  }

  private async requireLive(tx: Tx, ids: readonly (Id<'person'> | undefined)[]): Promise<void> {
    const named = ids.filter((id) => id !== undefined);
    const live = await this.people.holdAllLive(tx, named);
    const gone = named.find((id) => !live.has(id));
    if (gone !== undefined)
      throw new ReviewsError('person_not_live', 'Name people who have signed in and not left; see GET /v1/people.', {
        details: { personId: gone },
      });
  }
}

function personOf({ principal }: Actor): Id<'person'> {
  if (principal.kind !== 'person') throw new ReviewsError('not_yours', 'Only people run reviews; sign in as one.');
  return principal.id;
}
