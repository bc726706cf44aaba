import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import type { Rotation } from '../domain/rotation.js';

/** Port: when what has a schedule is due. */
@Injectable()
export abstract class Timetable {
  /**
   * Reads a rotation's schedule, calendars and pair, and says when it is due next; null for by hand only.
   *
   * @throws ScheduleError, CalendarError where they cannot be read
   */
  abstract nextDue(tx: Tx, rotation: Rotation, at: Date): Promise<Date | null>;
}
