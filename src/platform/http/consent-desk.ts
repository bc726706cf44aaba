import type { ApprovalRequirement, Decision, Id, Principal } from '../../kernel/index.js';
import type { Tx } from '../database/tx.js';

/** A request that the policy lets through with somebody else's consent alone. */
export interface ConsentAsk {
  readonly principal: Principal;
  readonly requestId: Id<'request'>;
  /** With the effect `approve`; it stands in the record of what is asked. */
  readonly decision: Decision;
  readonly requirement: ApprovalRequirement;
  readonly action: string;
  /** Path parameters: opaque ids. */
  readonly resource: Readonly<Record<string, string>>;
  /** What the approver reads: the requirement's words, filled in. */
  readonly words: string;
  /** What was asked, as canonical JSON, its secrets left out: exactly what the approver is shown. */
  readonly payload: string;
  /** SHA-256 of all that was asked, secrets included. */
  readonly digest: Buffer;
}

/** A consent that was given for exactly this and has not been used yet. */
export interface GivenConsent {
  readonly approvalId: Id<'approval'>;
  /**
   * Uses it up, once, in the transaction of what it was given for: of several requests at once one commits.
   *
   * @throws a refusal for all the others
   */
  readonly spend: (tx: Tx) => Promise<void>;
}

/** Port: has somebody else agreed to exactly this? Bound in `app.module.ts` to `approvals`; the guard asks it. */
export abstract class ConsentDesk {
  /**
   * Finds the consent that was given, or asks for it.
   *
   * @throws a refusal `approval_required` with `access_request` (`id`, `url`, `expires_at`) while nobody has decided,
   *   `approval_denied`, `approval_used` for a moment after it was spent
   */
  abstract seek(ask: ConsentAsk): Promise<GivenConsent>;
}
