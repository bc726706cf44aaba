import { Injectable, type OnModuleInit } from '@nestjs/common';
import { People } from '../../custodians/index.js';
import { addSeconds, HOUR_SECONDS, type Id } from '../../kernel/index.js';
import { Jobs, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { Closing } from '../closing/closing.service.js';
import type { Campaign } from '../domain/campaign.js';
import { RiskAnalysesRepository } from '../risk-analyses/risk-analyses.repository.js';
import { SchedulesRepository } from '../schedules/schedules.repository.js';
import { FIRST_NOTICE_SECONDS, LATE_NOTICE_SECONDS, noticeOf, remindersOf } from './domain/reminder.js';
import { RemindersRepository } from './reminders.repository.js';
import { ReviewLetters } from './review-letters.js';

const AT_ONCE = 100;

/**
 * Reminds people of what of reviews waits for them, and of analyses that lapse: each reminder once, however many replicas
 * run and whenever they restart.
 */
@Injectable()
export class ReviewRemindersJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly reminders: RemindersRepository,
    private readonly analyses: RiskAnalysesRepository,
    private readonly schedules: SchedulesRepository,
    private readonly closing: Closing,
    private readonly letters: ReviewLetters,
    private readonly people: People,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('reviews.remind', HOUR_SECONDS, () => this.remind());
  }

  async remind(): Promise<void> {
    for await (const campaign of this.open()) await this.unitOfWork.run((tx) => this.remindOf(tx, campaign));
    await this.unitOfWork.run((tx) => this.tellOfLapses(tx));
  }

  private async *open(): AsyncGenerator<Campaign> {
    for (let before: string | undefined; ;) {
      const page = await this.unitOfWork.readOne((tx) => this.campaigns.list(tx, { state: 'open' }, before, AT_ONCE));
      yield* page;
      if (page.length < AT_ONCE) return;
      before = page.at(-1)!.id;
    }
  }

  private async remindOf(tx: Tx, campaign: Campaign): Promise<void> {
    const { id, dueAt, frozenAt, ownerId } = campaign;
    const { readers, occasion } = remindersOf({ frozenAt: frozenAt ?? campaign.createdAt, dueAt }, this.clock.now());
    const people = new Set(await this.reminders.reviewersOf(tx, id));
    const managers = readers.includes('manager') ? await this.people.managersOf(tx, [...people]) : new Map();
    const backups = readers.includes('backup') ? await this.reminders.backupsOf(tx, id) : [];
    for (const one of [...backups, ...managers.values()] as (Id<'person'> | null)[]) if (one !== null) people.add(one);
    for (const one of await this.reminders.secondLookersOf(tx, id)) people.add(one);
    if (await this.reminders.hasOrphans(tx, id)) people.add(ownerId);
    await this.letters.remind(tx, campaign, [...people], occasion);
    if (people.size === 0) await this.tellManagement(tx, campaign);
  }

  /** Where everything is decided and it ties out, it waits for whoever acknowledges it, again where it has changed since. */
  private async tellManagement(tx: Tx, campaign: Campaign): Promise<void> {
    const { faults, digest } = await this.closing.standingOf(tx, campaign, this.clock.now());
    const isDone = campaign.acknowledgedDigest !== null && digest.equals(campaign.acknowledgedDigest);
    if (faults.length === 0 && !isDone) await this.letters.acknowledgementDue(tx, campaign, digest.toString('hex'));
  }

  private async tellOfLapses(tx: Tx): Promise<void> {
    const at = this.clock.now();
    const lapsing = await this.analyses.listExpiring(
      tx,
      addSeconds(at, -LATE_NOTICE_SECONDS),
      addSeconds(at, FIRST_NOTICE_SECONDS),
    );
    for (const { id, authorId, approverId, expiresAt } of lapsing) {
      const days = noticeOf(expiresAt, at);
      const owners = await this.schedules.ownersRestingOn(tx, id);
      const people = new Set([authorId, ...(approverId === null ? [] : [approverId]), ...owners]);
      await this.letters.lapses(tx, id, [...people], `${days} days`);
    }
  }
}
