import { z } from 'zod';
import { ROLES } from '../../kernel/index.js';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { type BreakGlass, endOf, MAX_SECONDS, reviewDueAt, stateOf } from './domain/break-glass.js';

const roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);

export const breakGlassQuery = z.strictObject({
  ...pageQuery,
  reviewed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

export const openingBody = z
  .strictObject({ reason: line(500), roles, durationSeconds: z.int().min(60).max(MAX_SECONDS) })
  .meta({ id: 'BreakGlassOpening' });

export const reviewBody = z.strictObject({ findings: line(2000) }).meta({ id: 'BreakGlassReview' });

export const breakGlassSchema = z
  .strictObject({
    id: idOf('breakGlass'),
    personId: idOf('person'),
    state: z.enum(['open', 'review-due', 'review-overdue', 'reviewed']),
    reason: z.string(),
    roles: z.array(z.enum(ROLES)),
    openedAt: instant,
    /** When it ends, or ended. */
    endsAt: instant,
    endedBy: z.string().nullable(),
    reviewDueAt: instant,
    reviewedAt: instant.nullable(),
    reviewedBy: idOf('person').nullable(),
    findings: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: 'BreakGlass' });

export function showBreakGlass(at: Date): (one: BreakGlass) => z.input<typeof breakGlassSchema> {
  return (one) => ({
    id: one.id,
    personId: one.personId,
    state: stateOf(one, at),
    reason: one.reason,
    roles: [...one.roles],
    openedAt: toInstant(one.openedAt),
    endsAt: toInstant(endOf(one)),
    endedBy: one.endedBy,
    reviewDueAt: toInstant(reviewDueAt(one)),
    reviewedAt: toInstantOrNull(one.reviewedAt),
    reviewedBy: one.reviewedBy,
    findings: one.findings,
    version: one.version,
  });
}
