import { Injectable } from '@nestjs/common';
import type { Actor, Id } from '../../kernel/index.js';
import { UnitOfWork } from '../../platform/index.js';
import { RotationError } from '../domain/errors.js';
import type { RunCause } from '../domain/run.js';
import { RunsRepository } from './runs.repository.js';
import { Runs } from './runs.service.js';

/** Why one runs that replaces what somebody else may have. */
const REPLACES: readonly RunCause[] = ['emergency', 'suspicion'];

/** Rotates on suspicion what was found where no secret belongs, for the room that found it. */
@Injectable()
export class LeakedRuns {
  constructor(
    private readonly runs: Runs,
    private readonly repository: RunsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * One that is under way on suspicion already is taken for it: whoever asked may have died before they could note it.
   *
   * @throws RotationError `rotation_not_found`, `run_live` where one is under way for another cause, `identity_not_active`
   */
  async rotate(actor: Actor, rotationId: Id<'rotation'>, reason: string): Promise<void> {
    try {
      await this.runs.start(actor, rotationId, { cause: 'suspicion', reason });
    } catch (error) {
      if (!(error instanceof RotationError) || error.code !== 'run_live') throw error;
      const live = await this.unitOfWork.readOne((tx) => this.repository.findLive(tx, rotationId));
      if (live === undefined || !REPLACES.includes(live.cause)) throw error;
    }
  }
}
