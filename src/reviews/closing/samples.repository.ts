import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import { ClosingError } from './domain/errors.js';
import type { Sample, SampleState } from './domain/sample.js';

export interface SampleFilter {
  readonly campaignId?: Id<'campaign'> | undefined;
  readonly itemId?: Id<'reviewItem'> | undefined;
  readonly reviewerId?: Id<'person'> | undefined;
  readonly state?: SampleState | undefined;
}

/** What settled a keep that was disagreed with; null where nothing has. */
export type Resolution = 'effect' | 'exception' | null;

/** A sample as lists show it. */
export interface ListedSample extends Sample {
  readonly identityId: Id<'identity'>;
  readonly name: string;
  readonly environment: string;
  readonly privileged: boolean;
  /** Who kept it, and why. */
  readonly keptBy: Id<'person'>;
  readonly keptBecause: string | null;
  readonly resolution: Resolution;
}

/** Who might take second looks: live people, by what they are. */
export interface Lookers {
  /** Custodians of each team, in order of id. */
  readonly teams: ReadonlyMap<string, readonly Id<'person'>[]>;
  readonly administrators: readonly Id<'person'>[];
  /** Those of the people asked for who are live. */
  readonly live: ReadonlySet<string>;
}

@Injectable()
export class SamplesRepository {
  /** @throws ClosingError `sample_not_found` */
  async get(tx: Tx, itemId: Id<'reviewItem'>): Promise<ListedSample> {
    return known((await tx.query<ListedRow>(GET, [itemId])).map(listed)[0]);
  }

  /** Locks a sample. @throws ClosingError `sample_not_found` */
  async lock(tx: Tx, itemId: Id<'reviewItem'>): Promise<Sample> {
    return known((await tx.query<Row>(LOCK, [itemId])).map(sampleOf)[0]);
  }

  /** In order of the items' ids. */
  async list(tx: Tx, filter: SampleFilter, after: string | undefined, count: number): Promise<ListedSample[]> {
    const { campaignId, itemId, reviewerId, state } = filter;
    const given = [campaignId ?? null, reviewerId ?? null, state ?? null, after ?? null, count, itemId ?? null];
    return (await tx.query<ListedRow>(LIST, given)).map(listed);
  }

  async insertAll(tx: Tx, samples: readonly Sample[]): Promise<void> {
    if (samples.length === 0) return;
    await tx.execute(
      `INSERT INTO muster.review_samples (item_id, campaign_id, reviewer_id, state, chosen_at)
       SELECT s.item_id, $2, s.reviewer_id, 'open', $3
       FROM jsonb_to_recordset($1::jsonb) AS s (item_id text, reviewer_id text)`,
      [
        JSON.stringify(samples.map(({ itemId, reviewerId }) => ({ item_id: itemId, reviewer_id: reviewerId }))),
        samples[0]!.campaignId,
        samples[0]!.chosenAt,
      ],
    );
  }

  async save(tx: Tx, sample: Sample): Promise<void> {
    await tx.execute(
      `UPDATE muster.review_samples SET reviewer_id = $2, state = $3, reason = $4, decided_by = $5, decided_at = $6, version = $7
       WHERE item_id = $1`,
      [
        sample.itemId,
        sample.reviewerId,
        sample.state,
        sample.reason,
        sample.decidedBy,
        sample.decidedAt,
        sample.version,
      ],
    );
  }

  /** SHA-256 over what was signed. */
  async digestOf(tx: Tx, id: Id<'reviewSubmission'>): Promise<Buffer> {
    const rows = await tx.query<{ digest: Buffer }>('SELECT digest FROM muster.review_submissions WHERE id = $1', [id]);
    return rows[0]!.digest;
  }

  /** @param people those of whom it matters whether they are live */
  async lookers(tx: Tx, teamIds: readonly string[], people: readonly string[]): Promise<Lookers> {
    const members = await tx.query<{ team_id: string; id: Id<'person'> }>(
      `SELECT m.team_id, p.id FROM muster.team_members m JOIN muster.people p ON p.id = m.person_id
       WHERE m.team_id = ANY ($1) AND p.status = 'active' AND 'custodian' = ANY (p.roles) ORDER BY m.team_id, p.id`,
      [teamIds],
    );
    const others = await tx.query<{ id: Id<'person'>; administrator: boolean }>(
      `SELECT p.id, 'administrator' = ANY (p.roles) AS administrator FROM muster.people p
       WHERE p.status = 'active' AND (p.id = ANY ($1) OR 'administrator' = ANY (p.roles)) ORDER BY p.id`,
      [people],
    );
    const teams = new Map<string, Id<'person'>[]>();
    for (const { team_id: team, id } of members) teams.set(team, [...(teams.get(team) ?? []), id]);
    return {
      teams,
      administrators: others.filter(({ administrator }) => administrator).map(({ id }) => id),
      live: new Set(others.map(({ id }) => id)),
    };
  }
}

const COLUMNS = `s.item_id, s.campaign_id, s.reviewer_id, s.state, s.reason, s.chosen_at, s.decided_by, s.decided_at, s.version`;
const LISTED = `SELECT ${COLUMNS}, i.identity_id, i.name, i.environment, i.privileged, i.staged_by, i.decision_reason,
    CASE WHEN s.state <> 'disagreed' THEN NULL
      WHEN EXISTS (SELECT FROM muster.review_effects e WHERE e.item_id = i.id AND e.kind <> 'hand-over') THEN 'effect'
      WHEN EXISTS (SELECT FROM muster.review_exceptions x WHERE x.item_id = i.id AND x.ended_at IS NULL) THEN 'exception'
    END AS resolution
  FROM muster.review_samples s JOIN muster.review_items i ON i.id = s.item_id`;
const GET = new Prepared(`${LISTED} WHERE s.item_id = $1`);
const LIST = `${LISTED}
  WHERE ($1::text IS NULL OR s.campaign_id = $1) AND ($2::text IS NULL OR s.reviewer_id = $2)
    AND ($3::text IS NULL OR s.state = $3) AND ($4::text IS NULL OR s.item_id > $4)
    AND ($6::text IS NULL OR s.item_id = $6)
  ORDER BY s.item_id LIMIT $5`;
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.review_samples s WHERE s.item_id = $1 FOR UPDATE`);

interface Row {
  readonly item_id: Id<'reviewItem'>;
  readonly campaign_id: Id<'campaign'>;
  readonly reviewer_id: Id<'person'> | null;
  readonly state: SampleState;
  readonly reason: string | null;
  readonly chosen_at: Date;
  readonly decided_by: Id<'person'> | null;
  readonly decided_at: Date | null;
  readonly version: number;
}

interface ListedRow extends Row {
  readonly identity_id: Id<'identity'>;
  readonly name: string;
  readonly environment: string;
  readonly privileged: boolean;
  readonly staged_by: Id<'person'>;
  readonly decision_reason: string | null;
  readonly resolution: Resolution;
}

function sampleOf(row: Row): Sample {
  return {
    itemId: row.item_id,
    campaignId: row.campaign_id,
    reviewerId: row.reviewer_id,
    state: row.state,
    reason: row.reason,
    chosenAt: row.chosen_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    version: row.version,
  };
}

function listed(row: ListedRow): ListedSample {
  return {
    ...sampleOf(row),
    identityId: row.identity_id,
    name: row.name,
    environment: row.environment,
    privileged: row.privileged,
    keptBy: row.staged_by,
    keptBecause: row.decision_reason,
    resolution: row.resolution,
  };
}

function known<Found>(sample: Found | undefined): Found {
  if (!sample)
    throw new ClosingError('sample_not_found', 'No second look is asked for about that item; list yours to find one.');
  return sample;
}
