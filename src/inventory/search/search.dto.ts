import { z } from 'zod';
import { type Actor, type Id, PLAIN_TEXT, principalName } from '../../kernel/index.js';
import { encodeCursor, idOf, pageQuery } from '../../platform/index.js';
import { CRITICALITIES, DATA_CLASSES, IDENTITY_KINDS, IDENTITY_STATUSES } from '../domain/identity.js';
import { environment, identitySummarySchema, showIdentitySummary } from '../identities.dto.js';
import { SORTS } from './domain/order.js';
import { wordsOf } from './domain/words.js';
import { type IdentityFilter, STANDINGS } from './filter.js';
import type { Facet, Facets } from './facets.js';
import type { IdentityPage } from './identity-page.js';

const yesOrNo = z.enum(['true', 'false']).optional();

/**
 * What a list is narrowed by, as the query string has it and as saved views keep it. `me` stands for the caller.
 */
export const filterFields = {
  q: z
    .string()
    .max(200)
    .refine((text) => text.trim() !== '' && PLAIN_TEXT.test(text), 'must be words')
    .optional()
    .meta({
      description:
        'Words that must all be part of name, SPIFFE id or purpose, or the beginning of an id. Under three characters: the beginning of the name.',
    }),
  status: z.enum(IDENTITY_STATUSES).optional(),
  kind: z.enum(IDENTITY_KINDS).optional(),
  environment: environment.optional(),
  teamId: idOf('team').optional(),
  custodianId: z.union([z.literal('me'), idOf('person')]).optional(),
  criticality: z.enum(CRITICALITIES).optional(),
  dataClass: z.enum(DATA_CLASSES).optional(),
  privileged: yesOrNo,
  orderEntry: yesOrNo,
  standing: z.enum(STANDINGS).optional(),
  needs: z.literal('me').optional(),
};

export const sort = z.enum(SORTS).optional().meta({
  description:
    'match: names that begin with the words first; name: A to Z; registeredAt: the newest first; handoverDueAt: the first due first. Without it match.',
});

export const identitiesQuery = z.strictObject({ ...pageQuery, ...filterFields, sort });
export const facetsQuery = z.strictObject(filterFields);

/** What a caller asks for, with `me` in its place. */
export function filterOf(given: z.output<typeof facetsQuery>, { principal }: Actor): IdentityFilter {
  const { q, privileged, orderEntry, custodianId, needs, ...rest } = given;
  const me = principalName(principal) as Id<'person'>;
  return {
    ...rest,
    words: q === undefined ? undefined : wordsOf(q),
    privileged: booleanOf(privileged),
    orderEntry: booleanOf(orderEntry),
    custodianId: custodianId === 'me' ? me : custodianId,
    neededBy: needs === 'me' ? me : undefined,
  };
}

/** Has the form of a place where a page ended. */
export const listPosition = z.tuple([
  z.enum(SORTS),
  z.string().regex(/^[0-9a-f]{16}$/),
  z.int().min(0).max(2),
  z.string().max(100),
  z.string().regex(/^mid_[0-9a-f]{32}$/),
  z.enum(['', 'broad']),
]);

export const identityPageSchema = z
  .strictObject({
    items: z.array(identitySummarySchema),
    nextCursor: z.string().nullable().meta({
      description:
        'Null on the last page. A page may be short, or empty, and not the last: then go on with its cursor.',
    }),
    estimatedTotal: z.int().meta({ description: 'How many there are in all, or about as many.' }),
    totalIsExact: z.boolean(),
  })
  .meta({ id: 'IdentityPage' });

export const facetSchema = z
  .strictObject({
    value: z.string(),
    count: z.int(),
    atLeast: z.literal(true).optional().meta({ description: 'There are this many or more: counting stopped.' }),
  })
  .meta({ id: 'Facet' });

export const facetsSchema = z
  .strictObject({
    total: facetSchema.omit({ value: true }),
    status: z.array(facetSchema),
    kind: z.array(facetSchema),
    environment: z.array(facetSchema),
    team: z.array(facetSchema),
    criticality: z.array(facetSchema),
    dataClass: z.array(facetSchema),
  })
  .meta({ id: 'IdentityFacets' });

export function showIdentityPage({ identities, next, total }: IdentityPage): z.input<typeof identityPageSchema> {
  return {
    items: identities.map(showIdentitySummary),
    nextCursor: next === undefined ? null : encodeCursor(next),
    estimatedTotal: total.count,
    totalIsExact: total.isExact,
  };
}

export function showFacets({ total, ...facets }: Facets): z.input<typeof facetsSchema> {
  const show = ({ value, count, isExact }: Facet) => ({ value, count, ...(!isExact && { atLeast: true as const }) });
  const { value: _all, ...whole } = show({ value: '', ...total });
  const lists = Object.entries(facets).map(([name, list]) => [name, list.map(show)] as const);
  return { total: whole, ...(Object.fromEntries(lists) as Record<keyof typeof facets, ReturnType<typeof show>[]>) };
}

function booleanOf(text: 'true' | 'false' | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}
