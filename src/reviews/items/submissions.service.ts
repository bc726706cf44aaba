import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { crashPoint, Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { requireOpen } from '../campaigns/domain/campaign.js';
import { translated } from '../constraints.js';
import { Samples } from '../closing/samples.service.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import type { ReviewItem } from '../domain/item.js';
import { ReviewLetters } from '../reminders/review-letters.js';
import { EffectPlans } from '../effects/effect-plans.js';
import { Deciders } from './deciders.js';
import { notLive, requireSuccessor } from './decisions.service.js';
import { consequencesOf } from './domain/consequences.js';
import { submit } from './domain/decision.js';
import { digestOf, type Submission, submittedImage } from './domain/submission.js';
import { ItemsRepository } from './items.repository.js';

/** What somebody would sign now. */
export interface StagedSubmission {
  readonly campaignId: Id<'campaign'>;
  readonly digest: Buffer;
  readonly items: readonly { readonly item: ReviewItem; readonly wouldDo: readonly string[] }[];
}

/** Makes noted decisions stand: everything that one person noted in one campaign, signed at one stroke. */
@Injectable()
export class Submissions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly items: ItemsRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly people: People,
    private readonly inventory: Inventory,
    private readonly deciders: Deciders,
    private readonly letters: ReviewLetters,
    private readonly plans: EffectPlans,
    private readonly samples: Samples,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** What the caller would sign now, in words and as a digest. @throws ReviewsError `campaign_not_found`, `not_yours` */
  preview(actor: Actor, campaignId: Id<'campaign'>): Promise<StagedSubmission> {
    return this.unitOfWork.read(async (tx) => {
      await this.campaigns.get(tx, campaignId);
      const staged = await this.items.listStagedBy(tx, campaignId, personOf(actor));
      return {
        campaignId,
        digest: digestOf(staged),
        items: staged.map((item) => ({ item, wouldDo: consequencesOf(item.decision!, item.evidence) })),
      };
    });
  }

  /**
   * Submits what the caller noted, provided that it is exactly what they saw: outcomes are final, and what they ask for is
   * done from then on; what was handed on is somebody else's to decide.
   *
   * @param seen the digest and number of the decisions that were shown and signed
   * @throws ReviewsError `campaign_not_found`, `campaign_not_open`, `nothing_staged`, `decisions_changed`, `own_request`,
   *   `not_yours`, `person_not_live`, `person_barred`
   */
  async submit(
    actor: Actor,
    campaignId: Id<'campaign'>,
    seen: { readonly digest: string; readonly count: number },
  ): Promise<Submission> {
    const by = personOf(actor);
    const submission = await translated(
      this.unitOfWork.run(async (tx) => {
        await this.holdAll(tx, by, await this.items.listStagedBy(tx, campaignId, by));
        const campaign = await this.campaigns.hold(tx, campaignId);
        requireOpen(campaign);
        const staged = await this.items.lockStagedBy(tx, campaignId, by);
        requireAsSeen(staged, seen);
        const at = this.clock.now();
        await this.requireAllowed(tx, campaign, staged, by, at);
        const digest = Buffer.from(seen.digest, 'hex');
        const submission = {
          id: this.ids.next('reviewSubmission'),
          campaignId,
          personId: by,
          digest,
          count: staged.length,
          at,
        };
        await this.carryOut(tx, campaign, submission, staged);
        await crashPoint('review', 1);
        await this.audit.append(tx, {
          type: 'review.submitted',
          actor,
          subject: campaignId,
          after: submittedImage(submission, staged),
        });
        return submission;
      }),
    );
    await crashPoint('review', 2);
    this.plans.soon();
    return submission;
  }

  private async carryOut(
    tx: Tx,
    campaign: Campaign,
    submission: Submission,
    staged: readonly ReviewItem[],
  ): Promise<void> {
    const { campaignId, id, at } = submission;
    const after = staged.map((item) => submit(item, id, at));
    await this.items.insertSubmission(tx, submission);
    await this.items.saveAll(tx, after);
    const ended = after.filter(({ state }) => state === 'submitted');
    const done = ended.map(({ identityId }) => identityId);
    await this.inventory.reviewDone(tx, campaignId, done);
    await this.letters.given(tx, campaignId, successors(staged), id);
    await this.plans.plan(tx, campaign, staged, at);
    await this.samples.draw(tx, campaign, after, at);
  }

  /** @throws ReviewsError `own_request`, `not_yours`, `person_barred` */
  private async requireAllowed(
    tx: Tx,
    campaign: Campaign,
    staged: readonly ReviewItem[],
    by: Id<'person'>,
    at: Date,
  ): Promise<void> {
    const placed = staged.map((item) => ({ item, campaign }));
    const deciding = await this.deciders.of(tx, placed, [by, ...successors(staged)], at);
    for (const one of placed) {
      deciding.require(one, by);
      requireSuccessor(deciding, one, by, one.item.decision?.to);
    }
  }

  /** Keeps whoever decides, and whoever shall, as they are until the transaction ends. @throws ReviewsError */
  private async holdAll(tx: Tx, by: Id<'person'>, staged: readonly ReviewItem[]): Promise<void> {
    const live = await this.people.holdAllLive(tx, [by, ...successors(staged)]);
    if (!live.has(by)) throw new ReviewsError('not_yours', 'Only people who are here decide.');
    const gone = successors(staged).find((id) => !live.has(id));
    if (gone !== undefined) throw notLive(gone);
  }
}

function successors(staged: readonly ReviewItem[]): Id<'person'>[] {
  return [...new Set(staged.map(({ decision }) => decision?.to ?? null).filter((id) => id !== null))];
}

/** @throws ReviewsError `nothing_staged`, `decisions_changed` */
function requireAsSeen(staged: readonly ReviewItem[], seen: { readonly digest: string; readonly count: number }): void {
  if (staged.length === 0)
    throw new ReviewsError('nothing_staged', 'Nothing that you noted in this review waits to be submitted.');
  if (staged.length !== seen.count || digestOf(staged).toString('hex') !== seen.digest)
    throw new ReviewsError('decisions_changed', 'Your decisions are not what was shown any more: look at them again.');
}

function personOf({ principal }: Actor): Id<'person'> {
  if (principal.kind !== 'person') throw new ReviewsError('not_yours', 'Only people decide; sign in as one.');
  return principal.id;
}
