import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { TargetDoors, type Rotator } from '../../targets/index.js';
import { OwnCertificates } from '../certificates/own-certificates.js';
import type { Rotation } from '../domain/rotation.js';

/** What is to rotate, also before it is set up. */
export type Rotating = Pick<Rotation, 'targetId' | 'identityId'> & { readonly id?: Id<'rotation'> };

/** What rotates the credentials of a duty, on its target or in Muster itself. */
@Injectable()
export class Rotators {
  constructor(
    private readonly doors: TargetDoors,
    private readonly certificates: OwnCertificates,
  ) {}

  /** Lends it for as long as the work goes on. @throws TargetError, EgressError what keeps one out of the target */
  async within<Result>(rotating: Rotating, work: (rotator: Rotator) => Promise<Result>): Promise<Result> {
    if (rotating.targetId === null) return work(await this.certificates.rotator(rotating));
    return this.doors.rotating(rotating.targetId, work);
  }
}
