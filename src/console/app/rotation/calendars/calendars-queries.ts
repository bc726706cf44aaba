import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type Calendar = Schema['Calendar'];
export type WholeCalendar = Schema['WholeCalendar'];
export type CalendarSource = WholeCalendar['kind'];
export type CalendarText = Schema['CalendarText'];
export type Session = Schema['CalendarSessions']['items'][number];

const MOST = 200;

export const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: async () => (await answerOf(service.GET('/v1/calendars', { params: { query: { limit: MOST } } }))).items,
});

/** A calendar as it was brought. */
export function calendarQuery(id: string) {
  return queryOptions({
    queryKey: ['calendars', id],
    queryFn: () => answerOf(service.GET('/v1/calendars/{id}', { params: { path: { id } } })),
  });
}

/** What one that is thought of would keep out of. */
export function calendarPreviewQuery(body: CalendarText) {
  return queryOptions({
    queryKey: ['calendars', 'preview', body],
    queryFn: ({ signal }) => answerOf(service.POST('/v1/calendars/preview', { body, signal })),
    retry: false,
  });
}

/** @param from instant, RFC 3339; so is `to` */
export function sessionsQuery(id: string, from: string, to: string) {
  return queryOptions({
    queryKey: ['calendars', id, 'sessions', from, to],
    queryFn: () =>
      answerOf(service.GET('/v1/calendars/{id}/sessions', { params: { path: { id }, query: { from, to } } })),
  });
}
