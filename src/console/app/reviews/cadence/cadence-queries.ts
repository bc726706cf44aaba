import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type RiskAnalysis = Schema['RiskAnalysis'];
export type Schedule = Schema['ReviewSchedule'];
export type CalendarDate = Schema['ReviewCalendar']['items'][number];

const MOST = 200;

export const riskAnalysesQuery = queryOptions({
  queryKey: ['reviews', 'risk-analyses'],
  queryFn: () => answerOf(service.GET('/v1/risk-analyses', { params: { query: { limit: MOST } } })),
});

export const schedulesQuery = queryOptions({
  queryKey: ['reviews', 'schedules'],
  queryFn: () => answerOf(service.GET('/v1/review-schedules', { params: { query: { limit: MOST } } })),
});

/** @param from instant, RFC 3339; so is `to` */
export function calendarQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ['reviews', 'calendar', from, to],
    queryFn: () => answerOf(service.GET('/v1/review-calendar', { params: { query: { from, to } } })),
  });
}
