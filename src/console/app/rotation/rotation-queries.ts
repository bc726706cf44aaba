import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Rotation = Schema['Rotation'];
export type RotationSchedule = Schema['RotationSchedule'];
export type Run = Schema['RotationRun'];
export type WholeRun = Schema['WholeRotationRun'];
export type RunState = Run['state'];
export type Sink = Schema['RotationSink'];

const PAGE = 50;
const FEW = 20;
const LIVE_MILLISECONDS = 1_000;
const WAITING_MILLISECONDS = 10_000;
const STUCK_MILLISECONDS = 60_000;

const at = (id: string) => ({ path: { id } });

/** Under way, and changing by itself. */
const MOVING: ReadonlySet<RunState> = new Set(['planned', 'running', 'held']);

/** How soon to look again at runs of these states; `false` where none moves by itself. */
function again(states: readonly (RunState | undefined)[]): number | false {
  if (states.some((state) => state !== undefined && MOVING.has(state))) return LIVE_MILLISECONDS;
  return states.includes('stuck') ? WAITING_MILLISECONDS : false;
}

export const ROTATION_FILTERS = ['identityId', 'targetId', 'pair'] as const;
export type RotationFilters = Partial<Record<(typeof ROTATION_FILTERS)[number], string>>;

/** What rotates. Looks again by itself while a run of it is under way. */
export function rotationsQuery(filters: RotationFilters) {
  return infiniteQueryOptions({
    queryKey: ['rotation', 'list', filters],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/rotations', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const runs = state.data?.pages.flatMap(({ items }) => items.map(({ run }) => run?.state)) ?? [];
      return again(runs) === false ? false : WAITING_MILLISECONDS;
    },
  });
}

export function rotationQuery(id: string) {
  return queryOptions({
    queryKey: ['rotation', 'one', id],
    queryFn: () => answerOf(service.GET('/v1/rotations/{id}', { params: at(id) })),
    refetchInterval: ({ state }) => again([state.data?.run?.state]),
  });
}

export interface RunFilters {
  readonly state?: RunState;
  readonly rotationId?: string;
}

/** Runs, the newest first. */
export function runsQuery(filters: RunFilters) {
  return infiniteQueryOptions({
    queryKey: ['rotation', 'runs', filters],
    queryFn: ({ pageParam, signal }) => {
      const limit = filters.rotationId === undefined ? PAGE : FEW;
      const query = { ...filters, limit, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/rotation-runs', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) =>
      again(state.data?.pages.flatMap(({ items }) => items.map((run) => run.state)) ?? []) && WAITING_MILLISECONDS,
  });
}

/** What only a human takes further. */
export const stuckQuery = queryOptions({
  queryKey: ['rotation', 'stuck'],
  queryFn: async () => {
    const query = { state: 'stuck' as const, limit: FEW };
    return (await answerOf(service.GET('/v1/rotation-runs', { params: { query } }))).items;
  },
  refetchInterval: STUCK_MILLISECONDS,
});

/** A run as it goes: it is looked at again as long as it is under way. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['rotation', 'run', id],
    queryFn: () => answerOf(service.GET('/v1/rotation-runs/{id}', { params: at(id) })),
    refetchInterval: ({ state }) => again([state.data?.state]),
  });
}

const CONSENTS = 100;

/** What somebody asked a second person: to override a run, or to forget whom a rotation waits for. The newest first. */
export function consentsQuery(action: 'rotation.override' | 'rotation.forget', subject: string) {
  return queryOptions({
    queryKey: ['approvals', 'of', action, subject],
    queryFn: async () => {
      const query = { subject, action, limit: CONSENTS };
      return (await answerOf(service.GET('/v1/approvals', { params: { query } }))).items;
    },
    refetchInterval: ({ state }) =>
      state.data?.some((approval) => approval.state === 'pending') ? WAITING_MILLISECONDS : false,
  });
}

export function sinksQuery(rotationId: string) {
  return queryOptions({
    queryKey: ['rotation', 'sinks', rotationId],
    queryFn: async () => (await answerOf(service.GET('/v1/rotations/{id}/sinks', { params: at(rotationId) }))).items,
  });
}

/** What a schedule that is thought of would come to. */
export function schedulePreviewQuery({
  schedule,
  calendarIds,
  rotationId,
}: {
  readonly schedule: RotationSchedule;
  readonly calendarIds: readonly string[];
  readonly rotationId?: string | undefined;
}) {
  const body = { schedule, calendarIds: [...calendarIds], ...(rotationId !== undefined && { rotationId }) };
  return queryOptions({
    queryKey: ['rotation', 'preview', body],
    queryFn: ({ signal }) => answerOf(service.POST('/v1/rotation-plan/preview', { body, signal })),
    // What is not understood now is not understood a second later either.
    retry: false,
  });
}
