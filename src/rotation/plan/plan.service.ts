import { Injectable } from '@nestjs/common';
import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { Freezes } from '../calendars/freezes.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation } from '../domain/rotation.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import type { Member } from '../schedules/domain/course.js';
import { readSchedule, type ScheduleText } from '../schedules/domain/schedule.js';
import { memberOf } from '../schedules/members.js';
import { SchedulesRepository, type Standing } from '../schedules/schedules.repository.js';
import { lookAhead, type Outlook } from './domain/plan.js';
import { type Risk, risksOf } from './domain/risks.js';
import { type Around, type PlanPosition, PlanRepository, type PlanStanding } from './plan.repository.js';

/** One rotation, and what becomes of it. */
export interface Planned {
  readonly rotation: Rotation;
  readonly identityName: string;
  readonly overdueSince: Date | null;
  readonly coverage: Around['coverage'];
  readonly outlook: Outlook;
  readonly risks: readonly Risk[];
  /** Where the page goes on after it. */
  readonly position: PlanPosition;
}

export interface Plan {
  readonly from: Date;
  readonly to: Date;
  readonly counts: Readonly<Record<PlanStanding, number>>;
  /** One more than was asked for, where there are more. */
  readonly planned: readonly Planned[];
}

/** A schedule that somebody thinks of. */
export interface Previewed {
  readonly schedule: ScheduleText;
  readonly calendarIds: readonly Id<'calendar'>[];
  readonly days: number;
  readonly rotationId?: Id<'rotation'> | undefined;
}

/** One as the schedules' rules know it, and how far its calendars are known. */
interface Seen {
  readonly pair: string | null;
  readonly member: Member;
  readonly coveredUntil: number | null;
}

/** Of what is not set up yet. */
const NONE: Id<'rotation'> = 'rot_';

/** As many of a pair as are looked at together. */
const MOST_OF_A_PAIR = 8;

/** What would rotate when, if nothing changed: nothing is begun by looking. */
@Injectable()
export class Plans {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly schedules: SchedulesRepository,
    private readonly rotations: RotationsRepository,
    private readonly freezes: Freezes,
    private readonly clock: SystemClock,
  ) {}

  /**
   * A page of what is due within some days, the first due first; of what is overdue; or of what never is.
   *
   * @throws CalendarError, ScheduleError where one of them cannot be read
   */
  list(days: number, standing: PlanStanding, after: PlanPosition | undefined, limit: number): Promise<Plan> {
    const [from, to] = this.span(days);
    return this.unitOfWork.read(async (tx) => {
      const found = await this.plans.list(tx, standing, to, after, limit + 1);
      const positions = new Map(found.map(({ id, at }) => [id, [at, id] as PlanPosition]));
      const planned = await this.planned(tx, [...positions.keys()], positions, from, to);
      return { from, to, counts: await this.plans.counts(tx, to), planned };
    });
  }

  /** Of one rotation. @throws RotationError `rotation_not_found` */
  one(days: number, id: Id<'rotation'>): Promise<Plan> {
    const [from, to] = this.span(days);
    return this.unitOfWork.read(async (tx) => {
      await this.rotations.get(tx, id);
      const planned = await this.planned(tx, [id], new Map([[id, ['-infinity', id]]]), from, to);
      if (planned.length === 0) throw new RotationError('rotation_not_found', 'No rotation has that id.');
      return { from, to, counts: await this.plans.counts(tx, to), planned };
    });
  }

  /**
   * What a schedule would come to, from now on and whatever pairs do.
   *
   * @throws CalendarError `calendar_not_found`, ScheduleError where one of them cannot be read
   */
  preview({ schedule, calendarIds, days, rotationId = NONE }: Previewed): Promise<Outlook> {
    const [from, to] = this.span(days).map(Number) as [number, number];
    const read = readSchedule(schedule);
    return this.unitOfWork.read(async (tx) => {
      const { sessions: freeze, coveredUntil } = await this.freezes.of(tx, calendarIds);
      const member: Member = {
        ...{ rotationId, schedule: read, freeze, observeMs: 0, since: from, bornAt: from },
        ...{ lastBegunAt: null, lastEndedAt: null, owedSince: null },
      };
      return lookAhead(member, [], coveredUntil?.getTime() ?? null, from, to);
    });
  }

  private span(days: number): [Date, Date] {
    const from = this.clock.now();
    return [from, addSeconds(from, days * DAY_SECONDS)];
  }

  private async planned(
    tx: Tx,
    ids: readonly Id<'rotation'>[],
    positions: ReadonlyMap<Id<'rotation'>, PlanPosition>,
    from: Date,
    to: Date,
  ): Promise<Planned[]> {
    if (ids.length === 0) return [];
    const standings = new Map((await this.schedules.listOf(tx, ids)).map((one) => [one.rotation.id, one]));
    const pairs = [...new Set([...standings.values()].flatMap(({ rotation }) => rotation.pair ?? []))];
    const inPairs = await this.seen(tx, await this.schedules.listPairs(tx, pairs));
    const own = await this.seen(tx, [...standings.values()]);
    const around = await this.plans.around(tx, ids);
    const consumers = await this.plans.consumers(tx, ids);
    const planned: Planned[] = [];
    for (const id of ids) {
      const standing = standings.get(id);
      const seen = own.find(({ member }) => member.rotationId === id);
      if (!standing || !seen) continue;
      const { rotation, identityStatus } = standing;
      const { identityName, ...known } = around.get(id)!;
      const others = inPairs.filter(({ member, pair }) => pair === rotation.pair && member.rotationId !== id);
      planned.push({
        ...{ rotation, identityName, coverage: known.coverage, position: positions.get(id)! },
        overdueSince: seen.member.owedSince === null ? null : new Date(seen.member.owedSince),
        outlook: lookAhead(
          seen.member,
          others.slice(0, MOST_OF_A_PAIR).map(({ member }) => member),
          seen.coveredUntil,
          from.getTime(),
          to.getTime(),
        ),
        risks: risksOf(rotation, {
          ...{ ...known, identityActive: identityStatus === 'active' },
          consumers: consumers.filter(({ rotationId }) => rotationId === id),
        }),
      });
    }
    return planned;
  }

  private async seen(tx: Tx, standings: readonly Standing[]): Promise<Seen[]> {
    const freezes = await this.freezes.ofEach(
      tx,
      standings.map(({ rotation }) => rotation.calendarIds),
    );
    return standings.map((standing, index) => ({
      pair: standing.rotation.pair,
      member: memberOf(standing, freezes[index]!.sessions),
      coveredUntil: freezes[index]!.coveredUntil?.getTime() ?? null,
    }));
  }
}
