import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { EffectKind, EffectState, ReviewEffect } from '../domain/effect.js';
import { EffectError } from './domain/errors.js';

export interface EffectFilter {
  readonly campaignId?: Id<'campaign'> | undefined;
  readonly itemId?: Id<'reviewItem'> | undefined;
  readonly state?: EffectState | undefined;
  readonly ownerId?: Id<'person'> | undefined;
}

/** An effect with the names of what it is about, for people. */
export interface NamedEffect {
  readonly effect: ReviewEffect;
  readonly identityName: string;
  readonly grant: { readonly target: string; readonly scope: string } | null;
  readonly targetName: string | null;
  /** Where it is excepted now. */
  readonly exceptionId: Id<'reviewException'> | null;
  /** Whose campaign it belongs to. */
  readonly campaignOwnerId: Id<'person'>;
}

@Injectable()
export class EffectsRepository {
  async insertAll(tx: Tx, effects: readonly ReviewEffect[]): Promise<void> {
    if (effects.length === 0) return;
    const rows = effects.map((effect) => ({
      id: effect.id,
      campaign_id: effect.campaignId,
      item_id: effect.itemId,
      identity_id: effect.identityId,
      kind: effect.kind,
      grant_id: effect.grantId,
      to_id: effect.toId,
      target_id: effect.targetId,
      state: effect.state,
      owner_id: effect.ownerId,
      due_at: effect.dueAt,
      created_at: effect.createdAt,
    }));
    await tx.execute(INSERT, [JSON.stringify(rows)]);
  }

  /** @throws EffectError `effect_not_found` */
  async get(tx: Tx, id: Id<'reviewEffect'>): Promise<NamedEffect> {
    return known((await tx.query<NamedRow>(GET, [id])).map(namedOf)[0]);
  }

  /** @throws EffectError `effect_not_found` */
  async lock(tx: Tx, id: Id<'reviewEffect'>): Promise<ReviewEffect> {
    return known((await tx.query<EffectRow>(LOCK, [id])).map(effectOf)[0]);
  }

  /** In order of id. */
  async list(tx: Tx, filter: EffectFilter, after: string | undefined, count: number): Promise<NamedEffect[]> {
    const parameters: unknown[] = [after ?? '', count];
    const conditions = Object.entries(FILTERS).flatMap(([name, column]) => {
      const value = filter[name as keyof EffectFilter];
      return value === undefined ? [] : [`AND ${column} = $${parameters.push(value)}`];
    });
    const rows = await tx.query<NamedRow>(
      `${NAMED} WHERE e.id > $1 ${conditions.join(' ')} ORDER BY e.id LIMIT $2`,
      parameters,
    );
    return rows.map(namedOf);
  }

  /**
   * Takes what is due, for so long that nobody else takes it meanwhile; two never take the same.
   *
   * @param until when whoever took it is believed to be dead
   */
  async claim(tx: Tx, at: Date, until: Date): Promise<ReviewEffect | undefined> {
    return (await tx.query<EffectRow>(CLAIM, [at, until])).map(effectOf)[0];
  }

  /** Notes that it was done, unless somebody else has taken it over meanwhile. */
  async noteApplied(tx: Tx, { id, version }: ReviewEffect, at: Date): Promise<void> {
    await tx.execute(NOTE_APPLIED, [id, version, at]);
  }

  async save(tx: Tx, effect: ReviewEffect): Promise<void> {
    const { id, state, attempts, dueAt, failure, evidence, appliedAt, endedAt, endedBy, version } = effect;
    const seen = evidence && JSON.stringify(evidence);
    await tx.execute(SAVE, [id, state, attempts, dueAt, failure, seen, appliedAt, endedAt, endedBy, version]);
  }
}

const COLUMNS = `e.id, e.campaign_id, e.item_id, e.identity_id, e.kind, e.grant_id, e.to_id, e.target_id, e.state, e.owner_id,
  e.attempts, e.due_at, e.failure, e.evidence, e.created_at, e.applied_at, e.ended_at, e.ended_by, e.version`;
const INSERT = new Prepared(
  `INSERT INTO muster.review_effects (id, campaign_id, item_id, identity_id, kind, grant_id, to_id, target_id, state, owner_id,
     due_at, created_at)
   SELECT id, campaign_id, item_id, identity_id, kind, grant_id, to_id, target_id, state, owner_id, due_at, created_at
   FROM jsonb_to_recordset($1::jsonb) AS s (id text, campaign_id text, item_id text, identity_id text, kind text, grant_id text,
     to_id text, target_id text, state text, owner_id text, due_at timestamptz, created_at timestamptz)`,
);
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.review_effects e WHERE e.id = $1 FOR UPDATE`);
const NAMED = `SELECT ${COLUMNS}, i.name AS identity_name, g.target, g.scope, t.name AS target_name, x.id AS exception_id,
    c.owner_id AS campaign_owner_id
  FROM muster.review_effects e JOIN muster.identities i ON i.id = e.identity_id
  JOIN muster.review_campaigns c ON c.id = e.campaign_id
  LEFT JOIN muster.grants g ON g.id = e.grant_id LEFT JOIN muster.targets t ON t.id = e.target_id
  LEFT JOIN muster.review_exceptions x ON x.effect_id = e.id AND x.ended_at IS NULL`;
const GET = new Prepared(`${NAMED} WHERE e.id = $1`);
/** Only what is asked for stands in the statement, so that it is found by the index that fits. */
const FILTERS: Readonly<Record<keyof EffectFilter, string>> = {
  campaignId: 'e.campaign_id',
  itemId: 'e.item_id',
  state: 'e.state',
  ownerId: 'e.owner_id',
};
const CLAIM = new Prepared(
  `WITH next AS (
     SELECT e.id FROM muster.review_effects e WHERE e.state IN ('pending', 'applied') AND e.due_at <= $1
     ORDER BY e.due_at, e.id LIMIT 1 FOR UPDATE SKIP LOCKED)
   UPDATE muster.review_effects e SET attempts = e.attempts + 1, due_at = $2, version = e.version + 1
   FROM next WHERE e.id = next.id RETURNING ${COLUMNS}`,
);
const NOTE_APPLIED = new Prepared(
  `UPDATE muster.review_effects SET state = 'applied', applied_at = $3 WHERE id = $1 AND version = $2 AND state = 'pending'`,
);
const SAVE = new Prepared(
  `UPDATE muster.review_effects SET state = $2, attempts = $3, due_at = $4, failure = $5, evidence = $6, applied_at = $7,
     ended_at = $8, ended_by = $9, version = $10
   WHERE id = $1`,
);

interface EffectRow {
  readonly id: Id<'reviewEffect'>;
  readonly campaign_id: Id<'campaign'>;
  readonly item_id: Id<'reviewItem'>;
  readonly identity_id: Id<'identity'>;
  readonly kind: EffectKind;
  readonly grant_id: Id<'grant'> | null;
  readonly to_id: Id<'person'> | null;
  readonly target_id: Id<'target'> | null;
  readonly state: EffectState;
  readonly owner_id: Id<'person'> | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly failure: string | null;
  readonly evidence: Record<string, unknown> | null;
  readonly created_at: Date;
  readonly applied_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly version: number;
}

type NamedRow = EffectRow & {
  readonly identity_name: string;
  readonly target: string | null;
  readonly scope: string | null;
  readonly target_name: string | null;
  readonly exception_id: Id<'reviewException'> | null;
  readonly campaign_owner_id: Id<'person'>;
};

function effectOf(row: EffectRow): ReviewEffect {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    itemId: row.item_id,
    identityId: row.identity_id,
    kind: row.kind,
    grantId: row.grant_id,
    toId: row.to_id,
    targetId: row.target_id,
    state: row.state,
    ownerId: row.owner_id,
    attempts: row.attempts,
    dueAt: row.due_at,
    failure: row.failure,
    evidence: row.evidence,
    createdAt: row.created_at,
    appliedAt: row.applied_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    version: row.version,
  };
}

function namedOf(row: NamedRow): NamedEffect {
  const { target, scope } = row;
  return {
    effect: effectOf(row),
    identityName: row.identity_name,
    grant: target !== null && scope !== null ? { target, scope } : null,
    targetName: row.target_name,
    exceptionId: row.exception_id,
    campaignOwnerId: row.campaign_owner_id,
  };
}

function known<Found>(found: Found | undefined): Found {
  if (found === undefined)
    throw new EffectError('effect_not_found', 'No effect has that id. GET /v1/review-effects lists them.');
  return found;
}
