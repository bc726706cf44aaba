import type { ApprovalRequirement, Decision, Id, MusterError, StepUpRequirement } from '../../kernel/index.js';
import type { Tx } from '../database/tx.js';
import type { Payload } from './payload.js';
import type { Evidence, Question } from './ports.js';

/** The header by which a request names the proof that was made for it. */
export const STEP_UP_HEADER = 'muster-step-up';

/** A request that the policy would let through, if something more were shown. */
export interface GuardedCall {
  readonly question: Question;
  readonly requestId: Id<'request'>;
  /** The answer that asks for something to be shown first. */
  readonly decision: Decision;
  /** What will happen, for people: the requirement's words, filled in. */
  readonly words: string;
  /** Exactly what is asked to be done. */
  readonly payload: Payload;
  /** Where the body holds secrets, which are shown to nobody: paths of field names. */
  readonly secretFields: readonly (readonly string[])[];
  /** What the caller sent in `Muster-Step-Up`; theirs to write. */
  readonly shownStepUp: string | undefined;
}

/** What lets one request through, once. */
export interface Pass {
  /** What the policy is told when it is asked again. */
  readonly evidence: Evidence;
  /** There where another request has used it up: it then lets nothing through but a repeat of that request's answer. */
  readonly spent?: MusterError;
  /**
   * Uses it up in the transaction of what it lets through, so that of any number of requests at once one commits.
   * Called again for the same request, it holds still.
   *
   * @throws MusterError where another request has used it
   */
  spend(tx: Tx): Promise<void>;
}

/** Port: fresh proof that a person is present. Bound in `app.module.ts` to `step-up`. */
export abstract class StepUpDesk {
  /** @throws MusterError `step_up_required` with what to do, or why what was shown is no proof of this */
  abstract admit(call: GuardedCall, requirement: StepUpRequirement): Promise<Pass>;
}

/** Port: consent of somebody else. Bound in `app.module.ts` to `approvals`. */
export abstract class ApprovalDesk {
  /** @throws MusterError `approval_required` with what was asked of whom */
  abstract admit(call: GuardedCall, requirement: ApprovalRequirement): Promise<Pass>;
}
