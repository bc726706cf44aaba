import { Injectable, type OnModuleInit } from '@nestjs/common';
import { addSeconds, HOUR_SECONDS, MINUTE_SECONDS } from '../kernel/index.js';
import { Jobs, SystemClock, UnitOfWork } from '../platform/index.js';
import { Refusals } from './refusals.js';
import { TokensRepository } from './tokens.repository.js';

const EVERY_SECONDS = 10 * MINUTE_SECONDS;
/** How long the use of a dead token is remembered, so that a clock set back an hour revives none (P19). */
const REMEMBERED_SECONDS = 2 * HOUR_SECONDS;

/** Forgets what no longer protects anything. Safe to run at any time. */
@Injectable()
export class AttestationJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: TokensRepository,
    private readonly refusals: Refusals,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('attestation.forget', EVERY_SECONDS, () => this.forget());
  }

  async forget(): Promise<void> {
    const before = addSeconds(this.clock.now(), -REMEMBERED_SECONDS);
    await this.unitOfWork.run((tx) => this.tokens.deleteExpired(tx, before));
    await this.refusals.prune();
  }
}
