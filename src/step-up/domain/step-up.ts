import { addSeconds, type Id, MINUTE_SECONDS, type ProvedLevel, reaches } from '../../kernel/index.js';
import { StepUpError } from './errors.js';

/** How long somebody has to prove that they are present. */
export const OPEN_SECONDS = 10 * MINUTE_SECONDS;
/** How long a proof for one request may be spent (`standards.md`, Levels). */
export const SPENDABLE_SECONDS = 2 * MINUTE_SECONDS;
/** How often a proof may be tried before it has to be asked for again. */
export const MAX_ATTEMPTS = 10;
/** How far the clock of the replica that took the proof may be ahead. */
const SKEW_SECONDS = 5;

/** A proof of presence that is asked of one person: for a session, or bound to exactly one request. */
export interface StepUp {
  readonly id: Id<'stepUp'>;
  readonly personId: Id<'person'>;
  /** The session that asked; the proof counts there. */
  readonly sessionId: Id<'session'>;
  readonly action: string;
  readonly acr: ProvedLevel;
  readonly maxAgeSeconds: number;
  readonly bound: boolean;
  /** SHA-256 of the request that led to it; of the level alone where somebody proves unasked. */
  readonly payloadDigest: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Of the challenge that is out; null where none is. */
  readonly nonce: Buffer | null;
  readonly attempts: number;
  readonly proof: StepUpProof | null;
  readonly spent: { readonly at: Date; readonly by: Id<'request'> } | null;
}

export interface StepUpProof {
  readonly at: Date;
  readonly acr: ProvedLevel;
  readonly authenticatorId: Id<'authenticator'> | null;
  /** The session in which the person was present; another than the asking one where a browser helps a prompt. */
  readonly sessionId: Id<'session'>;
}

/** What the holder of a proof asks for with it. */
export interface Spending {
  readonly personId: Id<'person'>;
  readonly sessionId: Id<'session'>;
  readonly action: string;
  readonly acr: ProvedLevel;
  readonly payloadDigest: Buffer;
}

/** What is asked of somebody, before it has a name and a time. */
export type Asking = Pick<
  StepUp,
  'id' | 'personId' | 'sessionId' | 'action' | 'acr' | 'maxAgeSeconds' | 'bound' | 'payloadDigest'
>;

export function openStepUp(asking: Asking, at: Date): StepUp {
  const expiresAt = addSeconds(at, OPEN_SECONDS);
  return { ...asking, createdAt: at, expiresAt, nonce: null, attempts: 0, proof: null, spent: null };
}

export type StepUpState = 'pending' | 'proved' | 'spent' | 'expired';

export function stateOf(stepUp: StepUp, at: Date): StepUpState {
  if (stepUp.spent) return 'spent';
  if (stepUp.proof) return !stepUp.bound || isFresh(stepUp.proof, at) ? 'proved' : 'expired';
  return at < stepUp.expiresAt && stepUp.attempts < MAX_ATTEMPTS ? 'pending' : 'expired';
}

/** Whether a bound proof may still be spent. One from the future may not: a clock that jumped must not lengthen it. */
function isFresh(proof: StepUpProof, at: Date): boolean {
  return at < addSeconds(proof.at, SPENDABLE_SECONDS) && at >= addSeconds(proof.at, -SKEW_SECONDS);
}

/** @throws StepUpError `step_up_closed` */
export function mustBePending(stepUp: StepUp, at: Date): void {
  const state = stateOf(stepUp, at);
  if (state !== 'pending')
    throw new StepUpError('step_up_closed', `It is ${state}; send the request again, and prove what is asked then.`, {
      details: { state },
    });
}

/**
 * Records that the person proved their presence.
 *
 * @throws StepUpError `step_up_closed`, `proof_too_weak`
 */
export function prove(stepUp: StepUp, proof: StepUpProof): StepUp {
  if (stepUp.proof || stepUp.spent || proof.at >= stepUp.expiresAt)
    throw new StepUpError('step_up_closed', 'It is no longer open; send the request again.');
  if (!reaches(proof.acr, stepUp.acr))
    throw new StepUpError('proof_too_weak', `This proves ${proof.acr}, and ${stepUp.acr} is needed. Use another key.`, {
      details: { proved: proof.acr, acrValues: stepUp.acr },
    });
  return { ...stepUp, nonce: null, proof };
}

/**
 * Holds a proof to what it was made for: the same person, in the same session, doing exactly the same.
 *
 * @throws StepUpError `step_up_mismatch`
 */
export function mustBeFor(stepUp: StepUp, spending: Spending): void {
  const same =
    stepUp.bound &&
    stepUp.personId === spending.personId &&
    stepUp.sessionId === spending.sessionId &&
    stepUp.action === spending.action &&
    stepUp.payloadDigest.equals(spending.payloadDigest) &&
    (stepUp.proof === null || reaches(stepUp.proof.acr, spending.acr));
  if (!same)
    throw new StepUpError(
      'step_up_mismatch',
      'This proof was made for something else. Send the request without it, and prove what is asked then.',
    );
}
