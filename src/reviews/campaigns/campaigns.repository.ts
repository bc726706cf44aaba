import { Injectable } from '@nestjs/common';
import type { Id, Json } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Campaign, CampaignState, StaleEvidence } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import type { Progress } from '../domain/progress.js';
import type { Scope } from '../domain/scope.js';

export interface CampaignFilter {
  readonly state?: CampaignState | undefined;
  readonly ownerId?: Id<'person'> | undefined;
}

/** How far one reviewer has come. */
export interface ReviewerProgress extends Progress {
  /** Null where nobody may decide. */
  readonly reviewerId: Id<'person'> | null;
}

/** Where a list of reviewers went on: how many each had left, and who; nobody's own have no id. */
export type ReviewerPosition = readonly [left: number, reviewerId: string];

@Injectable()
export class CampaignsRepository {
  /** @throws ReviewsError `campaign_not_found` */
  async get(tx: Tx, id: Id<'campaign'>): Promise<Campaign> {
    return known((await tx.query<CampaignRow>(GET, [id])).map(campaignOf)[0]);
  }

  /** @throws ReviewsError `campaign_not_found` */
  async lock(tx: Tx, id: Id<'campaign'>): Promise<Campaign> {
    return known((await this.select(tx, 'WHERE c.id = $1 FOR UPDATE', [id]))[0]);
  }

  /**
   * Reads a campaign and keeps it as it is until the transaction ends: who decides in it waits for nobody but whoever
   * ends it.
   *
   * @throws ReviewsError `campaign_not_found`
   */
  async hold(tx: Tx, id: Id<'campaign'>): Promise<Campaign> {
    return known((await tx.query<CampaignRow>(HOLD, [id])).map(campaignOf)[0]);
  }

  async findAll(tx: Tx, ids: readonly Id<'campaign'>[]): Promise<ReadonlyMap<Id<'campaign'>, Campaign>> {
    const found = await this.select(tx, 'WHERE c.id = ANY ($1)', [ids]);
    return new Map(found.map((campaign) => [campaign.id, campaign]));
  }

  /** Locks a campaign that waits to be frozen, unless somebody is at it. */
  async lockStaging(tx: Tx, id: Id<'campaign'>): Promise<Campaign | undefined> {
    return (await this.select(tx, `WHERE c.id = $1 AND c.state = 'staging' FOR UPDATE SKIP LOCKED`, [id]))[0];
  }

  async listStaging(tx: Tx): Promise<Id<'campaign'>[]> {
    const rows = await tx.query<{ id: Id<'campaign'> }>(
      `SELECT c.id FROM muster.review_campaigns c WHERE c.state = 'staging' ORDER BY c.id`,
    );
    return rows.map(({ id }) => id);
  }

  /** The newest first. */
  list(tx: Tx, { state, ownerId }: CampaignFilter, before: string | undefined, count: number): Promise<Campaign[]> {
    return this.select(
      tx,
      `WHERE ($1::text IS NULL OR c.state = $1) AND ($2::text IS NULL OR c.owner_id = $2) AND ($3::text IS NULL OR c.id < $3)
       ORDER BY c.id DESC LIMIT $4`,
      [state ?? null, ownerId ?? null, before ?? null, count],
    );
  }

  /** How far campaigns are; one that nothing is frozen of has no entry. */
  async progressOf(tx: Tx, ids: readonly Id<'campaign'>[]): Promise<ReadonlyMap<Id<'campaign'>, Progress>> {
    const rows = await tx.query<ProgressRow & { campaign_id: Id<'campaign'> }>(PROGRESS, [ids]);
    return new Map(rows.map((row) => [row.campaign_id, progressOf(row)]));
  }

  /** How far each reviewer is, those with most left to do first. */
  async progressByReviewer(
    tx: Tx,
    id: Id<'campaign'>,
    [left, reviewerId]: ReviewerPosition | readonly [null, null],
    count: number,
  ): Promise<ReviewerProgress[]> {
    const parameters = [id, left, reviewerId, count];
    const rows = await tx.query<ProgressRow & { reviewer_id: Id<'person'> | '' }>(BY_REVIEWER, parameters);
    return rows.map((row) => ({ reviewerId: row.reviewer_id === '' ? null : row.reviewer_id, ...progressOf(row) }));
  }

  async insert(tx: Tx, campaign: Campaign): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.review_campaigns (id, name, scope, schedule_id, risk_analysis_id, owner_id, management_id,
         sample_percent, state, due_at, created_by, created_at, version, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        campaign.id,
        campaign.name,
        JSON.stringify(campaign.scope),
        campaign.scheduleId,
        campaign.riskAnalysisId,
        campaign.ownerId,
        campaign.managementId,
        campaign.samplePercent,
        campaign.state,
        campaign.dueAt,
        campaign.createdBy,
        campaign.createdAt,
        campaign.version,
        campaign.changedAt,
      ],
    );
  }

  async save(tx: Tx, campaign: Campaign): Promise<void> {
    await tx.execute(
      `UPDATE muster.review_campaigns SET name = $2, owner_id = $3, management_id = $4, state = $5, due_at = $6,
         frozen_at = $7, population = $8, population_digest = $9, data_gate = $10, acknowledged_by = $11,
         acknowledged_at = $12, acknowledged_digest = $13, ended_by = $14, ended_at = $15, end_reason = $16, figures = $17,
         version = $18, changed_at = $19
       WHERE id = $1`,
      [
        campaign.id,
        campaign.name,
        campaign.ownerId,
        campaign.managementId,
        campaign.state,
        campaign.dueAt,
        campaign.frozenAt,
        campaign.population,
        campaign.populationDigest,
        campaign.dataGate && JSON.stringify(campaign.dataGate),
        campaign.acknowledgedBy,
        campaign.acknowledgedAt,
        campaign.acknowledgedDigest,
        campaign.endedBy,
        campaign.endedAt,
        campaign.endReason,
        campaign.figures && JSON.stringify(campaign.figures),
        campaign.version,
        campaign.changedAt,
      ],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Campaign[]> {
    const rows = await tx.query<CampaignRow>(`SELECT ${COLUMNS} FROM muster.review_campaigns c ${rest}`, parameters);
    return rows.map(campaignOf);
  }
}

const COLUMNS = `c.id, c.name, c.scope, c.schedule_id, c.risk_analysis_id, c.owner_id, c.management_id, c.sample_percent, c.state,
  c.due_at, c.created_by, c.created_at, c.frozen_at, c.population, c.population_digest, c.data_gate, c.acknowledged_by,
  c.acknowledged_at, c.acknowledged_digest, c.ended_by, c.ended_at, c.end_reason, c.figures, c.version, c.changed_at`;
const GET = new Prepared(`SELECT ${COLUMNS} FROM muster.review_campaigns c WHERE c.id = $1`);
const HOLD = new Prepared(`SELECT ${COLUMNS} FROM muster.review_campaigns c WHERE c.id = $1 FOR SHARE`);

const SUMS = `sum(p.open)::integer AS open, sum(p.staged)::integer AS staged, sum(p.submitted)::integer AS submitted,
  sum(p.excepted)::integer AS excepted`;
const PROGRESS = new Prepared(
  `SELECT p.campaign_id, ${SUMS} FROM muster.review_progress p WHERE p.campaign_id = ANY ($1) GROUP BY p.campaign_id`,
);
const BY_REVIEWER = new Prepared(
  `SELECT p.reviewer_id, p.open, p.staged, p.submitted, p.excepted FROM muster.review_progress p
   WHERE p.campaign_id = $1 AND p.open + p.staged + p.submitted + p.excepted > 0
     AND ($2::integer IS NULL OR p.open + p.staged < $2 OR (p.open + p.staged = $2 AND p.reviewer_id > $3))
   ORDER BY p.open + p.staged DESC, p.reviewer_id LIMIT $4`,
);

interface CampaignRow {
  readonly id: Id<'campaign'>;
  readonly name: string;
  readonly scope: Scope;
  readonly schedule_id: Id<'reviewSchedule'> | null;
  readonly risk_analysis_id: Id<'riskAnalysis'> | null;
  readonly owner_id: Id<'person'>;
  readonly management_id: Id<'person'>;
  readonly sample_percent: number;
  readonly state: CampaignState;
  readonly due_at: Date;
  readonly created_by: string;
  readonly created_at: Date;
  readonly frozen_at: Date | null;
  readonly population: number | null;
  readonly population_digest: Buffer | null;
  readonly data_gate: StaleEvidence[] | null;
  readonly acknowledged_by: Id<'person'> | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_digest: Buffer | null;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
  readonly end_reason: string | null;
  readonly figures: Json;
  readonly version: number;
  readonly changed_at: Date;
}

interface ProgressRow {
  readonly open: number;
  readonly staged: number;
  readonly submitted: number;
  readonly excepted: number;
}

function campaignOf(row: CampaignRow): Campaign {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    scheduleId: row.schedule_id,
    riskAnalysisId: row.risk_analysis_id,
    ownerId: row.owner_id,
    managementId: row.management_id,
    samplePercent: row.sample_percent,
    state: row.state,
    dueAt: row.due_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    frozenAt: row.frozen_at,
    population: row.population,
    populationDigest: row.population_digest,
    dataGate: row.data_gate,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedDigest: row.acknowledged_digest,
    endedBy: row.ended_by,
    endedAt: row.ended_at,
    endReason: row.end_reason,
    figures: row.figures,
    version: row.version,
    changedAt: row.changed_at,
  };
}

function progressOf({ open, staged, submitted, excepted }: ProgressRow): Progress {
  return { open, staged, submitted, excepted };
}

function known(campaign: Campaign | undefined): Campaign {
  if (!campaign)
    throw new ReviewsError('campaign_not_found', 'No review campaign has that id; list them to find the right one.');
  return campaign;
}
