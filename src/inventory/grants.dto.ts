import { z } from 'zod';
import { idOf, instant, line, toInstant, toInstantOrNull, wholeNumber } from '../platform/index.js';
import { UNUSED_AFTER_DAYS } from './domain/grant.js';
import type { HeldGrants, SeenGrant } from './grants.service.js';

const MAX_UNUSED_AFTER_DAYS = 3650;

export const newGrantBody = z.strictObject({
  target: line(200),
  scope: line(200),
  purpose: line(1000),
  verifierId: idOf('person')
    .nullish()
    .transform((id) => id ?? null),
});

export const grantsQuery = z.strictObject({
  unusedAfterDays: wholeNumber(1, MAX_UNUSED_AFTER_DAYS).default(UNUSED_AFTER_DAYS),
});

export const grantSchema = z
  .strictObject({
    id: idOf('grant'),
    identityId: idOf('identity'),
    target: z.string(),
    scope: z.string(),
    purpose: z.string(),
    verifierId: idOf('person').nullable(),
    verifiedAt: instant.nullable(),
    addedBy: z.string(),
    addedAt: instant,
    lastUsedAt: instant.nullable(),
    unused: z.boolean(),
  })
  .meta({ id: 'Grant' });

/** Every grant of an identity fits one page. The proposal keeps what was used and removes what was not. */
export const heldGrantsSchema = z
  .strictObject({
    items: z.array(grantSchema),
    nextCursor: z.null(),
    proposal: z.strictObject({ keep: z.array(idOf('grant')), remove: z.array(idOf('grant')) }),
  })
  .meta({ id: 'HeldGrants' });

export function showGrant({ grant, unused }: SeenGrant): z.input<typeof grantSchema> {
  const { id, identityId, target, scope, purpose, verifierId, addedBy } = grant;
  return {
    id,
    identityId,
    target,
    scope,
    purpose,
    verifierId,
    verifiedAt: toInstantOrNull(grant.verifiedAt),
    addedBy,
    addedAt: toInstant(grant.addedAt),
    lastUsedAt: toInstantOrNull(grant.lastUsedAt),
    unused,
  };
}

export function showHeldGrants({ grants, proposal }: HeldGrants): z.input<typeof heldGrantsSchema> {
  return {
    items: grants.map(showGrant),
    nextCursor: null,
    proposal: { keep: [...proposal.keep], remove: [...proposal.remove] },
  };
}
