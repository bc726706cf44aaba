import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant } from '../../platform/index.js';
import { CRITICALITIES } from '../../inventory/index.js';
import { RUN_STATES, STEPS } from '../domain/run.js';
import type { Emergency, EmergencyRun } from './emergencies.repository.js';
import type { EmergencyPlan } from './emergencies.service.js';
import type { Ordered, Unrotatable } from './domain/order.js';
import { TOUCHES } from './domain/scope.js';

/** Shown of each at most; the counts say how many there are. */
const MOST_SHOWN = 500;

const scope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('custodian'), personId: idOf('person') }),
    z.strictObject({
      kind: z.literal('host'),
      host: line(255).describe('Address or name, as targets and consumers show it.'),
    }),
    z.strictObject({ kind: z.literal('repository'), repository: line(255).describe('Like firm/payments.') }),
    z.strictObject({
      kind: z.literal('leak'),
      fingerprint: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
        .describe('Muster’s keyed fingerprint of the key, as a finding shows it.'),
    }),
    z.strictObject({ kind: z.literal('identities'), identityIds: z.array(idOf('identity')).min(1).max(1_000) }),
  ])
  .describe('What went wrong: everything that it touched rotates.');

export const hostsQuery = z.strictObject({ startsWith: line(255).optional() });
export const hostsSchema = z.strictObject({ items: z.array(z.string()) }).meta({ id: 'SeenHosts' });

export const previewBody = z.strictObject({ scope });
export const emergencyBody = z.strictObject({ scope, reason: line(500) });
export const emergenciesQuery = z.strictObject(pageQuery);

const touches = z.array(z.enum(TOUCHES)).describe('Why it is touched.');
const identity = {
  identityId: idOf('identity'),
  identityName: z.string(),
  criticality: z.enum(CRITICALITIES),
  touches,
};
const unrotatable = z
  .strictObject({ ...identity, code: z.enum(['no_rotation', 'identity_not_active']), advice: z.string() })
  .meta({ id: 'UnrotatableIdentity' });

export const previewSchema = z
  .strictObject({
    rotationCount: z.int(),
    unrotatableCount: z.int(),
    rotations: z.array(
      z.strictObject({
        ...identity,
        place: z.int(),
        rotationId: idOf('rotation'),
        rotationName: z.string(),
        exposed: z.boolean().describe('Somebody else may have its secret.'),
        after: idOf('rotation').nullable().describe('Of the same pair: begins when that one is over.'),
      }),
    ),
    unrotatable: z.array(unrotatable),
  })
  .meta({ id: 'RotationEmergencyPreview' });

const stateCounts = Object.fromEntries(RUN_STATES.map((state) => [state, z.int()])) as Record<
  (typeof RUN_STATES)[number],
  z.ZodInt
>;

export const emergencySchema = z
  .strictObject({
    id: idOf('rotationEmergency'),
    scope,
    reason: z.string(),
    startedBy: z.string(),
    startedAt: instant,
    over: z.boolean().describe('Whether all its runs are.'),
    runs: z.strictObject(stateCounts).describe('How many of its runs are how.'),
    unrotatableCount: z.int(),
    unrotatable: z.array(unrotatable),
  })
  .meta({ id: 'RotationEmergency' });

export const emergencyRunsQuery = z.strictObject(pageQuery);

export const emergencyRunSchema = z
  .strictObject({
    place: z.int(),
    runId: idOf('rotationRun'),
    afterRunId: idOf('rotationRun').nullable(),
    rotationId: idOf('rotation'),
    rotationName: z.string(),
    identityId: idOf('identity'),
    touches,
    state: z.enum(RUN_STATES),
    step: z.enum(STEPS),
    failure: z.string().nullable(),
  })
  .meta({ id: 'RotationEmergencyRun' });

export function showPreview({ ordered, unrotatable: rest }: EmergencyPlan): z.input<typeof previewSchema> {
  return {
    rotationCount: ordered.length,
    unrotatableCount: rest.length,
    rotations: ordered.slice(0, MOST_SHOWN).map(showOrdered),
    unrotatable: rest.slice(0, MOST_SHOWN).map(showUnrotatable),
  };
}

export function showEmergency(emergency: Emergency): z.input<typeof emergencySchema> {
  const { id, scope: of, reason, startedBy, startedAt, unrotatable: rest, states } = emergency;
  const runs = Object.fromEntries(RUN_STATES.map((state) => [state, states[state] ?? 0])) as Record<
    (typeof RUN_STATES)[number],
    number
  >;
  return {
    ...{ id, scope: of as z.input<typeof scope>, reason, startedBy, startedAt: toInstant(startedAt) },
    over: runs.planned + runs.running + runs.held + runs.stuck === 0,
    ...{ runs, unrotatableCount: rest.length, unrotatable: rest.slice(0, MOST_SHOWN).map(showUnrotatable) },
  };
}

export function showEmergencyRun(run: EmergencyRun): z.input<typeof emergencyRunSchema> {
  return { ...run, touches: [...run.touches] };
}

function showOrdered({ identity: of, rotation, exposed, after }: Ordered, index: number) {
  return { ...shown(of), place: index + 1, rotationId: rotation.id, rotationName: rotation.name, exposed, after };
}

function showUnrotatable({ identity: of, code, advice }: Unrotatable) {
  return { ...shown(of), code, advice };
}

function shown({ identityId, name, criticality, touches: why }: Ordered['identity']) {
  return { identityId, identityName: name, criticality, touches: [...why] };
}
