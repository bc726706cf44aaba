import type { Id, Role } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** Roles that somebody has for a time because nothing else would help. */
export interface LentRoles {
  readonly id: Id<'breakGlass'>;
  readonly roles: readonly Role[];
}

/** A breaking of the glass that is open, or whose review is. */
export interface Emergency {
  readonly id: Id<'breakGlass'>;
  readonly personId: Id<'person'>;
  readonly state: 'open' | 'review-due' | 'review-overdue';
  readonly openedAt: Date;
  /** When it ends, or ended. */
  readonly endsAt: Date;
  readonly reviewDueAt: Date;
}

/** Port: what is broken open. Bound in `app.module.ts` to approvals. */
export abstract class Emergencies {
  /** What a person has been lent and holds now. */
  abstract lentTo(person: Id<'person'>, at: Date): Promise<LentRoles | undefined>;

  /** All that is open or waits for its review; of one person alone where one is named. */
  abstract list(tx: Tx, of: Id<'person'> | undefined): Promise<readonly Emergency[]>;
}
