import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type Calendar = Schema['Calendar'];
export type CalendarSource = Schema['WholeCalendar']['kind'];
export type Session = Schema['CalendarSessions']['items'][number];

const MOST = 200;

export const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: async () => (await answerOf(service.GET('/v1/calendars', { params: { query: { limit: MOST } } }))).items,
});

/** @param from instant, RFC 3339; so is `to` */
export function sessionsQuery(id: string, from: string, to: string) {
  return queryOptions({
    queryKey: ['calendars', id, 'sessions', from, to],
    queryFn: () =>
      answerOf(service.GET('/v1/calendars/{id}/sessions', { params: { path: { id }, query: { from, to } } })),
  });
}
