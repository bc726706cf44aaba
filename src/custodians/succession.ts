import type { Actor, Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/**
 * Port: somebody who answers for identities leaves. Bound in `app.module.ts` to inventory.
 *
 * Called inside the departure's own transaction, after the person's row says `departed`; when it throws, nobody left.
 * The departure's record names the person; what happens to each identity is the provider's to record.
 */
export abstract class Succession {
  /** @param at instant of the departure, from which `handoverDueAt` runs */
  abstract handOver(tx: Tx, actor: Actor, departing: Id<'person'>, at: Date): Promise<void>;
}
