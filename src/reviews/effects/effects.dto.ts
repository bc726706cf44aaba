import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { EFFECT_KINDS, EFFECT_STATES } from '../domain/effect.js';
import { failureWordsOf, wordsOf } from './domain/words.js';
import type { SeenEffect } from './effects.service.js';

export const effectsQuery = z.strictObject({
  ...pageQuery,
  campaignId: idOf('campaign').optional(),
  itemId: idOf('reviewItem').optional(),
  state: z.enum(EFFECT_STATES).optional(),
  ownerId: z.union([z.literal('me'), idOf('person')]).optional(),
});

export const attestationBody = z.strictObject({
  statement: line(2000).describe('What was done, and how one knows.'),
  reference: line(500).describe('Where that can be looked up: a ticket, a change, a log entry.'),
});

export const effectSchema = z
  .strictObject({
    id: idOf('reviewEffect'),
    campaignId: idOf('campaign'),
    itemId: idOf('reviewItem'),
    identityId: idOf('identity'),
    identityName: z.string(),
    kind: z.enum(EFFECT_KINDS),
    words: z.string().describe('What is to be done.'),
    grantId: idOf('grant').nullable(),
    grant: z.strictObject({ target: z.string(), scope: z.string() }).nullable(),
    toId: idOf('person').nullable(),
    targetId: idOf('target')
      .nullable()
      .describe('What is looked at afterwards; null for Muster itself, and where nobody can.'),
    targetName: z.string().nullable(),
    state: z.enum(EFFECT_STATES),
    ownerId: idOf('person').nullable().describe('Who attests it, where nobody can look.'),
    attempts: z.int(),
    dueAt: instant.nullable().describe('When it is tried next.'),
    failure: z.string().nullable().describe('Stable code of why it is not done.'),
    failureWords: z.string().nullable().describe('What to do about it.'),
    evidence: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('What was seen afterwards, or what somebody attested: `statement` and `reference`.'),
    exceptionId: idOf('reviewException').nullable(),
    canAttest: z.boolean(),
    canRetry: z.boolean(),
    createdAt: instant,
    appliedAt: instant.nullable(),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: 'ReviewEffect' });

export function showEffect(seen: SeenEffect): z.input<typeof effectSchema> {
  const { effect, identityName, grant, targetName, exceptionId, canAttest, canRetry } = seen;
  const { failure, evidence } = effect;
  return {
    ...effect,
    ...{ identityName, grant, targetName, exceptionId, canAttest, canRetry },
    words: wordsOf({ kind: effect.kind, identityName, grant, targetName }),
    failureWords: failure === null ? null : failureWordsOf(failure, evidence),
    evidence: evidence && { ...evidence },
    dueAt: toInstantOrNull(effect.dueAt),
    createdAt: toInstant(effect.createdAt),
    appliedAt: toInstantOrNull(effect.appliedAt),
    endedAt: toInstantOrNull(effect.endedAt),
  };
}
