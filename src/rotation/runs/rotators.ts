import { Injectable } from '@nestjs/common';
import { type Id, MusterError } from '../../kernel/index.js';
import { type Pairing, TargetDoors, type Rotator } from '../../targets/index.js';
import { OwnCertificates } from '../certificates/own-certificates.js';
import type { Rotation } from '../domain/rotation.js';
import { AWAY } from './domain/trouble.js';
import { TargetTrouble } from './target-trouble.js';

/** What is to rotate, also before it is set up. */
export type Rotating = Pick<Rotation, 'targetId' | 'identityId'> & { readonly id?: Id<'rotation'> };

/** What rotates the credentials of a duty, on its target or in Muster itself. */
@Injectable()
export class Rotators {
  constructor(
    private readonly doors: TargetDoors,
    private readonly certificates: OwnCertificates,
    private readonly trouble: TargetTrouble,
  ) {}

  /**
   * Lends it for as long as the work goes on, and notes whether the target answered: only work that asks it anything is done here.
   *
   * @throws TargetError, EgressError what keeps one out of the target
   */
  async within<Result>(rotating: Rotating, work: (rotator: Rotator) => Promise<Result>): Promise<Result> {
    const { targetId } = rotating;
    if (targetId === null) return work(await this.certificates.rotator(rotating));
    try {
      const result = await this.doors.rotating(targetId, work);
      this.trouble.note(targetId, true, performance.now());
      return result;
    } catch (error) {
      if (error instanceof MusterError && AWAY.includes(error.code))
        this.trouble.note(targetId, false, performance.now());
      throw error;
    }
  }

  /** How a target keeps two credentials working at once, without asking it. @throws TargetError, EgressError as `within` */
  pairingOf(targetId: Id<'target'>): Promise<Pairing> {
    return this.doors.rotating(targetId, (rotator) => Promise.resolve(rotator.pairing));
  }
}
