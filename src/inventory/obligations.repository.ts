import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** What one campaign wants to hear: about which identity, and in which of its items. */
export interface OwedReview {
  readonly identityId: Id<'identity'>;
  readonly reviewId: Id<'reviewItem'>;
}

/** Why reviews happen as often as they do, and until when that is believed (PCI DSS 12.3.1). */
export interface Foundation {
  readonly riskAnalysisId: Id<'riskAnalysis'>;
  readonly expiresAt: Date;
}

@Injectable()
export class ObligationsRepository {
  async addReviews(tx: Tx, campaignId: Id<'campaign'>, owed: readonly OwedReview[], dueAt: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.obligations (identity_id, kind, source_id, reference_id, due_at)
       SELECT identity_id, 'review', $1, reference_id, $4
       FROM unnest($2::text[], $3::text[]) AS list (identity_id, reference_id)
       ON CONFLICT ON CONSTRAINT obligations_pk DO UPDATE SET reference_id = EXCLUDED.reference_id, due_at = EXCLUDED.due_at`,
      [campaignId, owed.map(({ identityId }) => identityId), owed.map(({ reviewId }) => reviewId), dueAt],
    );
  }

  async postpone(tx: Tx, sourceId: string, dueAt: Date): Promise<void> {
    await tx.execute('UPDATE muster.obligations SET due_at = $2 WHERE source_id = $1 AND due_at < $2', [
      sourceId,
      dueAt,
    ]);
  }

  /** @param identityIds undefined for all that the source wants */
  async remove(tx: Tx, sourceId: string, identityIds?: readonly Id<'identity'>[]): Promise<void> {
    await tx.execute(
      'DELETE FROM muster.obligations WHERE source_id = $1 AND ($2::text[] IS NULL OR identity_id = ANY ($2))',
      [sourceId, identityIds ?? null],
    );
  }

  /** Has a schedule's analysis stand behind what a campaign wants to hear about, and behind nothing else. */
  async found(
    tx: Tx,
    scheduleId: Id<'reviewSchedule'>,
    campaignId: Id<'campaign'>,
    { riskAnalysisId, expiresAt }: Foundation,
  ): Promise<void> {
    await this.remove(tx, scheduleId);
    await tx.execute(
      `INSERT INTO muster.obligations (identity_id, kind, source_id, reference_id, due_at)
       SELECT identity_id, 'risk-analysis', $1, $3, $4 FROM muster.obligations WHERE source_id = $2`,
      [scheduleId, campaignId, riskAnalysisId, expiresAt],
    );
  }

  async foundAnew(tx: Tx, scheduleId: Id<'reviewSchedule'>, { riskAnalysisId, expiresAt }: Foundation): Promise<void> {
    await tx.execute('UPDATE muster.obligations SET reference_id = $2, due_at = $3 WHERE source_id = $1', [
      scheduleId,
      riskAnalysisId,
      expiresAt,
    ]);
  }
}
