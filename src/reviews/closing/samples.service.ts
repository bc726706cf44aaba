import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, rolesOf } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import type { Campaign } from '../domain/campaign.js';
import type { ReviewItem } from '../domain/item.js';
import { ItemsRepository } from '../items/items.repository.js';
import { ClosingError } from './domain/errors.js';
import { sampleImage } from './domain/images.js';
import { drawSample, type Sample, secondReviewer } from './domain/sample.js';
import { type Looker, maySettle, settle, type Verdict } from './domain/second-look.js';
import { type ListedSample, type SampleFilter, SamplesRepository } from './samples.repository.js';
import { ClosingTies } from './ties.js';

/** A second look as one caller sees it. */
export interface SeenSample {
  readonly sample: ListedSample;
  readonly canDecide: boolean;
}

/** Somebody else looks again at some of what was kept (REV-4). */
@Injectable()
export class Samples {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly samples: SamplesRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly items: ItemsRepository,
    private readonly ties: ClosingTies,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Draws the sample of one submission, inside it: its record fixes the lots, so there is none of the draw's own.
   *
   * @param submitted what the submission holds; its own row is stored already
   */
  async draw(tx: Tx, campaign: Campaign, submitted: readonly ReviewItem[], at: Date): Promise<Sample[]> {
    const keeps = submitted.filter(({ state, decision }) => state === 'submitted' && decision?.kind === 'keep');
    const submissionId = keeps[0]?.submissionId;
    if (submissionId == null || campaign.samplePercent === 0) return [];
    const digest = await this.samples.digestOf(tx, submissionId);
    const drawn = drawSample(keeps, { submissionId, digest, percent: campaign.samplePercent });
    const second = await this.seconds(tx, campaign, drawn);
    const samples = drawn.map((item, turn): Sample => ({ ...fresh(item, at), reviewerId: second(item, turn) }));
    await this.samples.insertAll(tx, samples);
    return samples;
  }

  /** One more than `limit`, in order of the items' ids. */
  list(actor: Actor, filter: SampleFilter, after: string | undefined, limit: number): Promise<SeenSample[]> {
    return this.unitOfWork.read(async (tx) => {
      const found = await this.samples.list(tx, filter, after, limit + 1);
      return this.see(tx, actor, found);
    });
  }

  /**
   * Says whether a keep was right.
   *
   * @throws ClosingError `sample_not_found`, `review_not_open`, `own_decision`, `sample_settled`,
   *   `not_the_second_reviewer`
   */
  settle(actor: Actor, itemId: Id<'reviewItem'>, told: Verdict): Promise<SeenSample> {
    return this.unitOfWork.run(async (tx) => {
      const { before, looker, reviewerLive } = await this.lock(tx, actor, itemId);
      const after = settle(before, looker, reviewerLive, told, this.clock.now());
      await this.samples.save(tx, after);
      await this.audit.append(tx, {
        type: 'review.sample-decided',
        actor,
        subject: itemId,
        before: { sample: sampleImage(before) },
        after: { sample: sampleImage(after) },
      });
      return (await this.see(tx, actor, [await this.samples.get(tx, itemId)]))[0]!;
    });
  }

  /** A sample for change, its campaign held open, and what whoever is at it is to it. */
  async lock(tx: Tx, actor: Actor, itemId: Id<'reviewItem'>) {
    const { campaignId } = await this.samples.get(tx, itemId);
    const campaign = await this.campaigns.hold(tx, campaignId);
    if (campaign.state !== 'open')
      throw new ClosingError('review_not_open', `The review is ${campaign.state}: only an open one goes on.`);
    const before = await this.samples.lock(tx, itemId);
    const item = await this.items.get(tx, itemId);
    const looker = await this.lookerOf(tx, actor, campaign, item);
    const { live } = await this.samples.lookers(tx, [], before.reviewerId === null ? [] : [before.reviewerId]);
    const reviewerLive = before.reviewerId !== null && live.has(before.reviewerId);
    return { campaign, before, item, looker, reviewerLive };
  }

  async see(tx: Tx, actor: Actor, found: readonly ListedSample[]): Promise<SeenSample[]> {
    const campaigns = await this.campaigns.findAll(tx, [...new Set(found.map(({ campaignId }) => campaignId))]);
    const reviewers = found.map(({ reviewerId }) => reviewerId).filter((id) => id !== null);
    const { live } = await this.samples.lookers(tx, [], reviewers);
    const seen: SeenSample[] = [];
    for (const sample of found) {
      const campaign = campaigns.get(sample.campaignId)!;
      const mayLook = campaign.state === 'open' && sample.state === 'open' && this.mightLook(actor, campaign, sample);
      const item = mayLook ? await this.items.get(tx, sample.itemId) : undefined;
      const looker = item && (await this.lookerOf(tx, actor, campaign, item));
      const reviewerLive = sample.reviewerId !== null && live.has(sample.reviewerId);
      seen.push({ sample, canDecide: looker !== undefined && maySettle(sample, looker, reviewerLive) });
    }
    return seen;
  }

  /** Spares most rows of a list the question who is tied to whom. */
  private mightLook({ principal }: Actor, campaign: Campaign, { reviewerId }: Sample): boolean {
    if (principal.kind !== 'person') return false;
    return (
      principal.id === reviewerId || principal.id === campaign.ownerId || rolesOf(principal).includes('administrator')
    );
  }

  private async lookerOf(tx: Tx, { principal }: Actor, campaign: Campaign, item: ReviewItem): Promise<Looker> {
    if (principal.kind !== 'person')
      throw new ClosingError('not_the_second_reviewer', 'Only a person takes a second look; sign in as one.');
    const apart = apartFrom(item);
    const isTied = await this.ties.of(tx, campaign, [principal.id, ...apart]);
    const stepsIn = principal.id === campaign.ownerId || rolesOf(principal).includes('administrator');
    return { id: principal.id, stepsIn, tied: isTied(principal.id, apart) };
  }

  private async seconds(tx: Tx, campaign: Campaign, drawn: readonly ReviewItem[]) {
    const backups = drawn.map(({ backupId }) => backupId).filter((id) => id !== null);
    const { teams, administrators, live } = await this.samples.lookers(tx, [...new Set(drawn.map(teamOf))], backups);
    const candidates = [...backups, ...[...teams.values()].flat(), ...administrators];
    const isTied = await this.ties.of(tx, campaign, [...candidates, ...drawn.flatMap(apartFrom)]);
    return (item: ReviewItem, turn: number): Id<'person'> | null => {
      const backup = item.backupId !== null && live.has(item.backupId) ? item.backupId : null;
      const circles = { backup, team: teams.get(teamOf(item)) ?? [], administrators };
      return secondReviewer(circles, (id) => isTied(id, apartFrom(item)), turn);
    };
  }
}

/** Whoever decided about an item, and whoever may never decide about it. */
function apartFrom({ barred, decision }: ReviewItem): readonly string[] {
  return [...(decision === null ? [] : [decision.by]), ...barred];
}

function teamOf({ evidence }: ReviewItem): string {
  return evidence.identity.teamId;
}

function fresh({ id, campaignId }: ReviewItem, at: Date): Sample {
  return {
    itemId: id,
    campaignId,
    reviewerId: null,
    state: 'open',
    reason: null,
    chosenAt: at,
    decidedBy: null,
    decidedAt: null,
    version: 1,
  };
}
