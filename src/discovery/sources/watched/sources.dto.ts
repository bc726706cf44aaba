import { z, type ZodType } from 'zod';
import {
  authorities,
  consentFor,
  idOf,
  instant,
  line,
  pageQuery,
  toInstant,
  toInstantOrNull,
} from '../../../platform/index.js';
import { SOURCE_KINDS } from '../kinds.js';
import { RUN_CAUSES, RUN_STATES, type SourceRun } from './source-run.js';
import type { CheckedSource, ShownSource } from './sources.service.js';
import { healthOf, SOURCE_HEALTHS, SOURCE_STATUSES } from './watched-source.js';

const YEAR_SECONDS = 366 * 86_400;

const name = line(200).describe(
  'As people call it; where what is read does not say of which cluster, organisation or project it is, it is this one’s.',
);
const consent = consentFor(
  'a loopback or private address, or a socket, for this source alone; without encryption it is needed.',
);
const everySeconds = z.int().min(60).max(YEAR_SECONDS).describe('How often it is looked at; null for by hand only.');
const keepsSecrets = z.boolean().describe('Whether secrets belong there: a cluster’s own store, and no repository.');

const shared = {
  name,
  caCertificates: authorities.nullish().describe('PEM of the authorities believed for this source alone.'),
  privateNetwork: consent.nullish(),
  keepsSecrets: keepsSecrets.default(false),
  everySeconds: everySeconds.nullish(),
};

function sourceOf<const Name extends keyof typeof SOURCE_KINDS, Settings extends ZodType>(
  kind: Name,
  settings: Settings,
) {
  return z.strictObject({
    kind: z.literal(kind),
    settings,
    access: SOURCE_KINDS[kind].access
      .optional()
      .meta({ writeOnly: true })
      .describe('What opens it: sealed at once, and shown to nobody again.'),
    ...shared,
  });
}

export const newSourceBody = z.discriminatedUnion('kind', [
  sourceOf('aws-iam', SOURCE_KINDS['aws-iam'].settings),
  sourceOf('exports', SOURCE_KINDS.exports.settings),
  sourceOf('files', SOURCE_KINDS.files.settings),
  sourceOf('git', SOURCE_KINDS.git.settings),
  sourceOf('github', SOURCE_KINDS.github.settings),
  sourceOf('gitlab', SOURCE_KINDS.gitlab.settings),
  sourceOf('image', SOURCE_KINDS.image.settings),
  sourceOf('kubernetes', SOURCE_KINDS.kubernetes.settings),
  sourceOf('mysql', SOURCE_KINDS.mysql.settings),
  sourceOf('postgresql', SOURCE_KINDS.postgresql.settings),
  sourceOf('redis', SOURCE_KINDS.redis.settings),
]);

export const sourceChangeBody = z
  .strictObject({
    name: name.optional(),
    settings: z.record(z.string(), z.unknown()).optional().describe('As when it was created: all of them.'),
    access: z
      .record(z.string(), z.string())
      .nullable()
      .optional()
      .meta({ writeOnly: true })
      .describe('What opens it from now on, as when it was created; null for nothing.'),
    caCertificates: authorities.nullable().optional(),
    privateNetwork: consent.nullable().optional(),
    keepsSecrets: keepsSecrets.optional(),
    everySeconds: everySeconds.nullable().optional(),
    status: z.enum(SOURCE_STATUSES).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const sourcesQuery = z.strictObject(pageQuery);
export const newRunBody = z
  .strictObject({
    anew: z.boolean().default(false).describe('Whether everything is read again, whatever was read before.'),
  })
  .meta({ id: 'NewSourceRun' });

export const runSchema = z
  .strictObject({
    id: idOf('sourceRun'),
    sourceId: idOf('source'),
    cause: z.enum(RUN_CAUSES),
    state: z.enum(RUN_STATES),
    startedBy: z.string(),
    startedAt: instant,
    endedAt: instant.nullable(),
    done: z.int().describe('How far it has come.'),
    ofAll: z.int().nullable().describe('Of how much, where that is known.'),
    observed: z.int().describe('Credentials and accounts that were seen, each place by itself.'),
    skipped: z.record(z.string(), z.int()).describe('What was passed over: how many for each reason.'),
    complete: z.boolean().nullable().describe('Whether all that there is was seen.'),
    coverage: z.string().nullable(),
    failure: z.string().nullable().describe('Stable code of why it failed.'),
  })
  .meta({ id: 'SourceRun' });

export const sourceSchema = z
  .strictObject({
    id: idOf('source'),
    name: z.string(),
    kind: z.string(),
    place: z.string(),
    settings: z.record(z.string(), z.unknown()),
    caCertificates: z.string().nullable(),
    privateNetwork: z.strictObject({ by: idOf('person'), consentedAt: instant, reason: z.string() }).nullable(),
    keepsSecrets: z.boolean(),
    everySeconds: z.int().nullable(),
    status: z.enum(SOURCE_STATUSES),
    health: z
      .enum(SOURCE_HEALTHS)
      .describe('How far what is known of it can be relied on: only `good` may read as clean.'),
    coverage: z.string().nullable().describe('What the last run that ended well looked at.'),
    lastGoodAt: instant.nullable(),
    nextDueAt: instant.nullable(),
    failure: z
      .string()
      .nullable()
      .describe('Stable code of why the last run failed; what was known before stays known.'),
    failedAt: instant.nullable(),
    run: runSchema.nullable().describe('The run that goes on, and else the last.'),
    version: z.int(),
    createdBy: z.string(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Source' });

export const sourceCheckSchema = z
  .strictObject({ checkedAt: instant, failure: z.strictObject({ code: z.string(), words: z.string() }).nullable() })
  .meta({ id: 'SourceCheck' });

export function showRun(run: SourceRun): z.input<typeof runSchema> {
  const { claim: _claim, deaths: _deaths, anew: _anew, ...shown } = run;
  return {
    ...shown,
    skipped: { ...run.skipped },
    startedAt: toInstant(run.startedAt),
    endedAt: toInstantOrNull(run.endedAt),
  };
}

export function showSource({ source, run }: ShownSource): z.input<typeof sourceSchema> {
  const { cursor: _cursor, systems: _systems, refused: _refused, ...shown } = source;
  return {
    ...shown,
    settings: { ...source.settings },
    health: healthOf(source, new Date()),
    lastGoodAt: toInstantOrNull(source.lastGoodAt),
    nextDueAt: toInstantOrNull(source.nextDueAt),
    failedAt: toInstantOrNull(source.failedAt),
    run: run && showRun(run),
    createdAt: toInstant(source.createdAt),
    changedAt: toInstant(source.changedAt),
  };
}

export function showCheck({ checkedAt, failure }: CheckedSource): z.input<typeof sourceCheckSchema> {
  return { checkedAt: toInstant(checkedAt), failure };
}
