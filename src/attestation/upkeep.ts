import { Injectable } from '@nestjs/common';
import { addSeconds, HOUR_SECONDS } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import { Refusals } from './refusals.js';
import { TokensRepository } from './tokens.repository.js';

/** How long the use of a dead token is remembered, so that a clock set back an hour revives none (P19). */
const REMEMBERED_SECONDS = 2 * HOUR_SECONDS;

/** Forgets what no longer protects anything. Safe to run at any time, and on several replicas at once. */
@Injectable()
export class AttestationUpkeep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: TokensRepository,
    private readonly refusals: Refusals,
    private readonly clock: SystemClock,
  ) {}

  async run(): Promise<void> {
    const before = addSeconds(this.clock.now(), -REMEMBERED_SECONDS);
    await this.unitOfWork.run((tx) => this.tokens.deleteExpired(tx, before));
    await this.refusals.prune();
  }
}
