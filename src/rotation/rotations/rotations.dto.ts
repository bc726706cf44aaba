import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import {
  DEFAULT_CONSUMER_DEADLINE_SECONDS,
  DEFAULT_OBSERVE_SECONDS,
  MIN_OBSERVE_SECONDS,
  ROTATION_STATUSES,
} from '../domain/rotation.js';
import { RUN_STATES, STEPS } from '../domain/run.js';
import { instanceName } from '../consumers/consumers.dto.js';
import type { SeenRotation } from './rotations.service.js';

const YEAR_SECONDS = 366 * 86_400;

export const scheduleSchema = z
  .strictObject({
    cron: line(100).nullable().describe('Minute, hour, day, month, weekday; null where age alone decides.'),
    zone: line(100).describe('IANA name, by whose clocks the cron is read.'),
    windowMinutes: z.int().min(1).max(10_080).describe('How long after each instant a run may begin.'),
    jitterMinutes: z.int().min(0).max(10_080).describe('By how much of the window at most runs are spread.'),
    maximumAgeDays: z.int().min(1).max(3660).nullable().describe('How old a credential may become.'),
  })
  .meta({ id: 'RotationSchedule' });

export const rotationFields = {
  schedule: scheduleSchema.nullable().describe('When it runs; null for by hand only.'),
  pair: line(100).nullable().describe('What bears the same name never rotates beside it.'),
  calendarIds: z.array(idOf('calendar')).max(20).describe('Nothing rotates while one of these has a session.'),
  observeSeconds: z
    .int()
    .min(MIN_OBSERVE_SECONDS)
    .max(YEAR_SECONDS)
    .describe('How long the old one must be unseen before it is withdrawn.'),
  consumerDeadlineSeconds: z
    .int()
    .min(MIN_OBSERVE_SECONDS)
    .max(YEAR_SECONDS)
    .describe('After how long somebody who is not seen on the new one makes the run stuck.'),
  expectedConsumers: z
    .array(instanceName)
    .max(200)
    .refine((names) => new Set(names).size === names.length, 'must name each once')
    .describe('Instances that are waited for, seen or not.'),
};

export const newRotationBody = z.strictObject({
  name: line(200),
  identityId: idOf('identity'),
  targetId: idOf('target').nullable().describe('Null for Muster’s own certificates.'),
  accounts: z
    .array(line(200))
    .min(1)
    .max(2)
    .describe('As the target calls them; where two take turns, the one that is in use first.'),
  schedule: rotationFields.schedule.default(null),
  pair: rotationFields.pair.default(null),
  calendarIds: rotationFields.calendarIds.default([]),
  observeSeconds: rotationFields.observeSeconds.default(DEFAULT_OBSERVE_SECONDS),
  consumerDeadlineSeconds: rotationFields.consumerDeadlineSeconds.default(DEFAULT_CONSUMER_DEADLINE_SECONDS),
  expectedConsumers: rotationFields.expectedConsumers.default([]),
});

export const rotationChangeBody = z
  .strictObject({
    name: line(200).optional(),
    schedule: rotationFields.schedule.optional(),
    pair: rotationFields.pair.optional(),
    calendarIds: rotationFields.calendarIds.optional(),
    observeSeconds: rotationFields.observeSeconds.optional(),
    consumerDeadlineSeconds: rotationFields.consumerDeadlineSeconds.optional(),
    expectedConsumers: rotationFields.expectedConsumers.optional(),
    status: z.enum(ROTATION_STATUSES).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const rotationsQuery = z.strictObject({
  ...pageQuery,
  identityId: idOf('identity').optional(),
  targetId: idOf('target').optional(),
  pair: line(100).optional(),
});

export const rotationSchema = z
  .strictObject({
    id: idOf('rotation'),
    name: z.string(),
    identityId: idOf('identity'),
    identityName: z.string(),
    targetId: idOf('target').nullable(),
    accounts: z.array(z.string()),
    schedule: scheduleSchema.nullable(),
    pair: z.string().nullable(),
    calendarIds: z.array(idOf('calendar')),
    observeSeconds: z.int(),
    consumerDeadlineSeconds: z.int(),
    expectedConsumers: z.array(z.string()),
    status: z.enum(ROTATION_STATUSES),
    currentVersion: z.int().describe('The newest that works, by Muster’s hand; 0 before the first.'),
    previousVersion: z.int().nullable().describe('The one before, while it still works.'),
    rotatedAt: instant.nullable(),
    nextDueAt: instant.nullable(),
    run: z
      .strictObject({
        id: idOf('rotationRun'),
        state: z.enum(RUN_STATES),
        step: z.enum(STEPS),
        failure: z.string().nullable(),
      })
      .nullable()
      .describe('The run that is under way.'),
    version: z.int(),
    createdBy: z.string(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Rotation' });

export function showRotation({ rotation, live, identityName }: SeenRotation): z.input<typeof rotationSchema> {
  const { lastVersion: _last, ...shown } = rotation;
  return {
    ...{ ...shown, identityName },
    accounts: [...rotation.accounts],
    schedule: rotation.schedule as z.input<typeof scheduleSchema> | null,
    calendarIds: [...rotation.calendarIds],
    expectedConsumers: [...rotation.expectedConsumers],
    rotatedAt: toInstantOrNull(rotation.rotatedAt),
    nextDueAt: toInstantOrNull(rotation.nextDueAt),
    run: live ? { id: live.id, state: live.state, step: live.step, failure: live.failure } : null,
    createdAt: toInstant(rotation.createdAt),
    changedAt: toInstant(rotation.changedAt),
  };
}
