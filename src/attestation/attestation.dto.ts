import { z } from 'zod';
import { idOf, instant, pageQuery, toInstant } from '../platform/index.js';
import { REASONS } from './domain/refusal.js';
import type { NewJoinToken } from './join-tokens.service.js';
import type { StoredRefusal } from './refusals.repository.js';

export const joinTokenSchema = z
  .strictObject({ id: idOf('joinToken'), token: z.string(), expiresAt: instant })
  .meta({ id: 'NewJoinToken' });

export function showJoinToken({ id, token, expiresAt }: NewJoinToken): z.input<typeof joinTokenSchema> {
  return { id, token, expiresAt: toInstant(expiresAt) };
}

export const refusalsQuery = z.strictObject({ ...pageQuery, reason: z.enum(REASONS).optional() });

/** Where a list of refusals goes on: the number of the last one shown. */
export const refusalPosition = z.string().regex(/^\d{1,18}$/);

export const refusalSchema = z
  .strictObject({
    at: instant,
    evidence: z.enum(['oidc', 'join-token', 'any']),
    reason: z.enum(REASONS),
    issuer: z.string().nullable(),
    address: z.string(),
    providerId: idOf('provider').nullable(),
    trustId: idOf('trust').nullable(),
    identityId: idOf('identity').nullable(),
    requestId: z.string().nullable(),
    times: z.int().describe('Above one: refusals of this source that were only counted.'),
  })
  .meta({ id: 'AttestationRefusal' });

export function showRefusal(refusal: StoredRefusal): z.input<typeof refusalSchema> {
  const { evidence, reason, issuer, address, providerId, trustId, identityId, requestId, times } = refusal;
  return {
    at: toInstant(refusal.at),
    ...{ evidence, reason, issuer, address, providerId, trustId, identityId, requestId, times },
  };
}
