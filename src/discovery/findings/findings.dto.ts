import { z } from 'zod';
import {
  idOf,
  instant,
  instantInput,
  line,
  pageQuery,
  toInstant,
  toInstantOrNull,
  wholeNumber,
} from '../../platform/index.js';
import { IDENTITY_KINDS } from '../../inventory/index.js';
import { BANDS } from '../domain/finding.js';
import { ACCOUNT_KINDS } from '../domain/observation.js';
import { type Evidence, VERDICTS } from '../domain/resolution/verdict.js';
import type { ShownPlace } from '../intake/places.repository.js';
import type { RegistrationDraft } from './domain/adoption.js';
import { FINDING_STATES, type QueuedFinding, RETIREMENT_WAYS } from './domain/finding.js';
import { EVENT_KINDS, type StoredEvent } from './events.repository.js';
import { AGES, type Facet, FACETS, MOST_COUNTED, type QueuedRow } from './queue.repository.js';
import type { PlannedRetirement, Retired } from './retirements.service.js';
import type { Trends } from './trends.repository.js';

const reason = line(1000);
const KINDS = ['credential', 'account', 'ghost'] as const;

const filter = {
  state: z
    .enum([...FINDING_STATES, 'waiting', 'any'])
    .default('waiting')
    .describe('`waiting` for what somebody has to do something about.'),
  verdict: z.enum(VERDICTS).optional(),
  band: z.enum(BANDS).optional(),
  kind: z.enum(KINDS).optional(),
  rule: z.string().max(100).optional(),
  identityId: idOf('identity').optional(),
  sourceId: idOf('source').optional(),
  assigneeId: z.union([idOf('person'), z.enum(['me', 'nobody'])]).optional(),
  overdue: z.enum(['true']).optional().describe('Only what should have been closed by now.'),
  age: z.enum(AGES).optional().describe('How long it has waited: less than a week, a month, a quarter, or longer.'),
  q: line(200)
    .optional()
    .describe('Words that are all part of its name, its accounts, its identity, where it stands or its last four.'),
};

export const findingsQuery = z.strictObject({ ...pageQuery, ...filter });
export const facetsQuery = z.strictObject(filter);
export const trendsQuery = z.strictObject({ weeks: wholeNumber(1, 53).default(12) });
export const placesQuery = z.strictObject(pageQuery);
export const eventsQuery = z.strictObject(pageQuery);

export const assignmentBody = z.strictObject({ personId: idOf('person').nullable() }).meta({ id: 'FindingAssignment' });
export const commentBody = z.strictObject({ words: line(2000) }).meta({ id: 'NewFindingComment' });
export const reasonBody = z.strictObject({ reason }).meta({ id: 'FindingReason' });
export const dismissalBody = z.strictObject({ reason, until: instantInput }).meta({ id: 'FindingDismissal' });
export const mergeBody = z.strictObject({ intoId: idOf('finding'), reason }).meta({ id: 'FindingMerge' });
export const adoptionBody = z.strictObject({ identityId: idOf('identity') }).meta({ id: 'FindingAdoption' });

const evidenceSchema = z.strictObject({
  by: z.enum(['fingerprint', 'public-key', 'key-id', 'listed', 'account', 'content']),
  identifier: z.string().nullable(),
  identityId: idOf('identity').nullable(),
});

export const findingSchema = z
  .strictObject({
    id: idOf('finding'),
    kind: z.enum(KINDS),
    rule: z.string(),
    vendor: z.string(),
    name: z.string(),
    band: z.enum(BANDS),
    bandReasons: z.array(z.string()),
    lastFour: z.string().nullable(),
    words: z.array(z.string()).describe('What it opens or is.'),
    verdict: z.enum(VERDICTS),
    confidence: z.number().min(0).max(1),
    because: z.string().describe('Why that verdict.'),
    evidence: z.array(evidenceSchema),
    identityId: idOf('identity').nullable(),
    credentialId: z.string().nullable(),
    named: z.string().nullable().describe('Whose it is, where nobody registered that.'),
    fingerprint: z.string().nullable().describe('Keyed, hexadecimal: an emergency may name it.'),
    state: z.enum(FINDING_STATES),
    assigneeId: idOf('person').nullable(),
    placeCount: z.int(),
    exposedCount: z.int().describe('Places where no secret belongs.'),
    firstSeenAt: instant,
    lastSeenAt: instant,
    openedAt: instant.nullable(),
    dueAt: instant.nullable(),
    dismissal: z.strictObject({ by: z.string(), reason: z.string(), until: instant }).nullable(),
    retirement: z
      .strictObject({
        way: z.enum(RETIREMENT_WAYS),
        reason: z.string(),
        by: z.string(),
        at: instant,
      })
      .nullable(),
    mergedInto: idOf('finding').nullable(),
    version: z.int(),
  })
  .meta({ id: 'Finding' });

/** As the list has it: with what tells it from its neighbours at a glance. */
export const findingRowSchema = z
  .strictObject({
    ...findingSchema.shape,
    identityName: z.string().nullable(),
    place: z
      .strictObject({ sourceId: idOf('source'), sourceName: z.string(), path: z.string(), line: z.int().nullable() })
      .nullable()
      .describe('One of those where it stands now.'),
  })
  .meta({ id: 'FindingRow' });

export const plannedRetirementSchema = z
  .strictObject({
    way: z.enum(RETIREMENT_WAYS),
    rotationId: idOf('rotation').nullable().describe('What is rotated for it.'),
    steps: z.array(z.string()).describe('What is left to people, in order.'),
  })
  .meta({ id: 'PlannedRetirement' });

const weekCounts = z.array(z.strictObject({ week: z.int(), verdict: z.enum(VERDICTS), count: z.int() }));

export const trendsSchema = z
  .strictObject({
    since: instant.describe('When week 0 begins; the last one ends now.'),
    weeks: z.int(),
    found: weekCounts.describe('What somebody had to do something about, when it was first seen or opened again.'),
    ended: weekCounts.describe('What came to an end: it is registered, seen nowhere any more, or dismissed.'),
    waiting: z.array(z.strictObject({ age: z.enum(AGES), verdict: z.enum(VERDICTS), count: z.int() })),
  })
  .meta({ id: 'FindingTrends' });

export const retiredSchema = z
  .strictObject({ finding: findingSchema, steps: z.array(z.string()).describe('What is left to people, in order.') })
  .meta({ id: 'RetiredFinding' });

export const facetsSchema = z
  .strictObject({
    facets: z.array(
      z.strictObject({
        name: z.enum(FACETS),
        value: z.string(),
        count: z.int(),
      }),
    ),
    isAll: z.boolean().describe('Whether all were counted: where it is false, there are at least as many.'),
  })
  .meta({ id: 'FindingFacets' });

const nullableInstant = z.string().nullable();
const accountSchema = z.strictObject({
  system: z.string(),
  accountKind: z.enum(ACCOUNT_KINDS),
  grants: z.array(
    z.strictObject({
      privilege: z.string(),
      resource: z.string(),
      lastUsedAt: nullableInstant.optional(),
      through: z.string().optional(),
    }),
  ),
  facts: z.strictObject({
    createdAt: nullableInstant,
    lastUsedAt: nullableInstant,
    expiresAt: nullableInstant,
    disabled: z.boolean(),
    human: z.boolean().nullable(),
    thirdParty: z.boolean(),
    privileged: z.boolean(),
    environment: z.string().nullable(),
    more: z.record(z.string(), z.string()),
  }),
  credentials: z.array(
    z.strictObject({
      keyId: z.string().nullable(),
      publicKey: z.string().nullable(),
      suffix: z.string().nullable(),
      createdAt: nullableInstant,
      lastUsedAt: nullableInstant,
      expiresAt: nullableInstant,
      active: z.boolean(),
    }),
  ),
});

export const placeSchema = z
  .strictObject({
    sourceId: idOf('source'),
    sourceName: z.string(),
    path: z.string(),
    line: z.int().nullable(),
    within: z.array(z.string()),
    commit: z.strictObject({ id: z.string(), at: z.string(), authorId: idOf('person').nullable() }).nullable(),
    commitCount: z.int(),
    unreachable: z.boolean().describe('In no branch any more, or under a later layer.'),
    exposed: z.boolean(),
    suppressed: z
      .strictObject({ by: z.string(), reason: z.string().nullable(), until: z.string().nullable() })
      .nullable(),
    ownerIds: z.array(idOf('person')).describe('Whom its repository names for the file.'),
    account: accountSchema.nullable(),
    firstSeenAt: instant,
    lastSeenAt: instant,
    goneAt: instant.nullable(),
  })
  .meta({ id: 'FindingPlace' });

export const eventSchema = z
  .strictObject({
    kind: z.enum(EVENT_KINDS),
    words: z.string().nullable(),
    data: z.record(z.string(), z.string().nullable()),
    by: z.string(),
    at: instant,
  })
  .meta({ id: 'FindingEvent' });

export const draftSchema = z
  .strictObject({
    name: z.string(),
    kind: z.enum(IDENTITY_KINDS),
    environment: z.string().nullable(),
    purpose: z.string(),
    privileged: z.boolean(),
    aliases: z.array(z.string()),
    registersKey: z.boolean(),
    system: z.string(),
    custodians: z.array(z.strictObject({ personId: idOf('person'), because: z.string() })),
  })
  .meta({ id: 'RegistrationDraft' });

export function showFinding(finding: QueuedFinding): z.input<typeof findingSchema> {
  const { thing, resolution } = finding;
  const { id, kind, state, assigneeId, placeCount, exposedCount, mergedInto, version } = finding;
  const dismissal = finding.dismissedUntil && {
    by: finding.dismissedBy!,
    reason: finding.dismissedReason!,
    until: toInstant(finding.dismissedUntil),
  };
  return {
    ...{ id, kind, rule: thing.rule, vendor: thing.vendor, name: thing.name, band: thing.band },
    ...{ bandReasons: [...thing.because], lastFour: thing.lastFour, words: [...thing.words] },
    ...{ verdict: resolution.verdict, confidence: resolution.confidence, because: resolution.because },
    evidence: resolution.evidence.map(showEvidence),
    identityId: resolution.identityId,
    credentialId: resolution.credentialId,
    named: resolution.named,
    fingerprint: thing.marks.find((mark) => mark.startsWith('fingerprint:'))?.slice('fingerprint:'.length) ?? null,
    ...{ state, assigneeId, placeCount, exposedCount },
    firstSeenAt: toInstant(finding.firstSeenAt),
    lastSeenAt: toInstant(finding.lastSeenAt),
    openedAt: toInstantOrNull(finding.openedAt),
    dueAt: toInstantOrNull(finding.dueAt),
    dismissal,
    retirement: finding.retirement && { ...finding.retirement },
    ...{ mergedInto, version },
  };
}

function showEvidence({ by, identifier, identityId }: Evidence) {
  return { by, identifier, identityId };
}

export function showRow({ finding, identityName, place }: QueuedRow): z.input<typeof findingRowSchema> {
  return { ...showFinding(finding), identityName, place };
}

export function showPlanned({ way, rotationId, steps }: PlannedRetirement): z.input<typeof plannedRetirementSchema> {
  return { way, rotationId, steps: [...steps] };
}

export function showRetired({ finding, steps }: Retired): z.input<typeof retiredSchema> {
  return { finding: showFinding(finding), steps: [...steps] };
}

export function showFacets(facets: readonly Facet[]): z.input<typeof facetsSchema> {
  const counted = facets.filter(({ name }) => name === 'state').reduce((sum, { count }) => sum + count, 0);
  return { facets: [...facets], isAll: counted <= MOST_COUNTED };
}

export function showTrends({ since, weeks, found, ended, waiting }: Trends): z.input<typeof trendsSchema> {
  return { since: toInstant(since), weeks, found: [...found], ended: [...ended], waiting: [...waiting] };
}

export function showPlace({ place, account, suppressed, ownerIds, ...seen }: ShownPlace): z.input<typeof placeSchema> {
  const { sourceId, sourceName, exposed } = seen;
  return {
    ...{ sourceId, sourceName, ...place, within: [...place.within], exposed, suppressed, ownerIds: [...ownerIds] },
    account: account as z.input<typeof accountSchema> | null,
    firstSeenAt: toInstant(seen.firstSeenAt),
    lastSeenAt: toInstant(seen.lastSeenAt),
    goneAt: toInstantOrNull(seen.goneAt),
  };
}

export function showEvent({ kind, words, data, by, at }: StoredEvent): z.input<typeof eventSchema> {
  return { kind, words, data: { ...data }, by, at: toInstant(at) };
}

export function showDraft(draft: RegistrationDraft): z.input<typeof draftSchema> {
  return { ...draft, aliases: [...draft.aliases], custodians: [...draft.custodians] };
}
