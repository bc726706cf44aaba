import type { Id, Role } from '../../kernel/index.js';

/** What machine identities are. `enforcement-point` is a guarded server that follows the feed and reports use. */
export const IDENTITY_KINDS = [
  'service-account',
  'bot',
  'ci-pipeline',
  'workload',
  'ai-agent',
  'third-party-integration',
  'api-key',
  'enforcement-point',
] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

export const CRITICALITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

export const DATA_CLASSES = ['cardholder-data', 'customer-information', 'order-entry', 'pii'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

export const IDENTITY_STATUSES = ['pending', 'active', 'suspended', 'retired'] as const;
export type IdentityStatus = (typeof IDENTITY_STATUSES)[number];

/** Who answers for an identity. While `handoverDueAt` runs there is no backup: somebody left, and nobody followed yet. */
export interface Custody {
  readonly primaryCustodianId: Id<'person'> | null;
  readonly backupCustodianId: Id<'person'> | null;
  readonly handoverDueAt: Date | null;
  /** Whose departure set the clock. */
  readonly departedCustodianId: Id<'person'> | null;
}

/** What is owed for an identity, the first of each kind: no part of it, and not changed with it. */
export interface Obligations {
  /** By when the next access review must be complete. */
  readonly reviewDueAt: Date | null;
  readonly reviewId: Id<'reviewItem'> | null;
  /** When the risk analysis behind the frequency of its reviews runs out (PCI DSS 12.3.1). */
  readonly riskAnalysisExpiresAt: Date | null;
  readonly riskAnalysisId: Id<'riskAnalysis'> | null;
}

export const NOTHING_OWED: Obligations = {
  reviewDueAt: null,
  reviewId: null,
  riskAnalysisExpiresAt: null,
  riskAnalysisId: null,
};

/** One machine identity. Its id, SPIFFE id, name, environment and kind never change and are never given again. */
export interface Identity extends Custody, Obligations {
  readonly id: Id<'identity'>;
  readonly spiffeId: string;
  readonly name: string;
  readonly kind: IdentityKind;
  readonly environment: string;
  readonly teamId: Id<'team'>;
  readonly purpose: string;
  readonly criticality: Criticality;
  readonly dataClasses: readonly DataClass[];
  readonly privileged: boolean;
  readonly supportExpiresAt: Date | null;
  readonly status: IdentityStatus;
  /** Why the status is what it is: people's words, or `no_custodian` when the last custodian left. */
  readonly statusReason: string | null;
  /** Opaque name of who set the status. */
  readonly statusBy: string;
  readonly requestedBy: string;
  /** Opaque names of all who had a hand in what is asked for while it waits: none of them may approve it. */
  readonly authors: readonly string[];
  /** The approval that it waits for, or that its privilege and order entry rest on. */
  readonly approvalId: Id<'approval'> | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** Who does something, as far as the rules over an identity care. */
export interface Party {
  /** Opaque name: a person's id, or `system:<component>`. */
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface Registration {
  readonly id: Id<'identity'>;
  readonly spiffeId: string;
  readonly name: string;
  readonly kind: IdentityKind;
  readonly environment: string;
  readonly teamId: Id<'team'>;
  readonly purpose: string;
  readonly criticality: Criticality;
  readonly dataClasses: readonly DataClass[];
  readonly privileged: boolean;
  readonly supportExpiresAt: Date | null;
  readonly primaryCustodianId: Id<'person'> | null;
  readonly backupCustodianId: Id<'person'> | null;
}

/** What may be changed about an identity; what is absent stays. */
export interface IdentityChange {
  readonly teamId?: Id<'team'> | undefined;
  readonly purpose?: string | undefined;
  readonly criticality?: Criticality | undefined;
  readonly dataClasses?: readonly DataClass[] | undefined;
  readonly privileged?: boolean | undefined;
  readonly supportExpiresAt?: Date | null | undefined;
}

/** The classes once each, in one order, so that equal sets are equal texts. */
export function sortedClasses(classes: readonly DataClass[]): readonly DataClass[] {
  return DATA_CLASSES.filter((dataClass) => classes.includes(dataClass));
}

export function isCustodianOf(custody: Custody, name: string): boolean {
  return custody.primaryCustodianId === name || custody.backupCustodianId === name;
}

/** The next version of an identity, everything else as given. */
export function revise(identity: Identity, changed: Partial<Identity>, at: Date): Identity {
  return { ...identity, ...changed, version: identity.version + 1, changedAt: at };
}
