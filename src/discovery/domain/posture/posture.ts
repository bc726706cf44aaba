import type { AccountFacts, GrantSeen, HeldCredential } from '../observation.js';
import type { Resolution } from '../resolution/verdict.js';
import type { Thing } from '../resolution/thing.js';
import type { RightsReview } from './rights.js';

/** One finding with all that is known around it. */
export interface Posture {
  readonly thing: Pick<Thing, 'kind' | 'rule' | 'name' | 'secret' | 'accounts' | 'words'>;
  readonly resolution: Pick<Resolution, 'verdict' | 'identityId'>;
  /** How many other findings are the same secret: a password that several users chose. */
  readonly alike: number;
  /** How many places it stands in where no secret belongs. */
  readonly exposed: number;
  /** The environments that the places it stands in say they are of. */
  readonly environments: readonly string[];
  /** As its own system lists it; null where none does. */
  readonly account: {
    readonly facts: AccountFacts;
    readonly grants: readonly GrantSeen[];
    readonly credentials: readonly HeldCredential[];
  } | null;
  /** The identity whose it is; null where nobody registered one. */
  readonly identity: {
    readonly name: string;
    readonly status: 'pending' | 'active' | 'suspended' | 'retired';
    readonly environment: string;
    /** Identities that hold the same credential, or go by the same account. */
    readonly sharedWith: number;
    /** Whether nobody answers for it any more. */
    readonly unattended: boolean;
  } | null;
  readonly rights: RightsReview | null;
}

/** Something that is wrong with it, and how that is put right. */
export interface Concern {
  readonly check: CheckId;
  readonly severity: 'high' | 'medium' | 'low';
  readonly because: string;
  /** What to do, in one sentence. */
  readonly fix: string;
}

/** OWASP Non-Human Identities Top 10, 2025. */
export const CHECK_IDS = [
  'NHI1-improper-offboarding',
  'NHI2-secret-leakage',
  'NHI3-vulnerable-third-party',
  'NHI4-insecure-authentication',
  'NHI5-overprivileged',
  'NHI6-insecure-cloud-deployment',
  'NHI7-long-lived-secrets',
  'NHI8-environment-isolation',
  'NHI9-reuse',
  'NHI10-human-use',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** @see https://owasp.org/www-project-non-human-identities-top-10/2025/ */
export interface Check {
  readonly id: CheckId;
  /** What is asked, for people. */
  readonly question: string;
  /** What it finds, or nothing. */
  readonly look: (posture: Posture, at: Date) => Omit<Concern, 'check'> | undefined;
}
