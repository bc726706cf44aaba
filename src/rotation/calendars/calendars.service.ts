import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, DAY_SECONDS, type Id, principalName } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, UnitOfWork } from '../../platform/index.js';
import { CalendarsRepository } from './calendars.repository.js';
import { type Calendar, calendarImage, type CalendarText } from './domain/calendar.js';
import { type ReadCalendar, readCalendar } from './domain/reading.js';
import { sessionsWithin, type Stretch } from './domain/sessions.js';

/** A calendar, and what is read out of it. */
export interface SeenCalendar {
  readonly calendar: Calendar;
  readonly read: ReadCalendar;
}

/** What would be kept out of, if a calendar were set up so. */
export interface PreviewedCalendar {
  readonly read: ReadCalendar;
  readonly sessions: readonly Stretch[];
}

export type CalendarChange = { readonly [Field in keyof CalendarText]?: CalendarText[Field] | undefined };

/** Freezes at the end of a year are seen in its beginning. */
const PREVIEWED_MILLISECONDS = 400 * DAY_SECONDS * 1000;

/** Times in which nothing rotates. */
@Injectable()
export class Calendars {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly calendars: CalendarsRepository,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, the newest first. */
  async list(before: Id<'calendar'> | undefined, limit: number): Promise<SeenCalendar[]> {
    const calendars = await this.unitOfWork.readOne((tx) => this.calendars.list(tx, before, limit + 1));
    return calendars.map((calendar) => this.seen(calendar));
  }

  /** @throws CalendarError `calendar_not_found` */
  async get(id: Id<'calendar'>): Promise<SeenCalendar> {
    return this.seen(await this.unitOfWork.readOne((tx) => this.calendars.get(tx, id)));
  }

  /** What a calendar is called; undefined for what is not there. */
  findName(id: Id<'calendar'>): Promise<string | undefined> {
    return this.unitOfWork.readOne((tx) => this.calendars.findName(tx, id));
  }

  /** The sessions of a time, up to so many. @throws CalendarError `calendar_not_found` */
  async sessions(id: Id<'calendar'>, from: Date, to: Date, most: number): Promise<Stretch[]> {
    const { read } = await this.get(id);
    return sessionsWithin(read.sessions, { from: from.getTime(), to: to.getTime() }, most);
  }

  /**
   * Reads a calendar that is not set up yet, and its next sessions up to so many.
   *
   * @throws CalendarError `calendar_invalid`, `calendar_too_large`, `zone_unknown`
   */
  preview(wanted: Omit<CalendarText, 'name'>, most: number): PreviewedCalendar {
    const at = this.clock.now();
    const read = readCalendar({ ...wanted, name: '' }, at);
    const span = { from: at.getTime(), to: at.getTime() + PREVIEWED_MILLISECONDS };
    return { read, sessions: sessionsWithin(read.sessions, span, most) };
  }

  /** @throws CalendarError `calendar_invalid`, `calendar_too_large`, `zone_unknown`, `calendar_name_taken` */
  create(actor: Actor, wanted: CalendarText): Promise<SeenCalendar> {
    const [id, at] = [this.ids.next('calendar'), this.clock.now()];
    const made = { createdBy: principalName(actor.principal), createdAt: at, changedAt: at };
    const seen = this.seen({ ...wanted, id, version: 1, ...made });
    return this.unitOfWork.run(async (tx) => {
      await this.calendars.insert(tx, seen.calendar);
      const after = calendarImage(seen.calendar);
      await this.audit.append(tx, { type: 'calendar.created', actor, subject: id, before: null, after });
      return seen;
    });
  }

  /**
   * Changes a calendar; what keeps to it is due by what it says now, from the next turn on.
   *
   * @param version what the caller last saw
   * @throws as `create`; CalendarError `calendar_not_found`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'calendar'>, version: number, wanted: CalendarChange): Promise<SeenCalendar> {
    return this.unitOfWork.run(async (tx) => {
      const calendar = await this.calendars.lock(tx, id);
      if (calendar.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this calendar meanwhile; read it again.');
      const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
      const changed = { ...calendar, ...(Object.fromEntries(given) as Partial<CalendarText>) };
      const seen = this.seen({ ...changed, version: version + 1, changedAt: this.clock.now() });
      await this.calendars.save(tx, seen.calendar);
      await this.calendars.lookAgain(tx, id);
      const images = { before: calendarImage(calendar), after: calendarImage(seen.calendar) };
      await this.audit.append(tx, { type: 'calendar.changed', actor, subject: id, ...images });
      return seen;
    });
  }

  /** @throws CalendarError `calendar_not_found`, `calendar_in_use` */
  remove(actor: Actor, id: Id<'calendar'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const calendar = await this.calendars.lock(tx, id);
      await this.calendars.remove(tx, calendar, this.clock.now());
      const before = calendarImage(calendar);
      await this.audit.append(tx, { type: 'calendar.removed', actor, subject: id, before, after: null });
    });
  }

  private seen(calendar: Calendar): SeenCalendar {
    return { calendar, read: readCalendar(calendar, this.clock.now()) };
  }
}
