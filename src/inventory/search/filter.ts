import type { Id } from '../../kernel/index.js';
import type { Criticality, DataClass, IdentityKind, IdentityStatus } from '../domain/identity.js';
import type { Words } from './domain/words.js';

/** How an identity stands, as far as a list can be narrowed by it. */
export const STANDINGS = ['handover-due', 'issues', 'refused'] as const;
export type StandingFilter = (typeof STANDINGS)[number];

/** What a list of identities is narrowed by. */
export interface IdentityFilter {
  readonly words?: Words | undefined;
  readonly status?: IdentityStatus | undefined;
  readonly kind?: IdentityKind | undefined;
  readonly environment?: string | undefined;
  readonly teamId?: Id<'team'> | undefined;
  readonly custodianId?: Id<'person'> | undefined;
  readonly criticality?: Criticality | undefined;
  readonly dataClass?: DataClass | undefined;
  readonly privileged?: boolean | undefined;
  readonly orderEntry?: boolean | undefined;
  readonly standing?: StandingFilter | undefined;
  /** What this person answers for and what wants something of its custodians. */
  readonly neededBy?: Id<'person'> | undefined;
}

const KEPT = ['status', 'kind', 'environment', 'criticality', 'privileged', 'dataClass', 'orderEntry'];
const KEPT_BY_TEAM = ['status', 'kind', 'environment', 'teamId'];

/** Whether the database keeps counts that answer for the filter. */
export function isKept(filter: IdentityFilter): boolean {
  return isOnlyBy(filter, KEPT);
}

/** Whether it keeps counts of teams that do. */
export function isKeptByTeam(filter: IdentityFilter): boolean {
  return isOnlyBy(filter, KEPT_BY_TEAM);
}

export function isNarrowed(filter: IdentityFilter): boolean {
  return !isOnlyBy(filter, []);
}

function isOnlyBy(filter: IdentityFilter, names: readonly string[]): boolean {
  return Object.entries(filter).every(([name, value]) => value === undefined || names.includes(name));
}
