import { z } from 'zod';
import { idOf, instant, instantInput, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import type { SeenException } from './exceptions.service.js';

export const exceptionsQuery = z.strictObject({ ...pageQuery, campaignId: idOf('campaign').optional() });

export const newExceptionBody = z
  .strictObject({
    itemId: idOf('reviewItem').optional(),
    effectId: idOf('reviewEffect').optional(),
    reason: line(2000),
    endsAt: instantInput.describe('Within 366 days: then it is open again.'),
    ownerId: idOf('person').describe('Who answers for it meanwhile.'),
  })
  .refine(
    ({ itemId, effectId }) => (itemId === undefined) !== (effectId === undefined),
    'must name an item or an effect',
  );

export const exceptionSchema = z
  .strictObject({
    id: idOf('reviewException'),
    campaignId: idOf('campaign'),
    itemId: idOf('reviewItem').nullable(),
    effectId: idOf('reviewEffect').nullable(),
    ofItemId: idOf('reviewItem').describe('The item itself, or the one whose decision asked for the effect.'),
    identityId: idOf('identity'),
    identityName: z.string(),
    ownerId: idOf('person'),
    reason: z.string(),
    endsAt: instant,
    createdBy: z.string(),
    createdAt: instant,
    endedBy: z.string().nullable(),
    endedAt: instant.nullable(),
    canEnd: z.boolean(),
  })
  .meta({ id: 'ReviewException' });

export function showException(seen: SeenException): z.input<typeof exceptionSchema> {
  const { exception, identityId, identityName, ofItemId, canEnd } = seen;
  return {
    ...exception,
    ...{ ofItemId, identityId, identityName, canEnd },
    endsAt: toInstant(exception.endsAt),
    createdAt: toInstant(exception.createdAt),
    endedAt: toInstantOrNull(exception.endedAt),
  };
}
