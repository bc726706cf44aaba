import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { addSeconds, DAY_SECONDS, type Id, MINUTE_SECONDS, MusterError, systemActor } from '../../kernel/index.js';
import { Ids, Jobs, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { Campaigns } from '../campaigns/campaigns.service.js';
import { StagingJobs } from '../campaigns/staging.jobs.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewLetters } from '../reminders/review-letters.js';
import { supports } from '../risk-analyses/domain/risk-analysis.js';
import { RiskAnalysesRepository } from '../risk-analyses/risk-analyses.repository.js';
import { advance, type Schedule } from './domain/schedule.js';
import { SchedulesRepository } from './schedules.repository.js';

/**
 * Starts the campaigns that are due: each once, however many replicas run and wherever one dies, for the schedule moves on
 * in the transaction that its campaign begins in. A schedule whose risk analysis does not hold starts nothing, and those who
 * run it are told; it starts once another analysis has taken its place.
 */
@Injectable()
export class StartJobs implements OnModuleInit {
  private readonly logger = new Logger('Reviews');

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly schedules: SchedulesRepository,
    private readonly analyses: RiskAnalysesRepository,
    private readonly campaigns: Campaigns,
    private readonly stagingJobs: StagingJobs,
    private readonly letters: ReviewLetters,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('reviews.start', MINUTE_SECONDS, () => this.start());
  }

  async start(): Promise<void> {
    const due = await this.unitOfWork.readOne((tx) => this.schedules.listDue(tx, this.clock.now()));
    for (const id of due) await this.startOne(id);
  }

  /** One that cannot start holds nobody else up. */
  private async startOne(id: Id<'reviewSchedule'>): Promise<void> {
    try {
      const campaign = await this.unitOfWork.run((tx) => this.begin(tx, id));
      if (campaign) await this.stagingJobs.ask(campaign.id);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      this.logger.warn({ message: 'A schedule could not start its review.', schedule: id, code: error.code });
      await this.unitOfWork.run(async (tx) => {
        const schedule = await this.schedules.find(tx, id);
        if (schedule) await this.letters.notStarted(tx, schedule);
      });
    }
  }

  private async begin(tx: Tx, id: Id<'reviewSchedule'>): Promise<Campaign | undefined> {
    const at = this.clock.now();
    const seen = await this.schedules.find(tx, id);
    if (!seen) return undefined;
    const analysis = await this.analyses.hold(tx, seen.riskAnalysisId);
    const schedule = await this.schedules.lockDue(tx, id, at);
    if (!schedule || schedule.riskAnalysisId !== seen.riskAnalysisId) return undefined;
    if (!supports(analysis, schedule.everyDays, at)) {
      await this.letters.notStarted(tx, schedule);
      return undefined;
    }
    await this.schedules.save(tx, advance(schedule, at));
    return this.campaigns.begin(tx, systemActor('reviews', this.ids.next('request')), wantedBy(schedule, at));
  }
}

function wantedBy(schedule: Schedule, at: Date) {
  const { id, name, scope, ownerId, managementId, riskAnalysisId, samplePercent, dueAfterDays } = schedule;
  return {
    ...{ name: `${name}, ${at.toISOString().slice(0, 10)}`, scope, ownerId, managementId, samplePercent },
    ...{ scheduleId: id, riskAnalysisId, dueAt: addSeconds(at, dueAfterDays * DAY_SECONDS) },
  };
}
