import { z } from 'zod';
import { LEVELS, type ProvedLevel } from '../kernel/index.js';
import { idOf, instant, toInstant, toInstantOrNull, wholeNumber } from '../platform/index.js';
import { stateOf } from './domain/step-up.js';
import type { ShownStepUp } from './step-up.repository.js';

const PROVED_LEVELS = LEVELS.filter((level): level is ProvedLevel => level !== 'loa1');
const MAX_WAIT_SECONDS = 30;
const base64url = (maxLength: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url')
    .max(maxLength);

export const stepUpBody = z.strictObject({ acr: z.enum(PROVED_LEVELS) }).meta({ id: 'NewStepUp' });

export const waitQuery = z.strictObject({ waitSeconds: wholeNumber(0, MAX_WAIT_SECONDS).default(0) });

/** An assertion as browsers write it (WebAuthn Level 3 §5.1.9, AuthenticationResponseJSON). */
const assertion = z.strictObject({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(4096),
    userHandle: base64url(128).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string().max(64), z.unknown()),
});

export const proofBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passkey'), response: assertion }),
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
