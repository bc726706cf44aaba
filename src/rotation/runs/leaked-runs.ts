import { Injectable } from '@nestjs/common';
import type { Actor, Id } from '../../kernel/index.js';
import { Runs } from './runs.service.js';

/** Rotates on suspicion what was found where no secret belongs, for the room that found it. */
@Injectable()
export class LeakedRuns {
  constructor(private readonly runs: Runs) {}

  /** @throws RotationError `rotation_not_found`, `run_live`, `identity_not_active` */
  async rotate(actor: Actor, rotationId: Id<'rotation'>, reason: string): Promise<void> {
    await this.runs.start(actor, rotationId, { cause: 'suspicion', reason });
  }
}
