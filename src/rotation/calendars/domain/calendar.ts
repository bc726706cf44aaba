import type { Id, Json } from '../../../kernel/index.js';
import type { Exchange } from '../exchanges/exchanges.js';

/** What a calendar is made of. */
export type CalendarContent =
  | { readonly kind: 'exchange'; readonly exchange: Exchange }
  | { readonly kind: 'trading-days'; readonly content: string }
  | { readonly kind: 'icalendar'; readonly content: string; readonly zone: string };

export const CALENDAR_KINDS = ['exchange', 'trading-days', 'icalendar'] as const;

/** What of a calendar people say. */
export interface CalendarText {
  readonly name: string;
  readonly source: CalendarContent;
  /** By how much each session is taken for longer, before and after. */
  readonly beforeMinutes: number;
  readonly afterMinutes: number;
}

/** Times in which nothing rotates. */
export interface Calendar extends CalendarText {
  readonly id: Id<'calendar'>;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What records keep of a calendar: its whole row. */
export function calendarImage({ source, ...calendar }: Calendar): Json {
  return {
    id: calendar.id,
    name: calendar.name,
    ...source,
    before_minutes: calendar.beforeMinutes,
    after_minutes: calendar.afterMinutes,
    version: calendar.version,
    created_by: calendar.createdBy,
    created_at: calendar.createdAt.toISOString(),
    changed_at: calendar.changedAt.toISOString(),
  };
}
