import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { COVERAGES } from '../../targets/index.js';
import { consumerSchema, showConsumer } from '../consumers/consumers.dto.js';
import { VERDICTS } from '../domain/evidence.js';
import { DIRECTIONS, RUN_CAUSES, RUN_STATES, STEPS } from '../domain/run.js';
import { runbookFor } from './domain/runbook.js';
import type { SeenRun, WholeRun } from './runs.service.js';

export const newRunBody = z.strictObject({
  cause: z.enum(['by-hand', 'suspicion']).default('by-hand'),
  reason: line(500),
});

export const reasonBody = z.strictObject({ reason: line(500) });

export const runsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(RUN_STATES).optional(),
  rotationId: idOf('rotation').optional(),
  identityId: idOf('identity').optional(),
});

const evidence = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    coverage: z.enum(COVERAGES),
    gaps: z.array(z.string()).describe('What to change on the target, so that more can be seen.'),
    completeSince: instant.nullable(),
    lagSeconds: z.number(),
    quietSince: instant.nullable(),
    permittedFrom: instant.nullable().describe('If all stays as quiet as it is; null where that would never be.'),
    callers: z
      .array(
        z.strictObject({
          address: z.string(),
          application: z.string().nullable(),
          session: z.string().nullable(),
          firstSeenAt: instant,
          lastSeenAt: instant,
          open: z.boolean(),
        }),
      )
      .describe('Who was seen on the one that is to go, the latest first.'),
    callerCount: z.int(),
    missing: z.array(z.string()).describe('Who is known and was not seen on the one that stays.'),
    missingCount: z.int(),
    observedAt: instant,
  })
  .meta({ id: 'RotationEvidence' });

const runFields = {
  id: idOf('rotationRun'),
  rotationId: idOf('rotation'),
  rotationName: z.string(),
  identityId: idOf('identity'),
  cause: z.enum(RUN_CAUSES),
  reason: z.string().nullable(),
  emergencyId: idOf('rotationEmergency').nullable(),
  state: z.enum(RUN_STATES),
  direction: z.enum(DIRECTIONS).describe('`back` once it was cancelled.'),
  step: z.enum(STEPS),
  newVersion: z.int(),
  oldVersion: z.int().nullable().describe('Null at the first one, which replaces what Muster did not make.'),
  attempts: z.int(),
  dueAt: instant.nullable().describe('When it is looked at next.'),
  failure: z.string().nullable().describe('Stable code of what keeps it.'),
  runbook: z
    .strictObject({ words: z.string(), command: z.string().nullable() })
    .nullable()
    .describe('What the next human does.'),
  quietSince: instant.nullable(),
  overriddenBy: z.string().nullable(),
  overrideReason: z.string().nullable(),
  cancelReason: z.string().nullable(),
  startedBy: z.string(),
  startedAt: instant,
  stepSince: instant,
  endedAt: instant.nullable(),
  version: z.int(),
};

export const runSchema = z.strictObject(runFields).meta({ id: 'RotationRun' });

export const wholeRunSchema = z
  .strictObject({
    ...runFields,
    evidence: evidence.nullable().describe('What was seen last of who uses the old one.'),
    steps: z.array(
      z.strictObject({
        direction: z.enum(DIRECTIONS),
        step: z.enum(STEPS),
        begunAt: instant,
        doneAt: instant.nullable(),
        attempts: z.int(),
        failure: z.string().nullable(),
      }),
    ),
    consumers: z.array(consumerSchema),
  })
  .meta({ id: 'WholeRotationRun' });

export function showRun({ run, rotation }: SeenRun): z.input<typeof runSchema> {
  return {
    id: run.id,
    rotationId: run.rotationId,
    rotationName: rotation.name,
    identityId: rotation.identityId,
    cause: run.cause,
    reason: run.reason,
    emergencyId: run.emergencyId,
    state: run.state,
    direction: run.direction,
    step: run.step,
    newVersion: run.newVersion,
    oldVersion: run.oldVersion,
    attempts: run.attempts,
    dueAt: toInstantOrNull(run.dueAt),
    failure: run.failure,
    runbook: runbookFor(run),
    quietSince: toInstantOrNull(run.quietSince),
    overriddenBy: run.overriddenBy,
    overrideReason: run.overrideReason,
    cancelReason: run.cancelReason,
    startedBy: run.startedBy,
    startedAt: toInstant(run.startedAt),
    stepSince: toInstant(run.stepSince),
    endedAt: toInstantOrNull(run.endedAt),
    version: run.version,
  };
}

export function showWholeRun(whole: WholeRun): z.input<typeof wholeRunSchema> {
  const { evidence: seen } = whole.run;
  return {
    ...showRun(whole),
    evidence: seen && { ...seen, gaps: [...seen.gaps], callers: [...seen.callers], missing: [...seen.missing] },
    steps: whole.steps.map(({ direction, step, begunAt, doneAt, attempts, failure }) => ({
      ...{ direction, step, begunAt: toInstant(begunAt), doneAt: toInstantOrNull(doneAt), attempts, failure },
    })),
    consumers: whole.consumers.map(showConsumer),
  };
}
