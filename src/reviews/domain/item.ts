import type { Id } from '../../kernel/index.js';

export const ITEM_STATES = ['open', 'staged', 'submitted', 'excepted'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** What ends an item, and what hands it to somebody else, who decides then. */
export const OUTCOMES = ['keep', 'reduce', 'revoke'] as const;
export const HAND_ONS = ['reassign', 'delegate'] as const;
export const DECISIONS = [...OUTCOMES, ...HAND_ONS] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** A decision as somebody noted it; it can be undone until it is submitted. */
export interface StagedDecision {
  readonly kind: DecisionKind;
  /** The grants to take away, for `reduce`. */
  readonly grants: readonly Id<'grant'>[] | null;
  /** Words; compulsory to keep something privileged. */
  readonly reason: string | null;
  /** To whom, for `reassign` (the identity is theirs to answer for from then on) and `delegate` (this once). */
  readonly to: Id<'person'> | null;
  readonly by: Id<'person'>;
  readonly at: Date;
  readonly inBulk: boolean;
}

/** How an item went on from one reviewer to another. */
export interface Move {
  readonly kind: 'reassign' | 'delegate' | 'escalate' | 'departure';
  readonly from: Id<'person'> | null;
  readonly to: Id<'person'> | null;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string | null;
}

/** One identity in one campaign. */
export interface ReviewItem {
  readonly id: Id<'reviewItem'>;
  readonly campaignId: Id<'campaign'>;
  readonly position: number;
  readonly identityId: Id<'identity'>;
  /** As frozen. */
  readonly name: string;
  readonly environment: string;
  /** Grants that the right-sized set would do without. */
  readonly unusedGrants: number;
  readonly lastUsedAt: Date | null;
  /** Who decides now; null where nobody may. */
  readonly reviewerId: Id<'person'> | null;
  /** The backup custodian as frozen, who may decide too once the item is late. */
  readonly backupId: Id<'person'> | null;
  /** Who never may: whoever asked for the identity or had a hand in it; and with them their other accounts, and who stands in for them. */
  readonly barred: readonly string[];
  readonly state: ItemState;
  readonly privileged: boolean;
  readonly evidence: Evidence;
  readonly evidenceDigest: Buffer;
  readonly previousId: Id<'reviewItem'> | null;
  /** When its evidence was last opened by somebody who may decide, and by whom. */
  readonly openedAt: Date | null;
  readonly openedBy: Id<'person'> | null;
  readonly secondsSpent: number;
  readonly decision: StagedDecision | null;
  readonly submissionId: Id<'reviewSubmission'> | null;
  readonly submittedAt: Date | null;
  readonly moves: readonly Move[];
  readonly version: number;
}

/** An item as lists show it. */
export type ListedItem = Omit<ReviewItem, 'evidence'>;

/** What is known of an identity at the instant its campaign was frozen. Instants are RFC 3339 texts. */
export interface Evidence {
  readonly identity: {
    readonly id: Id<'identity'>;
    readonly name: string;
    readonly spiffeId: string;
    readonly kind: string;
    readonly environment: string;
    readonly teamId: Id<'team'>;
    readonly purpose: string;
    readonly criticality: string;
    readonly dataClasses: readonly string[];
    readonly privileged: boolean;
    readonly status: string;
    readonly primaryCustodianId: Id<'person'> | null;
    readonly backupCustodianId: Id<'person'> | null;
    readonly handoverDueAt: string | null;
    readonly supportExpiresAt: string | null;
    readonly requestedBy: string;
    readonly approvalId: Id<'approval'> | null;
    readonly createdAt: string;
  };
  readonly grants: readonly {
    readonly id: Id<'grant'>;
    readonly target: string;
    readonly scope: string;
    readonly purpose: string;
    readonly verifiedAt: string | null;
    readonly verifierId: Id<'person'> | null;
    readonly addedAt: string;
    readonly lastUsedAt: string | null;
    /** Whether the right-sized set keeps it: it was used in the last 90 days, or is younger than that. */
    readonly keep: boolean;
  }[];
  /** The newest 20 that were valid; the rest is counted. */
  readonly credentials: readonly {
    readonly id: string;
    readonly kind: string;
    readonly notBefore: string;
    readonly expiresAt: string | null;
    readonly lastUsedAt: string | null;
  }[];
  readonly credentialCount: number;
  readonly lastUsedAt: string | null;
  readonly approvals: readonly {
    readonly id: Id<'approval'>;
    readonly action: string;
    readonly decidedBy: string | null;
    readonly decidedAt: string | null;
  }[];
  /** What of the above is stale or missing, by the code of the data gate. */
  readonly gaps: readonly string[];
}
