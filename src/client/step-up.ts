/** What a service asks for when it wants a stronger or fresher proof that a person is present (RFC 9470). */
export interface StepUpAsked {
  readonly stepUpId: string;
  /** Where the person proves it, in a browser. */
  readonly stepUpUrl: string;
  /** The level wanted, for example `loa3`. */
  readonly acrValues: string;
  readonly maxAgeSeconds: number;
  /** Whether the proof is for exactly this request: it is then repeated, byte for byte, with {@link STEP_UP_HEADER}. */
  readonly bound: boolean;
  readonly expiresAt: string;
  /** Whether the person has nothing yet that reaches the level, so that they must enrol it first. */
  readonly enrol: boolean;
}

/** Names the proof that a repeated request spends. */
export const STEP_UP_HEADER = 'muster-step-up';

/** Reads a refusal's problem details; undefined where it is not about stepping up. */
export function stepUpAskedIn(problem: unknown): StepUpAsked | undefined {
  const asked = problem as (Partial<StepUpAsked> & { readonly code?: unknown }) | null | undefined;
  if (asked?.code !== 'step_up_required' || typeof asked.stepUpId !== 'string') return undefined;
  if (typeof asked.stepUpUrl !== 'string') return undefined;
  return {
    stepUpId: asked.stepUpId,
    stepUpUrl: asked.stepUpUrl,
    acrValues: String(asked.acrValues),
    maxAgeSeconds: Number(asked.maxAgeSeconds),
    bound: asked.bound === true,
    expiresAt: String(asked.expiresAt),
    enrol: asked.enrol === true,
  };
}
