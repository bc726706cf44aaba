import { z } from 'zod';
import { idOf, instant, line, toInstant, toInstantOrNull } from '../../platform/index.js';
import type { Consumer } from '../domain/consumer.js';
import type { HandedSecret } from './consumers.service.js';

export const instanceName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be letters, digits, dots, dashes and underscores, at most 100');

export const secretQuery = z.strictObject({
  instance: instanceName.describe('How this consumer calls itself, the same each time: by it one sees who is left.'),
});

export const secretSchema = z
  .strictObject({
    rotationId: idOf('rotation'),
    version: z.int(),
    account: z.string().describe('As who one signs in; it changes where two accounts take turns.'),
    keyId: z.string().nullable(),
    secret: z.string(),
    renewAfterSeconds: z.int().describe('When to come again, by a monotonic clock.'),
    previousVersion: z.int().nullable().describe('The version that still works beside it: keep it until this is null.'),
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'RotatedSecret' });

export const versionSchema = z
  .strictObject({
    rotationId: idOf('rotation'),
    version: z.int().describe('The newest that works: fetch the secret where you hold another.'),
    previousVersion: z.int().nullable().describe('The version that still works beside it: keep it until this is null.'),
    renewAfterSeconds: z.int().describe('When to come again, by a monotonic clock.'),
  })
  .meta({ id: 'RotatedVersion' });

export const acknowledgementBody = z.strictObject({
  version: z.int().min(1).describe('The version that this consumer uses now.'),
  instance: instanceName,
});

export const forgetBody = z.strictObject({
  consumer: line(700).describe('As the run that waits for it names it.'),
  reason: line(500),
});

export const consumerSchema = z
  .strictObject({
    instance: z.string(),
    fetchedVersion: z.int().nullable(),
    fetchedAt: instant.nullable(),
    acknowledgedVersion: z.int().nullable(),
    acknowledgedAt: instant.nullable(),
    forgotten: z
      .strictObject({ by: z.string(), at: instant, reason: z.string() })
      .nullable()
      .describe('Somebody’s word that it is gone for good; null where it is waited for, or was seen since.'),
  })
  .meta({ id: 'RotationConsumer' });

export function showConsumer({ forgotten, ...consumer }: Consumer): z.input<typeof consumerSchema> {
  return {
    instance: consumer.instance,
    fetchedVersion: consumer.fetchedVersion,
    fetchedAt: toInstantOrNull(consumer.fetchedAt),
    acknowledgedVersion: consumer.acknowledgedVersion,
    acknowledgedAt: toInstantOrNull(consumer.acknowledgedAt),
    forgotten: forgotten && { ...forgotten, at: toInstant(forgotten.at) },
  };
}

export function showSecret(handed: HandedSecret): z.input<typeof secretSchema> {
  return { ...handed, expiresAt: toInstantOrNull(handed.expiresAt) };
}
