import { Injectable } from '@nestjs/common';
import { Inventory } from '../inventory/index.js';
import { type Actor, addSeconds, type Id } from '../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { workloadOf } from './caller.js';
import { IssuanceError } from './domain/errors.js';
import { CertificateRotation } from './certificate-rotation.js';
import { mayFollow } from './domain/feed.js';
import { coverageOf, type ReportedCoverage, SILENT_SECONDS } from './domain/reporting.js';
import { type BatchArrival, UsagePointsRepository } from './usage-points.repository.js';

/** Uses of one certificate by one grant; more is reported than is kept yet. */
export interface ReportedUse {
  readonly serialNumber: string;
  readonly grant: Id<'grant'> | null;
  /** From where, as the point saw it. */
  readonly address: string;
  readonly lastAt: Date;
}

/** A numbered report of an enforcement point: numbers begin at 1 and leave none out, so that a lost one is known. */
export interface UsageBatch {
  /** Names one run of one point: numbers begin anew with every name. */
  readonly point: string;
  readonly number: number;
  readonly uses: readonly ReportedUse[];
  /** Whether the run ended in good order with it. */
  readonly last: boolean;
}

/** Takes reports of use. They are no records (decision 2): they tell when something was last used. */
@Injectable()
export class Usage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly points: UsagePointsRepository,
    private readonly rotation: CertificateRotation,
    private readonly clock: SystemClock,
  ) {}

  /** Counts a batch once, however often it is sent. @throws IssuanceError `feed_not_granted` */
  report(actor: Actor, batch: UsageBatch): Promise<BatchArrival> {
    const { identityId, scopes } = workloadOf(actor);
    return this.unitOfWork.run(async (tx) => {
      if (!mayFollow(await this.inventory.verifiedGrants(tx, identityId), scopes))
        throw new IssuanceError(
          'feed_not_granted',
          'Only enforcement points report use: have the grant added and verified.',
        );
      const arrival = await this.points.arrive(tx, identityId, batch, this.clock.now());
      if (arrival.accepted) await this.note(tx, identityId, batch.uses);
      return arrival;
    });
  }

  /** How much of the use of certificates since an instant is known by reports. */
  async coverage(since: Date): Promise<ReportedCoverage> {
    const runs = await this.unitOfWork.readOne((tx) => this.points.listRuns(tx, addSeconds(since, -SILENT_SECONDS)));
    return coverageOf(runs, since, this.clock.now());
  }

  /** What is not in our ledger is passed over: a point may also serve certificates of other authorities. */
  private async note(tx: Tx, pointId: Id<'identity'>, uses: readonly ReportedUse[]): Promise<void> {
    const ids = await this.inventory.certificateIdsOf(tx, [...new Set(uses.map(({ serialNumber }) => serialNumber))]);
    const known = uses.flatMap(({ serialNumber, grant, address, lastAt }) => {
      const credentialId = ids.get(serialNumber);
      const use = { credentialId: credentialId!, pointId, address, at: lastAt };
      return credentialId ? [{ ...use, ...(grant !== null && { grantId: grant }) }] : [];
    });
    if (known.length === 0) return;
    await this.inventory.recordUse(tx, known);
    await this.rotation.used(tx, known);
  }
}
