import { z } from 'zod';
import { idOf, instant, pageQuery, toInstant } from '../platform/index.js';
import type { KeptDecision } from './decisions.repository.js';
import type { Policy } from './domain/policy.js';

const effect = z.enum(['allow', 'step-up', 'approve', 'deny']);

export const decisionsQuery = z.strictObject({
  ...pageQuery,
  principal: z
    .string()
    .regex(/^([a-z]{3}_[0-9a-f]{32}|anonymous)$/, 'must be the id of a person or an identity')
    .optional(),
  action: z.string().max(64).optional(),
  effect: effect.optional(),
});

export const decisionSchema = z
  .strictObject({
    id: idOf('decision'),
    at: instant,
    requestId: z.string().nullable(),
    action: z.string(),
    effect,
    reasons: z.array(z.string()),
    policy: z.string(),
    /** Everything that it was decided by. */
    question: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Decision' });

export const policySchema = z
  .strictObject({ name: z.string(), sha256: z.string(), text: z.string() })
  .meta({ id: 'Policy' });

export function showDecision({ id, at, requestId, input, decision }: KeptDecision): z.input<typeof decisionSchema> {
  return {
    ...{ id, at: toInstant(at), requestId, action: input.action },
    ...{ effect: decision.effect, reasons: [...decision.reasons], policy: decision.policy },
    question: { ...input },
  };
}

export function showPolicy({ name, sha256, text }: Policy): z.input<typeof policySchema> {
  return { name, sha256: sha256.toString('hex'), text };
}
