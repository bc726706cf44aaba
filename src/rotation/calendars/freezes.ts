import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { SystemClock, type Tx } from '../../platform/index.js';
import { CalendarsRepository, type CalendarVersion } from './calendars.repository.js';
import { CalendarError } from './domain/errors.js';
import { type ReadCalendar, readCalendar } from './domain/reading.js';
import { NO_SESSIONS, type Sessions, together } from './domain/sessions.js';

/** What several calendars say together. */
export interface Freeze {
  readonly sessions: Sessions;
  /** The first instant of which one of them knows nothing any more; null where all hold for ever. */
  readonly coveredUntil: Date | null;
}

const NO_FREEZE: Freeze = { sessions: NO_SESSIONS, coveredUntil: null };
const REMEMBERED = 1_000;

/** Calendars as they hold now: each is read once a version and a year, for as long as it stands. */
@Injectable()
export class Freezes {
  private readonly read = new Map<string, ReadCalendar>();

  constructor(
    private readonly calendars: CalendarsRepository,
    private readonly clock: SystemClock,
  ) {}

  /**
   * When nothing may begin by any of some calendars.
   *
   * @throws CalendarError `calendar_not_found`
   */
  async of(tx: Tx, ids: readonly Id<'calendar'>[]): Promise<Freeze> {
    return ids.length === 0 ? NO_FREEZE : (await this.ofEach(tx, [ids]))[0]!;
  }

  /** As `of`, and nobody changes them until the transaction ends. */
  async held(tx: Tx, ids: readonly Id<'calendar'>[]): Promise<Freeze> {
    if (ids.length === 0) return NO_FREEZE;
    return this.compose(tx, ids, byId(await this.calendars.hold(tx, ids)));
  }

  /** As `of`, of several at once. */
  async ofEach(tx: Tx, all: readonly (readonly Id<'calendar'>[])[]): Promise<Freeze[]> {
    const ids = [...new Set(all.flat())];
    if (ids.length === 0) return all.map(() => NO_FREEZE);
    const versions = byId(await this.calendars.versions(tx, ids));
    const freezes: Freeze[] = [];
    const composed = new Map<string, Freeze>();
    for (const one of all) {
      const key = one.join();
      if (!composed.has(key)) composed.set(key, await this.compose(tx, one, versions));
      freezes.push(composed.get(key)!);
    }
    return freezes;
  }

  private async compose(
    tx: Tx,
    ids: readonly Id<'calendar'>[],
    versions: ReadonlyMap<Id<'calendar'>, number>,
  ): Promise<Freeze> {
    if (ids.length === 0) return NO_FREEZE;
    const all: ReadCalendar[] = [];
    for (const id of ids) all.push(await this.readOne(tx, id, versions.get(id)));
    const covered = all.flatMap(({ coveredUntil }) => coveredUntil?.getTime() ?? []);
    return {
      sessions: together(all.map(({ sessions }) => sessions)),
      coveredUntil: covered.length === 0 ? null : new Date(Math.min(...covered)),
    };
  }

  private async readOne(tx: Tx, id: Id<'calendar'>, version: number | undefined): Promise<ReadCalendar> {
    if (version === undefined)
      throw new CalendarError('calendar_not_found', 'No calendar has that id. GET /v1/calendars lists them.');
    const at = this.clock.now();
    const key = `${id} ${version} ${at.getUTCFullYear()}`;
    const known = this.read.get(key);
    if (known) return known;
    const calendar = await this.calendars.get(tx, id);
    const read = readCalendar(calendar, at);
    if (this.read.size >= REMEMBERED) this.read.clear();
    if (calendar.version === version) this.read.set(key, read);
    return read;
  }
}

function byId(versions: readonly CalendarVersion[]): ReadonlyMap<Id<'calendar'>, number> {
  return new Map(versions.map(({ id, version }) => [id, version]));
}
