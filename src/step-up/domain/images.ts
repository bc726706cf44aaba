import type { Json } from '../../kernel/index.js';
import type { StepUp } from './step-up.js';

/** A step-up as the log commits to it. */
export function stepUpImage(stepUp: StepUp): Json {
  return {
    id: stepUp.id,
    personId: stepUp.personId,
    sessionId: stepUp.sessionId,
    action: stepUp.action,
    acr: stepUp.acr,
    bound: stepUp.bound,
    payloadSha256: stepUp.payloadDigest.toString('hex'),
    provedAcr: stepUp.proof?.acr ?? null,
    authenticatorId: stepUp.proof?.authenticatorId ?? null,
    provedIn: stepUp.proof?.sessionId ?? null,
    provedAt: stepUp.proof?.at.toISOString() ?? null,
  };
}
