import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import { ReviewsError } from '../../domain/errors.js';
import type { Scope } from '../../domain/scope.js';
import { requireSupport, type RiskAnalysis } from '../../risk-analyses/domain/risk-analysis.js';
import { SchedulesError } from './errors.js';

export const SCHEDULE_STATUSES = ['active', 'paused'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** What a schedule says. */
export interface Cadence {
  readonly name: string;
  readonly scope: Scope;
  readonly everyDays: number;
  /** How long each campaign has. */
  readonly dueAfterDays: number;
  readonly ownerId: Id<'person'>;
  readonly managementId: Id<'person'>;
  readonly riskAnalysisId: Id<'riskAnalysis'>;
  readonly samplePercent: number;
  /** When the next campaign starts. */
  readonly nextAt: Date;
}

/** Reviews that start by themselves. */
export interface Schedule extends Cadence {
  readonly id: Id<'reviewSchedule'>;
  readonly status: ScheduleStatus;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type ScheduleChange = {
  readonly [Field in keyof Cadence | 'status']?: Schedule[Field] | undefined;
};

/**
 * @param analysis the one it names; undefined where there is none
 * @throws FoundationError as `requireSupport`; SchedulesError `due_after_next`; ReviewsError `management_is_owner`
 */
export function create(
  cadence: Cadence & Pick<Schedule, 'id' | 'createdBy'>,
  analysis: RiskAnalysis | undefined,
  at: Date,
): Schedule {
  const schedule: Schedule = { ...cadence, status: 'active', version: 1, createdAt: at, changedAt: at };
  requireSound(schedule, analysis, at);
  return schedule;
}

/**
 * Changes a schedule. Whatever changes, an analysis must support what comes of it; only to pause needs none.
 *
 * @throws FoundationError as `requireSupport`; SchedulesError `due_after_next`; ReviewsError `management_is_owner`
 */
export function change(
  schedule: Schedule,
  wanted: ScheduleChange,
  analysis: RiskAnalysis | undefined,
  at: Date,
): Schedule {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const changed: Schedule = { ...schedule, ...(Object.fromEntries(given) as Partial<Schedule>) };
  const isPaused = given.length === 1 && wanted.status === 'paused';
  if (!isPaused) requireSound(changed, analysis, at);
  return { ...changed, version: schedule.version + 1, changedAt: at };
}

/** Another analysis takes the place of a schedule's, which then happens at least as often as that one supports. */
export function rest(schedule: Schedule, { id, everyDays }: RiskAnalysis, at: Date): Schedule {
  return {
    ...schedule,
    riskAnalysisId: id,
    everyDays: Math.min(schedule.everyDays, everyDays),
    dueAfterDays: Math.min(schedule.dueAfterDays, everyDays),
    version: schedule.version + 1,
    changedAt: at,
  };
}

/**
 * The schedule after what was due has started, or was passed over: its next instant is the first of its series that is
 * still to come, so that what was due several times meanwhile happens once.
 */
export function advance(schedule: Schedule, at: Date): Schedule {
  const period = schedule.everyDays * DAY_SECONDS;
  const passed = Math.max(0, Math.floor((at.getTime() - schedule.nextAt.getTime()) / 1000 / period));
  const nextAt = addSeconds(schedule.nextAt, (passed + 1) * period);
  return { ...schedule, nextAt, version: schedule.version + 1, changedAt: at };
}

function requireSound(schedule: Schedule, analysis: RiskAnalysis | undefined, at: Date): void {
  requireSupport(analysis, schedule.everyDays, at);
  if (schedule.dueAfterDays > schedule.everyDays)
    throw new SchedulesError('due_after_next', 'Let each review be due before the next one starts.');
  if (schedule.ownerId === schedule.managementId)
    throw new ReviewsError(
      'management_is_owner',
      'Name somebody else for management: who runs a review does not acknowledge it.',
    );
}
