import { z } from 'zod';
import { authenticationResponse } from '../custodians/index.js';
import { LEVELS, type ProvedLevel } from '../kernel/index.js';
import { idOf, instant, toInstant, toInstantOrNull, wholeNumber } from '../platform/index.js';
import { stateOf } from './domain/step-up.js';
import type { ShownStepUp } from './step-up.repository.js';

const PROVED_LEVELS = LEVELS.filter((level): level is ProvedLevel => level !== 'loa1');
const MAX_WAIT_SECONDS = 30;
export const stepUpBody = z.strictObject({ acr: z.enum(PROVED_LEVELS) }).meta({ id: 'NewStepUp' });

export const waitQuery = z.strictObject({ waitSeconds: wholeNumber(0, MAX_WAIT_SECONDS).default(0) });

export const proofBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passkey'), response: authenticationResponse }),
    z.strictObject({ kind: z.literal('totp'), code: z.string().regex(/^\d{6}$/, 'must be six digits') }),
  ])
  .meta({ id: 'StepUpProof' });

/** Options as browsers read them (WebAuthn Level 3 §5.1.10, PublicKeyCredentialRequestOptionsJSON). */
export const optionsSchema = z
  .strictObject({ publicKey: z.record(z.string(), z.unknown()) })
  .meta({ id: 'StepUpOptions' });

export const stepUpSchema = z
  .strictObject({
    id: idOf('stepUp'),
    action: z.string(),
    words: z.string(),
    payload: z.string().nullable(),
    acr: z.enum(PROVED_LEVELS),
    maxAgeSeconds: z.int(),
    bound: z.boolean(),
    state: z.enum(['pending', 'proved', 'spent', 'expired']),
    methods: z.array(z.enum(['passkey', 'totp'])),
    createdAt: instant,
    expiresAt: instant,
    provedAt: instant.nullable(),
    sessionId: idOf('session'),
  })
  .meta({ id: 'StepUp' });

export function showStepUp({ stepUp, shown }: ShownStepUp, at: Date): z.input<typeof stepUpSchema> {
  return {
    id: stepUp.id,
    action: stepUp.action,
    words: shown.words,
    payload: shown.payload,
    acr: stepUp.acr,
    maxAgeSeconds: stepUp.maxAgeSeconds,
    bound: stepUp.bound,
    state: stateOf(stepUp, at),
    methods: methodsFor(stepUp.acr),
    createdAt: toInstant(stepUp.createdAt),
    expiresAt: toInstant(stepUp.expiresAt),
    provedAt: toInstantOrNull(stepUp.proof?.at ?? null),
    sessionId: stepUp.sessionId,
  };
}

/** What can reach the level at all: codes are phishable, so they end at loa2 (NIST SP 800-63B-4). */
function methodsFor(acr: ProvedLevel): ('passkey' | 'totp')[] {
  return acr === 'loa1c' || acr === 'loa2' ? ['passkey', 'totp'] : ['passkey'];
}
