import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { Freezes } from '../calendars/freezes.js';
import type { Rotation } from '../domain/rotation.js';
import type { Member } from './domain/course.js';
import { readSchedule, type Schedule, type ScheduleText } from './domain/schedule.js';
import type { Standing } from './schedules.repository.js';

/** Turns rows into what the schedules' rules know. */
@Injectable()
export class Members {
  constructor(private readonly freezes: Freezes) {}

  /** In the order given. @throws CalendarError `calendar_not_found` */
  async of(tx: Tx, standings: readonly Standing[]): Promise<Member[]> {
    const freezes = await this.freezes.ofEach(
      tx,
      standings.map(({ rotation }) => rotation.calendarIds),
    );
    return standings.map((standing, index) => memberOf(standing, freezes[index]!.sessions));
  }
}

/** @throws ScheduleError, CalendarError where the schedule cannot be read */
export function scheduleOf({ schedule }: Pick<Rotation, 'schedule'>): Schedule | null {
  return schedule === null ? null : readSchedule(schedule as unknown as ScheduleText);
}

/** A run that waits to begin counts as begun: whoever is due next to it waits for it. */
export function memberOf({ rotation, newest, acted, madeAt, owedSince }: Standing, freeze: Member['freeze']): Member {
  const last = newest && newest.endedAt === null ? newest : acted;
  const since = newest?.startedAt ?? rotation.createdAt;
  const bornAt = madeAt ?? rotation.rotatedAt ?? rotation.createdAt;
  const owed = owedSince !== null && owedSince > since ? owedSince : null;
  return {
    rotationId: rotation.id,
    schedule: scheduleOf(rotation),
    freeze,
    observeMs: rotation.observeSeconds * 1000,
    since: since.getTime(),
    bornAt: bornAt.getTime(),
    lastBegunAt: last?.startedAt.getTime() ?? null,
    lastEndedAt: last?.endedAt?.getTime() ?? null,
    owedSince: owed?.getTime() ?? null,
  };
}
