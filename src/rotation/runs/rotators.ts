import { Injectable } from '@nestjs/common';
import { TargetDoors, type Rotator } from '../../targets/index.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation } from '../domain/rotation.js';

/** What rotates the credentials of a duty, on its target or in Muster itself. */
@Injectable()
export class Rotators {
  constructor(private readonly doors: TargetDoors) {}

  /** Lends it for as long as the work goes on. @throws TargetError, EgressError what keeps one out of the target */
  within<Result>(
    { targetId }: Pick<Rotation, 'targetId'>,
    work: (rotator: Rotator) => Promise<Result>,
  ): Promise<Result> {
    if (targetId === null)
      throw new RotationError('accounts_unfit', 'Name a target: Muster’s own certificates are not rotated yet.');
    return this.doors.rotating(targetId, work);
  }

  /** Whether an account whose secret nobody here knows is shut, by looking at the target. */
  async isShut({ targetId }: Pick<Rotation, 'targetId'>, account: string): Promise<boolean> {
    if (targetId === null) return true;
    const { canLogin } = await this.doors.within(targetId, (inside) => inside.observe(account));
    return !canLogin;
  }
}
