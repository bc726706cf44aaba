import { z } from 'zod';
import { idOf, instant, instantInput, line, toInstant, toInstantOrNull } from '../platform/index.js';
import { CRITICALITIES, DATA_CLASSES, type Identity, IDENTITY_KINDS, IDENTITY_STATUSES } from './domain/identity.js';
import type { SeenIdentity } from './identities.service.js';

const name = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/,
    'must be 1 to 100 lower-case letters, digits, dots, dashes, underscores',
  );
export const environment = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'must be 1 to 32 lower-case letters, digits and dashes');
const purpose = line(1000);
const reason = line(500);
const criticality = z.enum(CRITICALITIES);
const dataClasses = z.array(z.enum(DATA_CLASSES)).max(DATA_CLASSES.length);

export const newIdentityBody = z
  .strictObject({
    name,
    kind: z.enum(IDENTITY_KINDS),
    environment,
    teamId: idOf('team'),
    purpose,
    criticality: criticality.default('medium'),
    dataClasses: dataClasses.default([]),
    privileged: z.boolean().default(false),
    supportExpiresAt: instantInput.nullish().transform((at) => at ?? null),
    primaryCustodianId: idOf('person')
      .nullish()
      .transform((id) => id ?? null),
    backupCustodianId: idOf('person')
      .nullish()
      .transform((id) => id ?? null),
    spiffeId: z.string().min(1).max(2048).optional(),
  })
  .meta({ id: 'NewIdentity' });

export const identityChangeBody = z
  .strictObject({
    teamId: idOf('team').optional(),
    purpose: purpose.optional(),
    criticality: criticality.optional(),
    dataClasses: dataClasses.optional(),
    privileged: z.boolean().optional(),
    supportExpiresAt: instantInput.nullable().optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const reasonBody = z.strictObject({ reason });

export const handOverBody = z.strictObject({
  primaryCustodianId: idOf('person'),
  backupCustodianId: idOf('person'),
});

const fields = {
  id: idOf('identity'),
  spiffeId: z.string(),
  name: z.string(),
  kind: z.enum(IDENTITY_KINDS),
  environment: z.string(),
  teamId: idOf('team'),
  purpose: z.string(),
  criticality,
  dataClasses: z.array(z.enum(DATA_CLASSES)),
  privileged: z.boolean(),
  supportExpiresAt: instant.nullable(),
  status: z.enum(IDENTITY_STATUSES),
  statusReason: z.string().nullable(),
  statusBy: z.string(),
  primaryCustodianId: idOf('person').nullable(),
  backupCustodianId: idOf('person').nullable(),
  handoverDueAt: instant.nullable(),
  reviewDueAt: instant.nullable(),
  reviewId: idOf('reviewItem').nullable(),
  riskAnalysisExpiresAt: instant.nullable(),
  riskAnalysisId: idOf('riskAnalysis').nullable(),
  requestedBy: z.string(),
  approvalId: idOf('approval').nullable(),
  version: z.int(),
  createdAt: instant,
  changedAt: instant,
};

const standingSchema = z
  .strictObject({
    issues: z.boolean(),
    /** The longest lifetime of a new credential; null where standing sets no limit, or nothing is issued. */
    maxTtlSeconds: z.int().nullable(),
    /** Why nothing is issued, and how to end it. */
    code: z.string().nullable(),
    reason: z.string().nullable(),
    reasons: z.array(z.string()),
  })
  .meta({ id: 'Standing' });

export const identitySummarySchema = z.strictObject(fields).meta({ id: 'IdentitySummary' });

export const identitySchema = z.strictObject({ ...fields, standing: standingSchema }).meta({ id: 'Identity' });

export function showIdentity({ identity, standing }: SeenIdentity): z.input<typeof identitySchema> {
  const issues = standing.kind === 'issue';
  return {
    ...showIdentitySummary(identity),
    standing: {
      issues,
      maxTtlSeconds: issues ? standing.maxTtlSeconds : null,
      code: issues ? null : standing.code,
      reason: issues ? null : standing.reason,
      reasons: [...standing.reasons],
    },
  };
}

export function showIdentitySummary(identity: Identity): z.input<typeof identitySummarySchema> {
  return {
    id: identity.id,
    spiffeId: identity.spiffeId,
    name: identity.name,
    kind: identity.kind,
    environment: identity.environment,
    teamId: identity.teamId,
    purpose: identity.purpose,
    criticality: identity.criticality,
    dataClasses: [...identity.dataClasses],
    privileged: identity.privileged,
    supportExpiresAt: toInstantOrNull(identity.supportExpiresAt),
    status: identity.status,
    statusReason: identity.statusReason,
    statusBy: identity.statusBy,
    primaryCustodianId: identity.primaryCustodianId,
    backupCustodianId: identity.backupCustodianId,
    handoverDueAt: toInstantOrNull(identity.handoverDueAt),
    reviewDueAt: toInstantOrNull(identity.reviewDueAt),
    reviewId: identity.reviewId,
    riskAnalysisExpiresAt: toInstantOrNull(identity.riskAnalysisExpiresAt),
    riskAnalysisId: identity.riskAnalysisId,
    requestedBy: identity.requestedBy,
    approvalId: identity.approvalId,
    version: identity.version,
    createdAt: toInstant(identity.createdAt),
    changedAt: toInstant(identity.changedAt),
  };
}
