import { z, type ZodType } from 'zod';
import { authorities, consentFor, idOf, instant, toInstant, toInstantOrNull } from '../../platform/index.js';
import type { PlacedSink } from '../domain/placed-sink.js';
import { SINK_KINDS } from './kinds.js';
import type { CheckedSink } from './sinks.service.js';

const consent = consentFor('a loopback or private address for this place alone; without TLS it is needed.');
const takesOver = z.boolean().describe('What stands there before the first delivery may be replaced.');

const shared = {
  caCertificates: authorities.nullish().describe('PEM of the authorities believed for this place alone.'),
  privateNetwork: consent.nullish(),
  takesOver: takesOver.default(false),
};

function placeOf<const Name extends keyof typeof SINK_KINDS, Settings extends ZodType>(kind: Name, settings: Settings) {
  return z.strictObject({
    kind: z.literal(kind),
    settings,
    access: SINK_KINDS[kind].access
      .optional()
      .meta({ writeOnly: true })
      .describe('What opens it: sealed at once, and shown to nobody again.'),
    ...shared,
  });
}

export const newSinkBody = z.discriminatedUnion('kind', [
  placeOf('aws-secrets-manager', SINK_KINDS['aws-secrets-manager'].settings),
  placeOf('file', SINK_KINDS.file.settings),
  placeOf('github-actions', SINK_KINDS['github-actions'].settings),
  placeOf('gitlab-ci', SINK_KINDS['gitlab-ci'].settings),
  placeOf('kubernetes-secret', SINK_KINDS['kubernetes-secret'].settings),
  placeOf('vault-kv', SINK_KINDS['vault-kv'].settings),
]);

export const sinkChangeBody = z
  .strictObject({
    access: z
      .record(z.string(), z.string())
      .optional()
      .meta({ writeOnly: true })
      .describe('What opens it from now on, as when it was added.'),
    caCertificates: authorities.nullable().optional(),
    privateNetwork: consent.nullable().optional(),
    takesOver: takesOver.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const sinkSchema = z
  .strictObject({
    id: idOf('rotationSink'),
    rotationId: idOf('rotation'),
    kind: z.string(),
    place: z.string(),
    settings: z.record(z.string(), z.unknown()),
    caCertificates: z.string().nullable(),
    privateNetwork: z.strictObject({ by: idOf('person'), consentedAt: instant, reason: z.string() }).nullable(),
    takesOver: z.boolean(),
    deliveredVersion: z.int().nullable().describe('The version that was delivered there last.'),
    deliveredAt: instant.nullable(),
    failure: z.string().nullable().describe('Stable code of why the last look or delivery failed.'),
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'RotationSink' });

export const sinksSchema = z.strictObject({ items: z.array(sinkSchema) }).meta({ id: 'RotationSinks' });

export const sinkCheckSchema = z
  .strictObject({
    checkedAt: instant,
    occupied: z.boolean().nullable().describe('Whether anything stands there; null where nobody could look.'),
    ours: z.boolean().nullable().describe('Whether it is what Muster left there, as far as the place tells.'),
    failure: z.strictObject({ code: z.string(), words: z.string() }).nullable(),
  })
  .meta({ id: 'RotationSinkCheck' });

export function showSink(sink: PlacedSink): z.input<typeof sinkSchema> {
  const { last, createdBy: _by, ...shown } = sink;
  return {
    ...shown,
    settings: { ...sink.settings },
    deliveredVersion: last.revision === null ? null : last.version,
    deliveredAt: toInstantOrNull(sink.deliveredAt),
    createdAt: toInstant(sink.createdAt),
    changedAt: toInstant(sink.changedAt),
  };
}

export function showSinkCheck({ checkedAt, ...seen }: CheckedSink): z.input<typeof sinkCheckSchema> {
  return { checkedAt: toInstant(checkedAt), ...seen };
}
