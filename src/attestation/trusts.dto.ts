import { z } from 'zod';
import { idOf, instant, pageQuery, toInstant } from '../platform/index.js';
import { MAX_CONDITION } from './domain/condition.js';
import { MAX_SUBJECT } from './domain/subject.js';
import { MAX_AUDIENCE, MAX_TTL_SECONDS, MIN_TTL_SECONDS, type Trust, TRUST_STATUSES } from './domain/trust.js';

const audience = z.string().min(1).max(MAX_AUDIENCE).describe('Exactly one value of the token’s `aud`.');
const subject = z
  .string()
  .min(1)
  .max(MAX_SUBJECT)
  .describe('Exactly the token’s `sub`, or what it begins with up to a separator, and `*`.');
const pins = z
  .record(z.string().min(1).max(128), z.string().min(1).max(255))
  .refine((named) => Object.keys(named).length <= 10, 'must name at most ten claims')
  .describe('The provider’s numeric ids, which a renamed or recreated name does not inherit.');
const condition = z.string().min(1).max(MAX_CONDITION).describe('CEL over `claims`, true or false.');
const maxTtlSeconds = z.int().min(MIN_TTL_SECONDS).max(MAX_TTL_SECONDS);

export const newTrustBody = z.strictObject({
  identityId: idOf('identity'),
  providerId: idOf('provider'),
  audience,
  subject,
  pins: pins.default({}),
  condition: condition.nullish(),
  maxTtlSeconds: maxTtlSeconds.nullish(),
});

export const trustChangeBody = z
  .strictObject({
    audience: audience.optional(),
    subject: subject.optional(),
    pins: pins.optional(),
    condition: condition.nullable().optional(),
    maxTtlSeconds: maxTtlSeconds.nullable().optional(),
    status: z.enum(TRUST_STATUSES).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const trustsQuery = z.strictObject({
  ...pageQuery,
  identityId: idOf('identity').optional(),
  providerId: idOf('provider').optional(),
});

export const trustSchema = z
  .strictObject({
    id: idOf('trust'),
    identityId: idOf('identity'),
    providerId: idOf('provider'),
    audience: z.string(),
    subject: z.string(),
    pins: z.record(z.string(), z.string()),
    condition: z.string().nullable(),
    maxTtlSeconds: z.int().nullable(),
    status: z.enum(TRUST_STATUSES),
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Trust' });

export function showTrust(trust: Trust): z.input<typeof trustSchema> {
  return { ...trust, createdAt: toInstant(trust.createdAt), changedAt: toInstant(trust.changedAt) };
}
