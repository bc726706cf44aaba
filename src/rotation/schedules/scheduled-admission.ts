import { Injectable } from '@nestjs/common';
import { addSeconds, HOUR_SECONDS } from '../../kernel/index.js';
import { UnitOfWork } from '../../platform/index.js';
import { Freezes } from '../calendars/freezes.js';
import { freeFrom, NO_SESSIONS, type Sessions } from '../calendars/domain/sessions.js';
import type { Rotation } from '../domain/rotation.js';
import type { Run, RunCause, Step } from '../domain/run.js';
import { Admission, type Admitted } from '../runs/admission.js';
import { turnAmong } from './domain/course.js';
import { memberOf, scheduleOf } from './members.js';
import { type Standing, SchedulesRepository } from './schedules.repository.js';
import { nextBeginning } from './domain/schedule.js';

/**
 * Keeps a step from beginning within a session of the rotation's calendars, unless there is an emergency; and a run from
 * beginning beside its pair, or outside of the window that it was begun for.
 */
@Injectable()
export class ScheduledAdmission extends Admission {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly freezes: Freezes,
    private readonly schedules: SchedulesRepository,
  ) {
    super();
  }

  override async mayBegin(rotation: Rotation, step: Step, run: Run, at: Date): Promise<Admitted> {
    const begins = step === 'create' && run.direction === 'forth';
    const pairName = begins ? rotation.pair : null;
    const { sessions, pair } = await this.surrounding(
      run.cause === 'emergency' ? null : rotation.calendarIds,
      pairName,
    );
    const own = pair.find((one) => one.rotation.id === rotation.id);
    const others = pair.filter((one) => one.rotation.id !== rotation.id);
    if (sessions) {
      const free = freeFrom(sessions, at.getTime());
      if (free !== at.getTime()) return { may: false, code: 'frozen', until: dateOr(free, at) };
    }
    if (!begins) return { may: true };
    return heldByPair(own, others, run.cause, at) ?? heldByWindow(rotation, run, sessions, at) ?? { may: true };
  }

  /** @param calendarIds null where no freeze counts @param pair null where no pair does */
  private async surrounding(calendarIds: Rotation['calendarIds'] | null, pair: string | null): Promise<Surrounding> {
    if (pair === null && calendarIds?.length === 0) return { sessions: NO_SESSIONS, pair: [] };
    return this.unitOfWork.read(async (tx) => ({
      sessions: calendarIds === null ? undefined : (await this.freezes.of(tx, calendarIds)).sessions,
      pair: pair === null ? [] : await this.schedules.listPairs(tx, [pair]),
    }));
  }
}

/** What may keep a step from beginning. */
interface Surrounding {
  /** Undefined in an emergency. */
  readonly sessions: Sessions | undefined;
  readonly pair: readonly Standing[];
}

/** Only what began to act keeps another from beginning: of two that wait, one has to go first. */
function heldByPair(
  own: Standing | undefined,
  others: readonly Standing[],
  cause: RunCause,
  at: Date,
): Admitted | undefined {
  if (!own || others.length === 0) return undefined;
  const acting = (standing: Standing) => memberOf({ ...standing, newest: standing.acted }, { from: () => null });
  const kind = cause === 'emergency' ? 'emergency' : 'asked';
  const turn = turnAmong(acting(own), others.map(acting), kind, at.getTime());
  return turn.may ? undefined : { may: false, code: 'pair_busy', until: new Date(turn.until) };
}

/** What was begun by its schedule and could not act within its window waits for the next one. */
function heldByWindow(
  rotation: Rotation,
  { cause }: Run,
  freeze: Sessions | undefined,
  at: Date,
): Admitted | undefined {
  const schedule = scheduleOf(rotation);
  if (cause !== 'schedule' || schedule?.cron == null || !freeze) return undefined;
  const now = at.getTime();
  const byWindow = { ...schedule, maximumAgeMs: null };
  const since = now - schedule.windowMs;
  const around = { rotationId: rotation.id, freeze, since, bornAt: since };
  const next = nextBeginning(byWindow, around, now);
  return next && next.at <= now ? undefined : { may: false, code: 'frozen', until: dateOr(next?.at ?? null, at) };
}

/** Where no end is known, it is looked at again later. */
function dateOr(instant: number | null, at: Date): Date {
  return instant === null ? addSeconds(at, HOUR_SECONDS) : new Date(instant);
}
