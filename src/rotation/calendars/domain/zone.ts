import { CalendarError } from './errors.js';

/** A stretch of time in which a zone's clocks are one offset away from UTC. */
interface Stretch {
  readonly from: number;
  /** Not itself part of it. */
  readonly to: number;
  readonly offset: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Known stretches begin here; before it the first one's offset is taken. */
const FIRST = Date.UTC(2000, 0, 1);
/** No zone has kept an offset for fewer days since (the shortest, Morocco's and Gaza's Ramadans, are some four weeks). */
const STEP = 10 * DAY;
/** No two offsets are further apart (UTC−12 and UTC+14). */
const WIDEST = 26 * HOUR;
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

const known = new Map<string, Zone>();

/**
 * An IANA time zone: which instant a wall clock means, and what it shows at an instant.
 *
 * Instants and wall times are milliseconds; a wall time is the instant at which a clock in UTC would show the same. What the
 * runtime knows of the zone is asked once and kept, so that an answer costs a search in a short list.
 */
export class Zone {
  private readonly stretches: Stretch[] = [];
  private readonly asked: Intl.DateTimeFormat;

  private constructor(readonly name: string) {
    this.asked = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** @throws CalendarError `zone_unknown` */
  static of(name: string): Zone {
    const found = known.get(name);
    if (found) return found;
    const zone = Zone.made(name);
    known.set(name, zone);
    return zone;
  }

  /** What a clock in the zone shows. */
  wallAt(instant: number): number {
    return instant + this.stretchAt(instant).offset;
  }

  /**
   * The instant a wall time means. One that happens twice means the first; one that the clocks leave out means the first
   * instant after the gap.
   */
  instantOf(wall: number): number {
    this.know(wall + WIDEST);
    // Stretches follow one another, so the first that ends after the wall time holds it, or begins after it was left out.
    for (let at = this.indexAt(wall - WIDEST); ; at += 1) {
      const { from, to, offset } = this.stretches[at]!;
      if (wall - offset < to) return at === 0 ? wall - offset : Math.max(wall - offset, from);
    }
  }

  private stretchAt(instant: number): Stretch {
    this.know(instant);
    return this.stretches[this.indexAt(instant)]!;
  }

  private indexAt(instant: number): number {
    let low = 0;
    let high = this.stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.stretches[middle]!.from <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Learns all stretches up to an instant; the last one is open until more is learned. */
  private know(until: number): void {
    let last = this.stretches.at(-1) ?? { from: FIRST, to: FIRST, offset: this.ask(FIRST) };
    if (last.to > until && this.stretches.length > 0) return;
    this.stretches.pop();
    let at = last.to;
    while (at <= until) {
      const next = at + STEP;
      const offset = this.ask(next);
      if (offset !== last.offset) {
        const change = this.changeWithin(at, next, last.offset);
        this.stretches.push({ ...last, to: change });
        last = { from: change, to: next, offset };
      }
      at = next;
    }
    this.stretches.push({ ...last, to: at });
  }

  /** To the second. */
  private changeWithin(before: number, after: number, offset: number): number {
    let low = before / 1000;
    let high = after / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.ask(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }

  private ask(instant: number): number {
    const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(this.asked.format(instant))!;
    const [, sign, hours = 0, minutes = 0, seconds = 0] = match;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  }

  private static made(name: string): Zone {
    try {
      if (!NAME.test(name)) throw new RangeError(name);
      return new Zone(name);
    } catch (cause) {
      const message = `There is no time zone "${name.slice(0, 64)}"; give its IANA name, like America/New_York.`;
      throw new CalendarError('zone_unknown', message, { cause });
    }
  }
}
