import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Band } from '../domain/finding.js';
import type { Verdict } from '../domain/resolution/verdict.js';
import type { FindingState, QueuedFinding } from './domain/finding.js';
import { FINDING_COLUMNS, findingOf, type FindingRow } from './findings.repository.js';

export interface QueueFilter {
  readonly states: readonly FindingState[];
  readonly verdict?: Verdict | undefined;
  readonly band?: Band | undefined;
  readonly kind?: QueuedFinding['kind'] | undefined;
  readonly rule?: string | undefined;
  readonly identityId?: Id<'identity'> | undefined;
  readonly sourceId?: Id<'source'> | undefined;
  /** `null` for those that nobody has. */
  readonly assigneeId?: Id<'person'> | null | undefined;
  /** Those that should be closed by then. */
  readonly dueBefore?: Date | undefined;
}

/** Where a page ended: when that one is due, as PostgreSQL writes it, and its id. */
export type QueuePosition = readonly [dueAt: string, id: string];

export interface Facet {
  readonly name: 'state' | 'verdict' | 'band' | 'kind' | 'rule' | 'assignee' | 'source';
  readonly value: string;
  readonly count: number;
}

const MOST_VALUES = 20;

/** The queue as people see it: what is due first comes first. */
@Injectable()
export class QueueRepository {
  async list(tx: Tx, filter: QueueFilter, after: QueuePosition | undefined, count: number) {
    const parameters: unknown[] = [count];
    const conditions = conditionsOf(filter, parameters);
    if (after !== undefined) {
      const [due, id] = [parameters.push(after[0]), parameters.push(after[1])];
      conditions.push(`(coalesce(f.due_at, 'infinity'), f.id) > ($${due}::timestamptz, $${id})`);
    }
    const rows = await tx.query<FindingRow & { readonly position: string }>(
      `SELECT ${FINDING_COLUMNS}, coalesce(f.due_at, 'infinity')::text AS position FROM muster.discovery_findings f
       WHERE ${conditions.join(' AND ')} ORDER BY coalesce(f.due_at, 'infinity'), f.id LIMIT $1`,
      parameters,
    );
    return rows.map((row) => [findingOf(row), [row.position, row.id] as QueuePosition] as const);
  }

  /** How many of what a filter lets through are how, the most of each first. */
  async facets(tx: Tx, filter: QueueFilter): Promise<Facet[]> {
    const parameters: unknown[] = [MOST_VALUES];
    const conditions = conditionsOf(filter, parameters);
    return tx.query<Facet>(
      `WITH met AS MATERIALIZED (
         SELECT f.id, f.state, f.verdict, f.band, f.kind, f.rule, f.assignee_id FROM muster.discovery_findings f
         WHERE ${conditions.join(' AND ')}),
       counted AS (
         SELECT v.name, v.value, count(*)::integer AS count FROM met CROSS JOIN LATERAL (VALUES ('state', met.state),
           ('verdict', met.verdict), ('band', met.band), ('kind', met.kind), ('rule', met.rule),
           ('assignee', coalesce(met.assignee_id, 'nobody'))) AS v (name, value) GROUP BY v.name, v.value
         UNION ALL
         SELECT 'source', p.source_id, count(DISTINCT p.finding_id)::integer FROM muster.discovery_places p
         JOIN met ON met.id = p.finding_id WHERE p.gone_at IS NULL GROUP BY p.source_id),
       ranked AS (SELECT c.*, row_number() OVER (PARTITION BY c.name ORDER BY c.count DESC, c.value) AS place FROM counted c)
       SELECT r.name, r.value, r.count FROM ranked r WHERE r.place <= $1 ORDER BY r.name, r.place`,
      parameters,
    );
  }

  /** Identities that have something in the same folders, whose custodians may know: the nearest first. */
  async neighbours(tx: Tx, id: Id<'finding'>, count: number) {
    return tx.query<{ personId: Id<'person'>; identityName: string; near: number }>(NEIGHBOURS, [id, count]);
  }

  /** Whom repositories name for the files that hold it, the most often first. */
  async owners(tx: Tx, id: Id<'finding'>, count: number) {
    return tx.query<{ personId: Id<'person'> }>(OWNERS, [id, count]);
  }

  /** Who wrote what holds it, the most often first. */
  async authors(tx: Tx, id: Id<'finding'>, count: number) {
    return tx.query<{ personId: Id<'person'>; times: number }>(AUTHORS, [id, count]);
  }
}

function conditionsOf(filter: QueueFilter, parameters: unknown[]): string[] {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`f.state = ANY (${bind(filter.states)})`];
  if (filter.verdict !== undefined) conditions.push(`f.verdict = ${bind(filter.verdict)}`);
  if (filter.band !== undefined) conditions.push(`f.band = ${bind(filter.band)}`);
  if (filter.kind !== undefined) conditions.push(`f.kind = ${bind(filter.kind)}`);
  if (filter.rule !== undefined) conditions.push(`f.rule = ${bind(filter.rule)}`);
  if (filter.identityId !== undefined) conditions.push(`f.identity_id = ${bind(filter.identityId)}`);
  if (filter.assigneeId === null) conditions.push('f.assignee_id IS NULL');
  else if (filter.assigneeId !== undefined) conditions.push(`f.assignee_id = ${bind(filter.assigneeId)}`);
  if (filter.dueBefore !== undefined) conditions.push(`f.due_at < ${bind(filter.dueBefore)}`);
  if (filter.sourceId !== undefined)
    conditions.push(`EXISTS (SELECT FROM muster.discovery_places p
      WHERE p.finding_id = f.id AND p.source_id = ${bind(filter.sourceId)} AND p.gone_at IS NULL)`);
  return conditions;
}

const NEIGHBOURS = `
  WITH mine AS (
    SELECT DISTINCT p.source_id, regexp_replace(p.path, '[^/]*$', '') AS folder FROM muster.discovery_places p
    WHERE p.finding_id = $1 AND p.gone_at IS NULL LIMIT 20),
  near AS (
    SELECT DISTINCT f.id, f.identity_id FROM mine m
    JOIN muster.discovery_places p ON p.source_id = m.source_id AND p.gone_at IS NULL AND p.path >= m.folder
      AND p.path < m.folder || chr(1114111)
    JOIN muster.discovery_findings f ON f.id = p.finding_id AND f.identity_id IS NOT NULL LIMIT 500)
  SELECT i.primary_custodian_id AS "personId", min(i.name) AS "identityName", count(*)::integer AS near
  FROM near n JOIN muster.identities i ON i.id = n.identity_id AND i.status <> 'retired'
  JOIN muster.people h ON h.id = i.primary_custodian_id AND h.status = 'active'
  GROUP BY i.primary_custodian_id ORDER BY count(*) DESC, i.primary_custodian_id LIMIT $2`;
const AUTHORS = `
  SELECT p.commit ->> 'authorId' AS "personId", count(*)::integer AS times FROM muster.discovery_places p
  JOIN muster.people h ON h.id = p.commit ->> 'authorId' AND h.status = 'active'
  WHERE p.finding_id = $1 GROUP BY p.commit ->> 'authorId' ORDER BY count(*) DESC, p.commit ->> 'authorId' LIMIT $2`;
const OWNERS = `
  SELECT o.id AS "personId" FROM muster.discovery_places p CROSS JOIN LATERAL unnest(p.owner_ids) AS o (id)
  JOIN muster.people h ON h.id = o.id AND h.status = 'active'
  WHERE p.finding_id = $1 GROUP BY o.id ORDER BY count(*) DESC, o.id LIMIT $2`;
