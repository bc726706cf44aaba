import { z } from 'zod';
import type { TrailPosition } from '../../audit/index.js';
import type { Json } from '../../kernel/index.js';
import { instant, pageQuery, toInstant } from '../../platform/index.js';
import type { TimelineEntry } from './timeline.service.js';

export const timelineQuery = z.strictObject(pageQuery);

const whole = z.int().min(0);

/** A place in the tree; or a number, and the tree's last index when the first page was read. */
export const timelinePosition = z.union([
  z.tuple([whole]).transform(([below]): TrailPosition => ({ kind: 'in-tree', below })),
  z.tuple([whole, z.int().min(-1)]).transform(([n, top]): TrailPosition => ({ kind: 'waiting', n, top })),
]);

export function encodedPosition({ position }: TimelineEntry): Json {
  return position.kind === 'in-tree' ? [position.below] : [position.n, position.top];
}

export const timelineEntrySchema = z
  .strictObject({
    index: z.int().nullable().meta({ description: 'Its place in the log; null for the moment before it has one.' }),
    type: z.string(),
    at: instant,
    actor: z.strictObject({ id: z.string(), name: z.string().nullable() }),
    instance: z.string().nullable().meta({ description: 'The session or credential through which the actor acted.' }),
    subject: z.string(),
    decision: z.strictObject({ effect: z.string(), policy: z.string(), reasons: z.array(z.string()) }),
  })
  .meta({ id: 'TimelineEntry' });

export function showTimelineEntry({ entry, actorName }: TimelineEntry): z.input<typeof timelineEntrySchema> {
  const { index, type, at, actor, instance, subject, decision } = entry;
  return {
    ...{ index, type, at: toInstant(at), actor: { id: actor, name: actorName }, instance, subject },
    decision: { effect: decision.effect, policy: decision.policy, reasons: [...decision.reasons] },
  };
}
