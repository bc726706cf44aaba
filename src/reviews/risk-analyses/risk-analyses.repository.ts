import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import { FoundationError } from './domain/errors.js';
import type { RiskAnalysis, RiskAnalysisStatus } from './domain/risk-analysis.js';

@Injectable()
export class RiskAnalysesRepository {
  async find(tx: Tx, id: Id<'riskAnalysis'>): Promise<RiskAnalysis | undefined> {
    return (await this.select(tx, 'WHERE id = $1', [id]))[0];
  }

  /** @throws FoundationError `analysis_not_found` */
  async get(tx: Tx, id: Id<'riskAnalysis'>): Promise<RiskAnalysis> {
    return known(await this.find(tx, id));
  }

  /** @throws FoundationError `analysis_not_found` */
  async lock(tx: Tx, id: Id<'riskAnalysis'>): Promise<RiskAnalysis> {
    return known((await this.select(tx, 'WHERE id = $1 FOR UPDATE', [id]))[0]);
  }

  /** Reads an analysis and keeps it as it is until the transaction ends. */
  async hold(tx: Tx, id: Id<'riskAnalysis'>): Promise<RiskAnalysis | undefined> {
    return (await this.select(tx, 'WHERE id = $1 FOR SHARE', [id]))[0];
  }

  /** The newest first. @param at instant of the question: what has expired is judged by it */
  list(
    tx: Tx,
    status: RiskAnalysisStatus | undefined,
    before: Id<'riskAnalysis'> | undefined,
    count: number,
    at: Date,
  ): Promise<RiskAnalysis[]> {
    return this.select(
      tx,
      `WHERE ($1::text IS NULL OR $1 = CASE WHEN status = 'approved' AND expires_at <= $4 THEN 'expired' ELSE status END)
         AND ($2::text IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [status ?? null, before ?? null, count, at],
    );
  }

  /** The approved ones that expire after an instant and not after another. */
  listExpiring(tx: Tx, after: Date, until: Date): Promise<RiskAnalysis[]> {
    return this.select(
      tx,
      `WHERE status = 'approved' AND expires_at > $1 AND expires_at <= $2 ORDER BY expires_at, id`,
      [after, until],
    );
  }

  async insert(tx: Tx, analysis: RiskAnalysis): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.risk_analyses (id, author_id, replaces_id, created_at, title, assets, threats, factors,
         justification, every_days, status, approver_id, approved_at, expires_at, withdrawn_at, version, changed_at)
       VALUES ($1, $14, $15, $16, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $17)`,
      [...changeable(analysis), analysis.authorId, analysis.replacesId, analysis.createdAt, analysis.changedAt],
    );
  }

  async save(tx: Tx, analysis: RiskAnalysis): Promise<void> {
    await tx.execute(
      `UPDATE muster.risk_analyses SET title = $2, assets = $3, threats = $4, factors = $5, justification = $6,
         every_days = $7, status = $8, approver_id = $9, approved_at = $10, expires_at = $11, withdrawn_at = $12,
         version = $13, changed_at = $14
       WHERE id = $1`,
      [...changeable(analysis), analysis.changedAt],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<RiskAnalysis[]> {
    const rows = await tx.query<RiskAnalysisRow>(`SELECT ${COLUMNS} FROM muster.risk_analyses ${rest}`, parameters);
    return rows.map(riskAnalysisOf);
  }
}

const COLUMNS = `id, title, assets, threats, factors, justification, every_days, status, author_id, approver_id, approved_at,
  expires_at, withdrawn_at, replaces_id, version, created_at, changed_at`;

interface RiskAnalysisRow {
  readonly id: Id<'riskAnalysis'>;
  readonly title: string;
  readonly assets: string;
  readonly threats: string;
  readonly factors: string;
  readonly justification: string;
  readonly every_days: number;
  readonly status: RiskAnalysis['status'];
  readonly author_id: Id<'person'>;
  readonly approver_id: Id<'person'> | null;
  readonly approved_at: Date | null;
  readonly expires_at: Date;
  readonly withdrawn_at: Date | null;
  readonly replaces_id: Id<'riskAnalysis'> | null;
  readonly version: number;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function riskAnalysisOf(row: RiskAnalysisRow): RiskAnalysis {
  return {
    id: row.id,
    title: row.title,
    assets: row.assets,
    threats: row.threats,
    factors: row.factors,
    justification: row.justification,
    everyDays: row.every_days,
    status: row.status,
    authorId: row.author_id,
    approverId: row.approver_id,
    approvedAt: row.approved_at,
    expiresAt: row.expires_at,
    withdrawnAt: row.withdrawn_at,
    replacesId: row.replaces_id,
    version: row.version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

function changeable(analysis: RiskAnalysis): unknown[] {
  return [
    analysis.id,
    analysis.title,
    analysis.assets,
    analysis.threats,
    analysis.factors,
    analysis.justification,
    analysis.everyDays,
    analysis.status,
    analysis.approverId,
    analysis.approvedAt,
    analysis.expiresAt,
    analysis.withdrawnAt,
    analysis.version,
  ];
}

function known(analysis: RiskAnalysis | undefined): RiskAnalysis {
  if (!analysis)
    throw new FoundationError('analysis_not_found', 'No risk analysis has that id; list them to find the right one.');
  return analysis;
}
