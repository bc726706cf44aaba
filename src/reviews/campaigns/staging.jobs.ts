import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Jobs, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { Staging } from './staging.service.js';

const STAGE = 'reviews.stage';
const EVERY_SECONDS = 60;

/** Has campaigns frozen: each right after it began, and what a crash left behind within a minute. */
@Injectable()
export class StagingJobs implements OnModuleInit {
  private readonly logger = new Logger('Reviews');

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: CampaignsRepository,
    private readonly staging: Staging,
  ) {}

  onModuleInit(): void {
    this.jobs.define<{ readonly campaignId: Id<'campaign'> }>(STAGE, ({ campaignId }) =>
      this.staging.freeze(campaignId),
    );
    this.jobs.every('reviews.stage-rest', EVERY_SECONDS, () => this.stageRest());
  }

  /** Asks for a campaign to be frozen soon; where the queue cannot be asked, the recurring job finds it. */
  async ask(campaignId: Id<'campaign'>): Promise<void> {
    await this.jobs
      .enqueue(STAGE, { campaignId }, campaignId)
      .catch(() => this.logger.warn('The queue cannot be asked: a review begins up to a minute later.'));
  }

  async stageRest(): Promise<void> {
    const waiting = await this.unitOfWork.readOne((tx) => this.campaigns.listStaging(tx));
    for (const id of waiting) await this.staging.freeze(id);
  }
}
