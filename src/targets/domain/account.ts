import type { Id } from '../../kernel/index.js';

/** Which account on a target is which identity's. */
export interface TargetAccount {
  readonly id: Id<'targetAccount'>;
  readonly targetId: Id<'target'>;
  readonly identityId: Id<'identity'>;
  /** As the target calls it. */
  readonly account: string;
  readonly addedBy: string;
  readonly addedAt: Date;
  readonly removedBy: string | null;
  readonly removedAt: Date | null;
}
