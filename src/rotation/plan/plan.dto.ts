import { z } from 'zod';
import {
  encodeCursor,
  idOf,
  instant,
  pageQuery,
  toInstant,
  toInstantOrNull,
  wholeNumber,
} from '../../platform/index.js';
import { rotationFields, scheduleSchema } from '../rotations/rotations.dto.js';
import { COVERAGES } from '../../targets/index.js';
import { PAIR_REASONS } from '../schedules/domain/pair.js';
import { MOST_COUNTED, PLAN_STANDINGS, type PlanPosition } from './plan.repository.js';
import type { Outlook } from './domain/plan.js';
import type { Plan, Planned } from './plan.service.js';

const MOST_DAYS = 400;
const MOST_ITEMS = 100;

export const planQuery = z.strictObject({
  days: wholeNumber(1, MOST_DAYS).default(30),
  standing: z
    .enum(PLAN_STANDINGS)
    .default('due')
    .describe('What is due within the days, what is overdue, or what has a schedule and is never due.'),
  rotationId: idOf('rotation').optional().describe('Of this one alone.'),
  limit: wholeNumber(1, MOST_ITEMS).default(25),
  cursor: pageQuery.cursor,
});

export const planPreviewBody = z.strictObject({
  schedule: scheduleSchema,
  calendarIds: rotationFields.calendarIds.default([]),
  days: z.int().min(1).max(MOST_DAYS).default(90),
  rotationId: idOf('rotation').optional().describe('Whose jitter it is; without, as of one that is not set up yet.'),
});

export const planPosition = z.tuple([z.string().max(64), z.string().max(64)]) as unknown as z.ZodType<PlanPosition>;

const count = z.int().describe(`At most ${MOST_COUNTED}: there may be more then.`);

const begins = z
  .array(
    z.strictObject({
      at: instant.describe('With its jitter.'),
      cause: z.enum(['schedule', 'maximum-age']),
      windowFrom: instant.nullable(),
      windowTo: instant.nullable(),
      held: z
        .strictObject({ code: z.enum(PAIR_REASONS), by: idOf('rotation'), until: instant })
        .nullable()
        .describe('Its pair keeps it from beginning then.'),
    }),
  )
  .describe('If every run takes as long as it observes.');
const more = z.boolean().describe('Whether it begins more often than is shown.');
const conflicts = z.array(
  z.strictObject({
    code: z.enum([
      ...([
        'never_free',
        'windows_frozen',
        'beyond_coverage',
        'only_by_age',
        'no_more_windows',
        'held_by_pair',
      ] as const),
    ]),
    words: z.string(),
  }),
);

export const planPreviewSchema = z.strictObject({ begins, more, conflicts }).meta({ id: 'SchedulePreview' });

const plannedSchema = z
  .strictObject({
    rotationId: idOf('rotation'),
    name: z.string(),
    identityId: idOf('identity'),
    identityName: z.string(),
    pair: z.string().nullable(),
    calendarIds: z.array(idOf('calendar')),
    nextDueAt: instant.nullable(),
    overdueSince: instant.nullable().describe('Since when it waits for a turn that it was kept from.'),
    coverage: z.enum(COVERAGES).nullable().describe('What the target could tell of who uses the old one, last time.'),
    begins,
    more,
    windows: z.strictObject({
      count: z.int().describe('At most 400.'),
      frozen: z.int().describe('Of them, those that sessions leave nothing of.'),
    }),
    conflicts,
    risks: z
      .array(z.strictObject({ code: z.string(), words: z.string(), consumer: z.string().nullable() }))
      .describe('Who would break, or hold it up.'),
  })
  .meta({ id: 'PlannedRotation' });

export const planSchema = z
  .strictObject({
    from: instant,
    to: instant,
    counts: z.strictObject({ due: count, overdue: count, never: count }),
    items: z.array(plannedSchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RotationPlan' });

export function showPlan({ from, to, counts, planned }: Plan, limit: number): z.input<typeof planSchema> {
  const shown = planned.slice(0, limit);
  const last = shown.at(-1);
  return {
    from: toInstant(from),
    to: toInstant(to),
    counts,
    items: shown.map(showPlanned),
    nextCursor: planned.length > limit && last ? encodeCursor([...last.position]) : null,
  };
}

function showPlanned({ rotation, outlook, ...planned }: Planned): z.input<typeof plannedSchema> {
  const { id, name, identityId, pair, calendarIds, nextDueAt } = rotation;
  return {
    ...{ rotationId: id, name, identityId, pair, calendarIds: [...calendarIds] },
    identityName: planned.identityName,
    nextDueAt: toInstantOrNull(nextDueAt),
    overdueSince: toInstantOrNull(planned.overdueSince),
    coverage: planned.coverage,
    ...{ ...showOutlook(outlook), windows: outlook.windows, risks: [...planned.risks] },
  };
}

export function showOutlook(outlook: Outlook): z.input<typeof planPreviewSchema> {
  const at = (instant: number) => toInstant(new Date(instant));
  return {
    begins: outlook.foreseen.map((one) => ({
      ...{ at: at(one.at), cause: one.cause },
      windowFrom: one.window && at(one.window.from),
      windowTo: one.window && at(one.window.to),
      held: one.held && { code: one.held.code, by: one.held.by, until: at(one.held.until) },
    })),
    ...{ more: outlook.more, conflicts: [...outlook.conflicts] },
  };
}
