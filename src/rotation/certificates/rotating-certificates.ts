import { Injectable } from '@nestjs/common';
import { CertificateRotation, type CertificateUse, type Renewal } from '../../issuance/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { renewAfterSeconds } from '../consumers/domain/renewal.js';
import { DutiesRepository } from './duties.repository.js';

/** What issuance asks of rotation: when a holder is to come again, and to note who uses what. */
@Injectable()
export class RotatingCertificates extends CertificateRotation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly duties: DutiesRepository,
    private readonly clock: SystemClock,
  ) {
    super();
  }

  /** Soon while a run waits to see its holder on the new one; what was renewed from a new one was seen. */
  async renewAfterSeconds({ identityId, certificateId, renewedId, naturalSeconds }: Renewal): Promise<number> {
    const duty = await this.unitOfWork.readOne((tx) => this.duties.find(tx, identityId, renewedId));
    if (!duty) return naturalSeconds;
    const isAwaited = duty.line !== null && !duty.shownIsNew;
    return Math.min(naturalSeconds, renewAfterSeconds(duty, certificateId, isAwaited, null, this.clock.now()));
  }

  used(tx: Tx, uses: readonly CertificateUse[]): Promise<void> {
    return this.duties.note(tx, uses);
  }
}
