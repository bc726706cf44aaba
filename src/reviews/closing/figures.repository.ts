import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { CustodianQuality, Figures, Quality } from './domain/figures.js';
import type { Examples, FaultCode } from './domain/tie-out.js';

/** How many identities a fault names. */
const SHOWN = 3;

/** Counts a campaign from its rows, never from counters. */
@Injectable()
export class FiguresRepository {
  /**
   * The numbers of a campaign, in one statement, so that they are of one instant.
   *
   * @param population as frozen
   * @param at now: exceptions that end before it have lapsed
   */
  async count(tx: Tx, id: Id<'campaign'>, population: number, at: Date): Promise<Figures> {
    const [row] = await tx.query<FiguresRow>(FIGURES, [id, at]);
    const { items, effects, missing, exceptions, samples, qualities } = row!;
    const overall = qualities.find(({ personId }) => personId === null);
    return {
      population,
      items,
      effects: { ...effects, missing },
      exceptions,
      samples,
      quality: overall ? qualityOf(overall) : NOTHING_DECIDED,
      custodians: qualities.filter(isCustodians).map((one) => ({ personId: one.personId, ...qualityOf(one) })),
    };
  }

  /** The first identities by name behind each of these faults. */
  async examplesOf(tx: Tx, id: Id<'campaign'>, codes: readonly FaultCode[], at: Date): Promise<Examples> {
    const found: Partial<Record<FaultCode, readonly string[]>> = {};
    for (const code of codes) {
      const which = WHICH[code];
      if (which === undefined) continue;
      const rows = await tx.query<{ name: string }>(
        `SELECT DISTINCT i.name FROM muster.review_items i ${which} ORDER BY i.name LIMIT ${SHOWN}`,
        /\$2/.test(which) ? [id, at] : [id],
      );
      found[code] = rows.map(({ name }) => name);
    }
    return found;
  }
}

/** An effect in whose place an exception in force stands. */
const EFFECTS = `muster.review_effects e LEFT JOIN muster.review_exceptions x ON x.effect_id = e.id AND x.ended_at IS NULL`;
/** A keep that was disagreed with, and that neither an effect nor an exception has settled. */
const UNRESOLVED = `s.state = 'disagreed'
  AND NOT EXISTS (SELECT FROM muster.review_effects e WHERE e.item_id = s.item_id AND e.kind <> 'hand-over')
  AND NOT EXISTS (SELECT FROM muster.review_exceptions x WHERE x.item_id = s.item_id AND x.ended_at IS NULL)`;

const QUALITY = `'decided', count(*), 'keeps', count(*) FILTER (WHERE p.decision = 'keep'),
  'opened', count(*) FILTER (WHERE p.opened_by = p.staged_by),
  'medianSeconds', percentile_disc(0.5) WITHIN GROUP (ORDER BY p.seconds_spent),
  'p90Seconds', percentile_disc(0.9) WITHIN GROUP (ORDER BY p.seconds_spent),
  'bulkKeeps', count(*) FILTER (WHERE p.decision = 'keep' AND p.in_bulk),
  'hastyKeeps', count(*) FILTER (WHERE p.decision = 'keep' AND NOT p.in_bulk AND p.since < interval '3 seconds'),
  'busiest', max(p.lately)`;

const FIGURES = new Prepared(`
  WITH item AS MATERIALIZED (
    SELECT i.id, i.state, i.decision, i.decision_grants, i.seconds_spent, i.in_bulk, i.opened_by, i.staged_by, i.staged_at
    FROM muster.review_items i WHERE i.campaign_id = $1),
  paced AS (
    SELECT i.decision, i.seconds_spent, i.in_bulk, i.opened_by, i.staged_by,
      i.staged_at - lag(i.staged_at) OVER (PARTITION BY i.staged_by ORDER BY i.staged_at, i.id) AS since,
      count(*) OVER (PARTITION BY i.staged_by ORDER BY i.staged_at
        RANGE BETWEEN interval '90 seconds' PRECEDING AND CURRENT ROW) AS lately
    FROM item i WHERE i.state = 'submitted'),
  effect AS (
    SELECT CASE WHEN e.state NOT IN ('verified', 'attested') AND x.id IS NOT NULL THEN 'excepted' ELSE e.state END AS state
    FROM ${EFFECTS} WHERE e.campaign_id = $1),
  exception AS (
    SELECT x.effect_id, x.ends_at, i.state FROM muster.review_exceptions x LEFT JOIN muster.review_items i ON i.id = x.item_id
    WHERE x.campaign_id = $1 AND x.ended_at IS NULL)
  SELECT
    (SELECT jsonb_build_object('open', count(*) FILTER (WHERE i.state = 'open'), 'staged', count(*) FILTER (WHERE i.state = 'staged'),
        'keep', count(*) FILTER (WHERE i.state = 'submitted' AND i.decision = 'keep'),
        'reduce', count(*) FILTER (WHERE i.state = 'submitted' AND i.decision = 'reduce'),
        'revoke', count(*) FILTER (WHERE i.state = 'submitted' AND i.decision = 'revoke'),
        'excepted', count(*) FILTER (WHERE i.state = 'excepted')) FROM item i) AS items,
    (SELECT jsonb_build_object('verified', count(*) FILTER (WHERE e.state = 'verified'),
        'attested', count(*) FILTER (WHERE e.state = 'attested'), 'excepted', count(*) FILTER (WHERE e.state = 'excepted'),
        'unverified', count(*) FILTER (WHERE e.state IN ('pending', 'applied')),
        'unattested', count(*) FILTER (WHERE e.state = 'attestation-needed'),
        'failed', count(*) FILTER (WHERE e.state = 'failed')) FROM effect e) AS effects,
    (SELECT count(*)::integer FROM item i WHERE i.state = 'submitted' AND i.decision = 'revoke' AND NOT EXISTS (
        SELECT FROM muster.review_effects e WHERE e.item_id = i.id AND e.kind = 'stop-identity'))
    + (SELECT count(*)::integer FROM item i, unnest(i.decision_grants) AS g (id)
        WHERE i.state = 'submitted' AND i.decision = 'reduce' AND NOT EXISTS (
          SELECT FROM muster.review_effects e WHERE e.item_id = i.id AND e.grant_id = g.id)) AS missing,
    (SELECT jsonb_build_object('items', count(*) FILTER (WHERE x.state = 'excepted'),
        'effects', count(*) FILTER (WHERE x.effect_id IS NOT NULL), 'samples', count(*) FILTER (WHERE x.state = 'submitted'),
        'lapsed', count(*) FILTER (WHERE x.ends_at <= $2)) FROM exception x) AS exceptions,
    (SELECT jsonb_build_object('open', count(*) FILTER (WHERE s.state = 'open'), 'agreed', count(*) FILTER (WHERE s.state = 'agreed'),
        'disagreed', count(*) FILTER (WHERE s.state = 'disagreed'), 'unresolved', count(*) FILTER (WHERE ${UNRESOLVED}))
      FROM muster.review_samples s WHERE s.campaign_id = $1) AS samples,
    (SELECT coalesce(jsonb_agg(q.quality ORDER BY q.staged_by NULLS FIRST), '[]') FROM (
        SELECT p.staged_by, jsonb_build_object('personId', p.staged_by, ${QUALITY}) AS quality
        FROM paced p GROUP BY GROUPING SETS ((p.staged_by), ()) HAVING count(*) > 0) q) AS qualities`);

const OF_EFFECT = (states: string) => `JOIN (SELECT e.item_id FROM ${EFFECTS}
  WHERE e.campaign_id = $1 AND e.state IN (${states}) AND x.id IS NULL) e ON e.item_id = i.id`;
const WHICH: Readonly<Partial<Record<FaultCode, string>>> = {
  items_undecided: `WHERE i.campaign_id = $1 AND i.state = 'open'`,
  decisions_unsubmitted: `WHERE i.campaign_id = $1 AND i.state = 'staged'`,
  effects_unverified: OF_EFFECT(`'pending', 'applied'`),
  effects_failed: OF_EFFECT(`'failed'`),
  effects_unattested: OF_EFFECT(`'attestation-needed'`),
  exceptions_lapsed: `JOIN (SELECT coalesce(x.item_id, e.item_id) AS item_id FROM muster.review_exceptions x
    LEFT JOIN muster.review_effects e ON e.id = x.effect_id
    WHERE x.campaign_id = $1 AND x.ended_at IS NULL AND x.ends_at <= $2) x ON x.item_id = i.id`,
  samples_open: `JOIN muster.review_samples s ON s.item_id = i.id WHERE s.campaign_id = $1 AND s.state = 'open'`,
  disagreements_open: `JOIN muster.review_samples s ON s.item_id = i.id WHERE s.campaign_id = $1 AND ${UNRESOLVED}`,
};

type QualityRow = Quality & { readonly personId: Id<'person'> | null };

interface FiguresRow {
  readonly items: Figures['items'];
  readonly effects: Omit<Figures['effects'], 'missing'>;
  readonly missing: number;
  readonly exceptions: Figures['exceptions'];
  readonly samples: Figures['samples'];
  readonly qualities: readonly QualityRow[];
}

const NOTHING_DECIDED: Quality = {
  decided: 0,
  keeps: 0,
  opened: 0,
  medianSeconds: 0,
  p90Seconds: 0,
  bulkKeeps: 0,
  hastyKeeps: 0,
  busiest: 0,
};

function qualityOf({ personId: _, ...quality }: QualityRow): Quality {
  return quality;
}

function isCustodians(row: QualityRow): row is CustodianQuality {
  return row.personId !== null;
}
