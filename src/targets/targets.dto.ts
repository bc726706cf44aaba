import { z } from 'zod';
import { consentFor, idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import type { TargetAccount } from './domain/account.js';
import type { Observation } from './domain/adapter.js';
import { type Target, TARGET_KINDS, TARGET_STATUSES } from './domain/target.js';
import type { Checked } from './targets.service.js';

const name = line(200).describe('As grants name it.');
const url = z
  .string()
  .min(1)
  .max(2048)
  .meta({ writeOnly: true })
  .describe('How to get in, with the password: sealed at once, and shown to nobody again.');
const pem = z.string().min(1).max(65_536);
const consent = consentFor('a loopback or private address, or a socket, for this target alone.');

export const newTargetBody = z.strictObject({
  name,
  kind: z.enum(TARGET_KINDS),
  url,
  caCertificates: pem.nullish().describe('PEM of the authorities believed for this target alone.'),
  privateNetwork: consent.nullish(),
  ownerId: idOf('person'),
});

export const targetChangeBody = z
  .strictObject({
    name: name.optional(),
    url: url.optional(),
    caCertificates: pem.nullable().optional(),
    privateNetwork: consent.nullable().optional(),
    ownerId: idOf('person').optional(),
    status: z.enum(TARGET_STATUSES).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const targetsQuery = z.strictObject(pageQuery);

export const targetSchema = z
  .strictObject({
    id: idOf('target'),
    name: z.string(),
    kind: z.enum(TARGET_KINDS),
    place: z.string().describe('Host, port, database and user.'),
    caCertificates: z.string().nullable(),
    privateNetwork: z.strictObject({ by: idOf('person'), consentedAt: instant, reason: z.string() }).nullable(),
    ownerId: idOf('person'),
    status: z.enum(TARGET_STATUSES),
    checkedAt: instant.nullable(),
    checkFailure: z.string().nullable().describe('Stable code of why the last check failed.'),
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Target' });

export const checkSchema = z
  .strictObject({
    checkedAt: instant,
    abilities: z.array(
      z.strictObject({
        what: z.enum(['observe', 'remove', 'close', 'end-sessions']),
        able: z.boolean(),
        words: z.string(),
      }),
    ),
    failure: z.strictObject({ code: z.string(), words: z.string() }).nullable(),
  })
  .meta({ id: 'TargetCheck' });

export const newAccountBody = z.strictObject({ identityId: idOf('identity'), account: line(200) });

export const accountSchema = z
  .strictObject({
    id: idOf('targetAccount'),
    targetId: idOf('target'),
    identityId: idOf('identity'),
    account: z.string(),
    addedBy: z.string(),
    addedAt: instant,
  })
  .meta({ id: 'TargetAccount' });

export const observationSchema = z
  .strictObject({
    exists: z.boolean(),
    canLogin: z.boolean(),
    memberships: z.array(z.string()),
    privileges: z.array(z.string()).describe('The first of them, in the words of grants’ scopes.'),
    privilegeCount: z.int(),
    openSessions: z.int(),
    observedAt: instant,
  })
  .meta({ id: 'TargetObservation' });

export function showTarget(target: Target): z.input<typeof targetSchema> {
  const { createdBy: _by, ...shown } = target;
  return {
    ...shown,
    checkedAt: toInstantOrNull(target.checkedAt),
    createdAt: toInstant(target.createdAt),
    changedAt: toInstant(target.changedAt),
  };
}

export function showCheck({ checkedAt, abilities, failure }: Checked): z.input<typeof checkSchema> {
  return { checkedAt: toInstant(checkedAt), abilities: [...abilities], failure };
}

export function showAccount(account: TargetAccount): z.input<typeof accountSchema> {
  const { id, targetId, identityId, account: of, addedBy, addedAt } = account;
  return { id, targetId, identityId, account: of, addedBy, addedAt: toInstant(addedAt) };
}

export function showObservation({ observedAt, ...seen }: Observation): z.input<typeof observationSchema> {
  const lists = { memberships: [...seen.memberships], privileges: [...seen.privileges] };
  return { ...seen, ...lists, observedAt: toInstant(observedAt) };
}
