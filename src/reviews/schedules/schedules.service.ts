import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { scopeCondition } from '../campaigns/domain/scope-condition.js';
import { ReviewsError } from '../domain/errors.js';
import type { Scope } from '../domain/scope.js';
import type { RiskAnalysis } from '../risk-analyses/domain/risk-analysis.js';
import { RiskAnalysesRepository } from '../risk-analyses/risk-analyses.repository.js';
import { scheduleImage } from './domain/images.js';
import { type Cadence, change, create, type Schedule, type ScheduleChange } from './domain/schedule.js';
import { SchedulesRepository } from './schedules.repository.js';

export interface NewSchedule extends Omit<Cadence, 'ownerId' | 'riskAnalysisId' | 'nextAt'> {
  /** The caller, unless somebody else is named. */
  readonly ownerId: Id<'person'> | undefined;
  readonly riskAnalysisId: Id<'riskAnalysis'> | undefined;
  /** At once, unless said. */
  readonly nextAt: Date | undefined;
}

/** A schedule, what it rests on, and the instant at which both are shown. */
export interface SeenSchedule {
  readonly schedule: Schedule;
  readonly analysis: RiskAnalysis;
  readonly at: Date;
}

/** Reviews that start by themselves. Locks are taken in one order everywhere: the analysis, then what rests on it. */
@Injectable()
export class Schedules {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly schedules: SchedulesRepository,
    private readonly analyses: RiskAnalysesRepository,
    private readonly people: People,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, the newest first. */
  list(before: Id<'reviewSchedule'> | undefined, limit: number): Promise<SeenSchedule[]> {
    return this.unitOfWork.read(async (tx) => {
      const schedules = await this.schedules.list(tx, before, limit + 1);
      return Promise.all(schedules.map((schedule) => this.seen(tx, schedule)));
    });
  }

  /** @throws SchedulesError `schedule_not_found` */
  get(id: Id<'reviewSchedule'>): Promise<SeenSchedule> {
    return this.unitOfWork.read(async (tx) => this.seen(tx, await this.schedules.get(tx, id)));
  }

  /**
   * @throws FoundationError `risk_analysis_needed`, `risk_analysis_expired`, `too_seldom`; SchedulesError
   *   `due_after_next`, `schedule_name_taken`; ReviewsError `management_is_owner`, `person_not_live`, `condition_invalid`
   */
  create(actor: Actor, wanted: NewSchedule): Promise<SeenSchedule> {
    const by = principalName(actor.principal);
    requireScope(wanted.scope);
    return this.unitOfWork.run(async (tx) => {
      const { ownerId = by as Id<'person'>, riskAnalysisId, nextAt = this.clock.now(), ...rest } = wanted;
      const analysis = riskAnalysisId && (await this.analyses.hold(tx, riskAnalysisId));
      const id = this.ids.next('reviewSchedule');
      const cadence = { ...rest, id, ownerId, nextAt, createdBy: by, riskAnalysisId: riskAnalysisId! };
      const schedule = create(cadence, analysis, this.clock.now());
      await this.requireLive(tx, schedule);
      await this.schedules.insert(tx, schedule);
      const after = scheduleImage(schedule);
      await this.audit.append(tx, { type: 'review-schedule.created', actor, subject: id, before: null, after });
      return { schedule, analysis: analysis!, at: schedule.changedAt };
    });
  }

  /**
   * @param version what the caller last saw
   * @throws as `create`; SchedulesError `schedule_not_found`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'reviewSchedule'>, version: number, wanted: ScheduleChange): Promise<SeenSchedule> {
    if (wanted.scope !== undefined) requireScope(wanted.scope);
    return this.unitOfWork.run(async (tx) => {
      const seen = await this.schedules.get(tx, id);
      const analysis = await this.analyses.hold(tx, wanted.riskAnalysisId ?? seen.riskAnalysisId);
      const schedule = await this.schedules.lock(tx, id);
      if (schedule.version !== version || seen.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this schedule meanwhile; read it again.');
      const changed = change(schedule, wanted, analysis, this.clock.now());
      await this.requireLive(tx, changed);
      await this.schedules.save(tx, changed);
      if (changed.riskAnalysisId !== schedule.riskAnalysisId)
        await this.inventory.replaceRiskAnalysis(tx, id, {
          riskAnalysisId: changed.riskAnalysisId,
          expiresAt: analysis!.expiresAt,
        });
      const images = { before: scheduleImage(schedule), after: scheduleImage(changed) };
      await this.audit.append(tx, { type: 'review-schedule.changed', actor, subject: id, ...images });
      return this.seen(tx, changed);
    });
  }

  /**
   * Has nothing start by it any more; what has started goes on.
   *
   * @throws SchedulesError `schedule_not_found`
   */
  remove(actor: Actor, id: Id<'reviewSchedule'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const schedule = await this.schedules.lock(tx, id);
      await this.schedules.remove(tx, schedule, this.clock.now());
      await this.inventory.replaceRiskAnalysis(tx, id, null);
      const before = scheduleImage(schedule);
      await this.audit.append(tx, { type: 'review-schedule.removed', actor, subject: id, before, after: null });
    });
  }

  private async seen(tx: Tx, schedule: Schedule): Promise<SeenSchedule> {
    return { schedule, analysis: await this.analyses.get(tx, schedule.riskAnalysisId), at: this.clock.now() };
  }

  private async requireLive(tx: Tx, { ownerId, managementId }: Schedule): Promise<void> {
    const live = await this.people.holdAllLive(tx, [ownerId, managementId]);
    if (!live.has(ownerId) || !live.has(managementId))
      throw new ReviewsError('person_not_live', 'Name an owner and a management who have signed in and not left.');
  }
}

/** @throws ReviewsError `condition_invalid` */
function requireScope({ condition }: Scope): void {
  if (condition !== undefined) scopeCondition(condition);
}
