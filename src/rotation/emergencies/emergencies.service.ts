import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, type Json, principalName } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Run } from '../domain/run.js';
import { RunBatches } from '../runs/run-batches.js';
import { EmergencyJobs } from './emergencies.jobs.js';
import { EmergenciesRepository, type Emergency, type EmergencyRun, NOT_YET } from './emergencies.repository.js';
import { EmergencyError } from './domain/errors.js';
import { inOrder, type Ordered, type Unrotatable } from './domain/order.js';
import type { EmergencyScope } from './domain/scope.js';
import { TouchedRepository } from './touched.repository.js';

/** Identities in one emergency at most; more are several. */
const MOST_TOUCHED = 20_000;
/** As many as a person reads. */
const MOST_HOSTS = 20;

/** What an emergency would do. */
export interface EmergencyPlan {
  readonly ordered: readonly Ordered[];
  readonly unrotatable: readonly Unrotatable[];
}

/** Rotating at once everything that one custodian, host, repository or leak touched. */
@Injectable()
export class RotationEmergencies {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly touched: TouchedRepository,
    private readonly emergencies: EmergenciesRepository,
    private readonly runs: RunBatches,
    private readonly jobs: EmergencyJobs,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** What it would rotate, in order, and what it cannot. @throws EmergencyError `scope_too_large` */
  preview(scope: EmergencyScope): Promise<EmergencyPlan> {
    return this.unitOfWork.read((tx) => this.plan(tx, scope, false));
  }

  /** How hosts are called that something was used from, some of those that begin so. */
  hosts(startsWith: string): Promise<string[]> {
    return this.unitOfWork.readOne((tx) => this.touched.hosts(tx, startsWith, MOST_HOSTS));
  }

  /**
   * Plans a run for everything that is touched, and lets them go in order, through freezes. What runs already goes on as part of
   * it, also where a calendar held it.
   *
   * @throws EmergencyError `scope_too_large`, `nothing_touched`
   */
  async start(actor: Actor, scope: EmergencyScope, reason: string): Promise<Emergency> {
    const emergency = await this.unitOfWork.run(async (tx) => {
      const { ordered, unrotatable } = await this.plan(tx, scope, true);
      if (ordered.length + unrotatable.length === 0)
        throw new EmergencyError('nothing_touched', 'Nothing that stands is touched by that: look at the scope again.');
      const [id, startedAt] = [this.ids.next('rotationEmergency'), this.clock.now()];
      const startedBy = principalName(actor.principal);
      await this.emergencies.insert(tx, { id, scope, reason, unrotatable, startedBy, startedAt });
      const { runs, released } = await this.begin(tx, actor, id, reason, ordered, startedAt);
      const after: Json = {
        ...{ id, scope: { ...scope } as Json, reason, started_by: startedBy, started_at: startedAt.toISOString() },
        run_ids: [...runs],
        released_run_ids: [...released],
        unrotatable_identity_ids: unrotatable.map(({ identity }) => identity.identityId),
      };
      const type = 'rotation.emergency-started';
      await this.audit.append(tx, { type, actor, subject: id, before: null, after });
      return this.emergencies.get(tx, id);
    });
    await this.jobs.soon();
    return emergency;
  }

  /** One more than `limit`, the newest first. */
  list(before: Id<'rotationEmergency'> | undefined, limit: number): Promise<Emergency[]> {
    return this.unitOfWork.readOne((tx) => this.emergencies.list(tx, before, limit + 1));
  }

  /** @throws EmergencyError `emergency_not_found` */
  get(id: Id<'rotationEmergency'>): Promise<Emergency> {
    return this.unitOfWork.readOne((tx) => this.emergencies.get(tx, id));
  }

  /** Its runs in their order, one more than `limit`. @throws EmergencyError `emergency_not_found` */
  runsOf(id: Id<'rotationEmergency'>, after: number, limit: number): Promise<EmergencyRun[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.emergencies.get(tx, id);
      return this.emergencies.listRuns(tx, id, after, limit + 1);
    });
  }

  private async plan(tx: Tx, scope: EmergencyScope, lock: boolean): Promise<EmergencyPlan> {
    const identities = await this.touched.identities(tx, scope, MOST_TOUCHED + 1);
    if (identities.length > MOST_TOUCHED)
      throw new EmergencyError(
        'scope_too_large',
        `That touches more than ${MOST_TOUCHED} identities: name less at once.`,
      );
    const rotations = await this.touched.rotations(
      tx,
      identities.map(({ identityId }) => identityId),
      lock,
    );
    return inOrder(identities, rotations);
  }

  private async begin(
    tx: Tx,
    actor: Actor,
    emergencyId: Id<'rotationEmergency'>,
    reason: string,
    ordered: readonly Ordered[],
    at: Date,
  ): Promise<{ readonly runs: readonly Id<'rotationRun'>[]; readonly released: readonly Id<'rotationRun'>[] }> {
    const live = await this.emergencies.liveRuns(
      tx,
      ordered.map(({ rotation }) => rotation.id),
    );
    const byRotation = new Map<Id<'rotation'>, Id<'rotationRun'>>(live.map(({ id, rotationId }) => [rotationId, id]));
    const wanted = ordered
      .filter(({ rotation }) => !byRotation.has(rotation.id))
      .map(({ rotation }) => ({ rotation, cause: 'emergency' as const, reason, emergencyId, dueAt: NOT_YET }));
    const begun: Run[] = await this.runs.begin(tx, actor, wanted);
    await this.runs.take(tx, begun);
    for (const { id, rotationId } of begun) byRotation.set(rotationId, id);
    const rows = ordered.map(({ identity, rotation, after }, index) => ({
      ...{ place: index + 1, runId: byRotation.get(rotation.id)!, touches: identity.touches },
      afterRunId: after === null ? null : byRotation.get(after)!,
    }));
    await this.emergencies.insertRuns(tx, emergencyId, rows);
    const liveIds = live.map(({ id }) => id);
    const released = await this.emergencies.releaseFrozen(tx, emergencyId, liveIds, at);
    return { runs: rows.map(({ runId }) => runId), released };
  }
}
