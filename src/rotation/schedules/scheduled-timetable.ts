import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { Freezes } from '../calendars/freezes.js';
import type { Rotation } from '../domain/rotation.js';
import { Timetable } from '../rotations/timetable.js';
import { nextOf } from './domain/course.js';
import { memberOf } from './members.js';
import { SchedulesRepository } from './schedules.repository.js';

/** When what has a schedule is due: by its cron, its window, its age and its calendars. Its pair is looked at when it is due. */
@Injectable()
export class ScheduledTimetable extends Timetable {
  constructor(
    private readonly freezes: Freezes,
    private readonly schedules: SchedulesRepository,
  ) {
    super();
  }

  override async nextDue(tx: Tx, rotation: Rotation, at: Date): Promise<Date | null> {
    const { sessions } = await this.freezes.held(tx, rotation.calendarIds);
    const [stored] = await this.schedules.listOf(tx, [rotation.id]);
    const standing = stored ?? { identityStatus: 'active', newest: null, acted: null, madeAt: null, owedSince: null };
    const next = nextOf(memberOf({ ...standing, rotation }, sessions), at.getTime());
    return next && new Date(next.at);
  }
}
