import type { Id } from '../../kernel/index.js';

/** Which identities a review is about: all conditions that are given hold. Retired ones never are. */
export interface Scope {
  readonly teamId?: Id<'team'> | undefined;
  readonly environment?: string | undefined;
  readonly dataClass?: string | undefined;
  readonly kind?: string | undefined;
  readonly criticality?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly custodianId?: Id<'person'> | undefined;
  /** Registered at least so many days ago. */
  readonly olderThanDays?: number | undefined;
  /** Whose custodians changed within so many days. */
  readonly custodianChangedWithinDays?: number | undefined;
  /** CEL over `identity` (name, kind, environment, teamId, purpose, criticality, dataClasses, privileged, createdAt). */
  readonly condition?: string | undefined;
}
