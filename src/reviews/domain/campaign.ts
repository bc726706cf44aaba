import type { Id, Json } from '../../kernel/index.js';
import type { Scope } from './scope.js';

export const CAMPAIGN_STATES = ['staging', 'open', 'closed', 'cancelled'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** What of the evidence was older than it should be when it was frozen: shown, never hidden. */
export interface StaleEvidence {
  readonly code: string;
  readonly words: string;
  readonly count: number;
}

/** A review of what a scope held at one instant: frozen first, then decided, seen to be so, acknowledged and closed. */
export interface Campaign {
  readonly id: Id<'campaign'>;
  readonly name: string;
  readonly scope: Scope;
  readonly scheduleId: Id<'reviewSchedule'> | null;
  readonly riskAnalysisId: Id<'riskAnalysis'> | null;
  /** Who runs it. */
  readonly ownerId: Id<'person'>;
  /** Who acknowledges it, apart from those who decided (PCI DSS 7.2.5.1). */
  readonly managementId: Id<'person'>;
  /** Of how many keeps in a hundred somebody else takes a second look. */
  readonly samplePercent: number;
  readonly state: CampaignState;
  readonly dueAt: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly frozenAt: Date | null;
  readonly population: number | null;
  /** SHA-256 over every item as it was frozen. */
  readonly populationDigest: Buffer | null;
  readonly dataGate: readonly StaleEvidence[] | null;
  readonly acknowledgedBy: Id<'person'> | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedDigest: Buffer | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  /** The numbers as they stood at the end. */
  readonly figures: Json;
  readonly version: number;
  readonly changedAt: Date;
}
