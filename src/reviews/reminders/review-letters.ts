import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type LeavingLetter, Letters, type Words } from '../../approvals/index.js';
import type { Id } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import type { Campaign } from '../domain/campaign.js';
import { statusAt } from '../risk-analyses/domain/risk-analysis.js';
import { RiskAnalysesRepository } from '../risk-analyses/risk-analyses.repository.js';
import type { Schedule } from '../schedules/domain/schedule.js';
import { SchedulesRepository } from '../schedules/schedules.repository.js';
import { noticeOf, remindersOf } from './domain/reminder.js';
import { acknowledging, attesting, given, lapsing, notStarting, reminding } from './domain/words.js';
import { RemindersRepository } from './reminders.repository.js';

/** Writes to people about reviews: one letter a person, a campaign and an occasion, however many items it is about. */
@Injectable()
export class ReviewLetters implements OnModuleInit {
  constructor(
    private readonly letters: Letters,
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly reminders: RemindersRepository,
    private readonly analyses: RiskAnalysesRepository,
    private readonly schedules: SchedulesRepository,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.defineOfCampaign('review-reminder', async (tx, campaign, { personId }) => {
      const waiting = await this.reminders.waitingFor(tx, campaign.id, personId);
      const at = this.clock.now();
      return reminding(
        remindersOf({ frozenAt: campaign.frozenAt ?? at, dueAt: campaign.dueAt }, at),
        waiting,
        campaign.dueAt,
      );
    });
    this.defineOfCampaign('review-given', async (tx, campaign, { personId }) =>
      given(await this.reminders.waitingFor(tx, campaign.id, personId), campaign.dueAt),
    );
    this.defineOfCampaign('review-attestation', async (tx, { id }, { personId }) =>
      attesting(await this.reminders.attestationsOf(tx, id, personId)),
    );
    this.defineOfCampaign('review-acknowledgement', async (_tx, campaign, { personId, occasion }) => {
      const isDone = campaign.acknowledgedDigest?.toString('hex') === occasion;
      return campaign.managementId === personId && !isDone ? acknowledging(campaign.id) : undefined;
    });
    this.letters.define('review-not-started', async ({ about }) =>
      this.unitOfWork.read(async (tx) => {
        const schedule = await this.schedules.find(tx, about as Id<'reviewSchedule'>);
        return schedule && schedule.status === 'active' && schedule.nextAt <= this.clock.now()
          ? notStarting()
          : undefined;
      }),
    );
    this.letters.define('risk-analysis-lapses', async ({ about }) =>
      this.unitOfWork.read(async (tx) => {
        const at = this.clock.now();
        const analysis = await this.analyses.find(tx, about as Id<'riskAnalysis'>);
        const days = analysis && noticeOf(analysis.expiresAt, at);
        if (!analysis || days === undefined || ['draft', 'withdrawn'].includes(statusAt(analysis, at)))
          return undefined;
        return lapsing(days);
      }),
    );
  }

  /** Reminds people of a campaign; what it says is found out when it leaves. */
  remind(tx: Tx, { id }: Campaign, people: readonly Id<'person'>[], occasion: string): Promise<void> {
    return this.letters.write(tx, 'review-reminder', id, people, occasion);
  }

  /** Somebody handed items on to these people. @param occasion of the hand-on: what several items have in common */
  given(tx: Tx, campaignId: Id<'campaign'>, people: readonly Id<'person'>[], occasion: string): Promise<void> {
    return this.letters.write(tx, 'review-given', campaignId, people, occasion);
  }

  /** Somebody's word is asked that things are done: a letter a day at most, however many things. */
  attestationAsked(tx: Tx, campaignId: Id<'campaign'>, people: readonly Id<'person'>[]): Promise<void> {
    const today = this.clock.now().toISOString().slice(0, 10);
    return this.letters.write(tx, 'review-attestation', campaignId, people, today);
  }

  /** It ties out, and waits for its management. @param digest hexadecimal, of what they would acknowledge */
  acknowledgementDue(tx: Tx, { id, managementId }: Campaign, digest: string): Promise<void> {
    return this.letters.write(tx, 'review-acknowledgement', id, [managementId], digest);
  }

  /** A schedule could not start what is due. */
  notStarted(tx: Tx, { id, ownerId, managementId, nextAt }: Schedule): Promise<void> {
    return this.letters.write(tx, 'review-not-started', id, [ownerId, managementId], nextAt.toISOString());
  }

  /** @param occasion which of its notices it is */
  lapses(tx: Tx, id: Id<'riskAnalysis'>, people: readonly Id<'person'>[], occasion: string): Promise<void> {
    return this.letters.write(tx, 'risk-analysis-lapses', id, people, occasion);
  }

  /** Letters about a campaign have something to say only while it is open. */
  private defineOfCampaign(
    kind: string,
    words: (tx: Tx, campaign: Campaign, letter: LeavingLetter) => Promise<Words | undefined>,
  ): void {
    this.letters.define(kind, (letter) =>
      this.unitOfWork.read(async (tx) => {
        const campaign = await this.campaigns.get(tx, letter.about as Id<'campaign'>);
        return campaign.state === 'open' ? words(tx, campaign, letter) : undefined;
      }),
    );
  }
}
