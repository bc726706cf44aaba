import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant } from '../../platform/index.js';
import { filterFields, sort } from '../search/search.dto.js';
import type { View } from './domain/view.js';

const name = line(100);
const teamId = idOf('team').nullable();
/** Exactly what `GET /v1/identities` takes, but for its pages. */
const query = z.strictObject({ ...filterFields, sort }).meta({ id: 'ViewQuery' });

export const viewsQuery = z.strictObject(pageQuery);

export const newViewBody = z.strictObject({ name, query, teamId: teamId.optional() }).meta({ id: 'NewView' });

export const viewChangeBody = z
  .strictObject({ name: name.optional(), query: query.optional(), teamId: teamId.optional() })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const viewSchema = z
  .strictObject({
    id: idOf('view'),
    name: z.string(),
    query,
    ownerId: idOf('person'),
    teamId,
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'View' });

export function showView({ createdAt, changedAt, ...view }: View): z.input<typeof viewSchema> {
  return { ...view, createdAt: toInstant(createdAt), changedAt: toInstant(changedAt) };
}
