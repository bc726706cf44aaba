import type { Actor, Id, Json } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Consent } from './domain/consent.js';

/** What somebody else is asked to agree to: an action on an identity, and exactly what it would become. */
export interface ConsentQuestion {
  readonly action: string;
  readonly subject: Id<'identity'>;
  /** The approver is shown it, and an approval counts for nothing else. */
  readonly payload: Json;
}

/**
 * Port: consent by somebody other than those who ask. Bound in `app.module.ts` to approvals.
 *
 * An approval never acts: the caller asks again with `spend`, once, for exactly what was approved.
 */
export abstract class ActivationConsent {
  /**
   * Asks for consent. Asking the same again gives the approval that is already open; asking something else about the
   * same subject takes its place.
   *
   * @param question `summary` is what the approver reads; none of `involved` (opaque names) may be the approver
   */
  abstract request(
    tx: Tx,
    actor: Actor,
    question: ConsentQuestion & { readonly summary: string; readonly involved: readonly string[] },
  ): Promise<Id<'approval'>>;

  /** Takes the consent given for this very question, if there is one; the approver themself may not take it. */
  abstract spend(tx: Tx, actor: Actor, question: ConsentQuestion): Promise<Consent>;

  /** Takes back whatever is still open about the subject, because it no longer needs to be asked. */
  abstract withdraw(tx: Tx, actor: Actor, subject: Id<'identity'>): Promise<void>;
}
