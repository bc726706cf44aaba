import { DAY_SECONDS, MINUTE_SECONDS } from '../../../kernel/index.js';
import { tradingDaysOf } from '../exchanges/exchanges.js';
import type { CalendarText } from './calendar.js';
import { readICalendar } from './icalendar.js';
import { merged, type Sessions, sessionsOf } from './sessions.js';
import { coveredUntil, readTradingDays, type TradingDays, TradingSessions } from './trading-days.js';
import { Zone } from './zone.js';

/** A calendar that was read: when nothing may begin by it, and how far that is known. */
export interface ReadCalendar {
  readonly sessions: Sessions;
  readonly zone: string;
  /** Where it can be looked up; null where nobody said. */
  readonly source: string | null;
  /** The first instant about which nothing is known any more; null where it holds for ever. */
  readonly coveredUntil: Date | null;
}

const DAY = DAY_SECONDS * 1000;
const MINUTE = MINUTE_SECONDS * 1000;
/** How far an iCalendar is followed: a year back, and so far ahead that every plan ends before. */
const BEHIND = 366 * DAY;
const AHEAD = 6 * 366 * DAY;

/** @throws CalendarError `calendar_invalid`, `calendar_too_large`, `zone_unknown` */
export function readCalendar({ source, beforeMinutes, afterMinutes }: CalendarText, at: Date): ReadCalendar {
  switch (source.kind) {
    case 'exchange':
      return readDays(tradingDaysOf(source.exchange), beforeMinutes, afterMinutes);
    case 'trading-days':
      return readDays(readTradingDays(source.content), beforeMinutes, afterMinutes);
    case 'icalendar': {
      const zone = Zone.of(source.zone);
      const horizon = { from: at.getTime() - BEHIND, to: at.getTime() + AHEAD };
      const busy = readICalendar(source.content, zone, horizon).map(({ from, to }) => ({
        from: from - beforeMinutes * MINUTE,
        to: to + afterMinutes * MINUTE,
      }));
      return { sessions: sessionsOf(merged(busy)), zone: zone.name, source: null, coveredUntil: new Date(horizon.to) };
    }
  }
}

function readDays(days: TradingDays, beforeMinutes: number, afterMinutes: number): ReadCalendar {
  const until = coveredUntil(days);
  return {
    sessions: new TradingSessions(days, beforeMinutes, afterMinutes),
    zone: days.zone,
    source: days.source ?? null,
    coveredUntil: until === null ? null : new Date(until),
  };
}
