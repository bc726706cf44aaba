import { Injectable } from '@nestjs/common';
import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Band } from '../domain/finding.js';
import type { Verdict } from '../domain/resolution/verdict.js';
import type { FindingState, QueuedFinding } from './domain/finding.js';
import { FINDING_COLUMNS, findingOf, type FindingRow } from './findings.repository.js';

/** How long something has waited: from so many days, and less than so many. */
const AGE_DAYS = { new: [0, 7], week: [7, 30], month: [30, 90], quarter: [90, 36_500] } as const;
export const AGES = Object.keys(AGE_DAYS) as [Age, ...Age[]];
export type Age = keyof typeof AGE_DAYS;
/** Which of them an instant is at another; null where it is none. */
export const AGE_SQL = (instant: string, at: string) =>
  `CASE ${AGES.map((age) => `WHEN ${instant} > ${at} - interval '${AGE_DAYS[age][1]} days' THEN '${age}'`).join(' ')} END`;

export const FACETS = ['state', 'verdict', 'band', 'kind', 'rule', 'assignee', 'source', 'age', 'overdue'] as const;

export interface QueueFilter {
  readonly at: Date;
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
  readonly age?: Age | undefined;
  /** Each of which is part of what it is called, or of where it stands. */
  readonly words?: readonly string[] | undefined;
}

/** A finding as a list has it. */
export interface QueuedRow {
  readonly finding: QueuedFinding;
  readonly identityName: string | null;
  readonly place: {
    readonly sourceId: Id<'source'>;
    readonly sourceName: string;
    readonly path: string;
    readonly line: number | null;
  } | null;
  readonly position: QueuePosition;
}

/** Where a page ended: when that one is due, as PostgreSQL writes it, and its id. */
export type QueuePosition = readonly [dueAt: string, id: string];

export interface Facet {
  readonly name: (typeof FACETS)[number];
  readonly value: string;
  readonly count: number;
}

const MOST_VALUES = 20;
/** More are not counted for one answer. */
export const MOST_COUNTED = 50_000;
const WAITING: readonly FindingState[] = ['open', 'retiring'];

/** The queue as people see it: what is due first comes first. */
@Injectable()
export class QueueRepository {
  async list(tx: Tx, filter: QueueFilter, after: QueuePosition | undefined, count: number): Promise<QueuedRow[]> {
    const parameters: unknown[] = [count];
    const [isState, ...conditions] = conditionsOf(filter, parameters);
    const order = orderOf(filter.states);
    // PostgreSQL takes what waits and what is due for two things that seldom meet, and would sort everything where it can read an
    // index: what it cannot look into, it takes for half.
    conditions.push(order.isIndexed ? `CASE WHEN ${isState} THEN true ELSE false END` : isState!);
    if (after !== undefined) {
      const id = `$${parameters.push(after[1])}`;
      conditions.push(
        order.due === null
          ? `f.id > ${id}`
          : `(${order.due}, f.id) > ($${parameters.push(after[0])}::timestamptz, ${id})`,
      );
    }
    if (order.isIndexed) conditions.push('f.due_at IS NOT NULL');
    const rows = await tx.query<ListedRow>(
      `WITH page AS MATERIALIZED (
         SELECT ${FINDING_COLUMNS}, ${order.due ?? `'infinity'::timestamptz`} AS due FROM muster.discovery_findings f
         WHERE ${conditions.join(' AND ')} ORDER BY ${order.due === null ? '' : `${order.due}, `}f.id LIMIT $1)
       SELECT ${FINDING_COLUMNS}, f.due::text AS position, i.name AS identity_name, p.source_id, p.source_name, p.path, p.line
       FROM page f LEFT JOIN muster.identities i ON i.id = f.identity_id
       LEFT JOIN LATERAL (
         SELECT p.source_id, s.name AS source_name, p.path, p.line FROM muster.discovery_places p
         JOIN muster.discovery_sources s ON s.id = p.source_id WHERE p.finding_id = f.id AND p.gone_at IS NULL
         ORDER BY p.exposed DESC, s.name, p.path, p.line LIMIT 1) p ON true
       ORDER BY f.due, f.id`,
      parameters,
    );
    return rows.map((row) => ({
      finding: findingOf(row),
      identityName: row.identity_name,
      place: row.source_id && {
        ...{ sourceId: row.source_id, sourceName: row.source_name!, path: row.path!, line: row.line },
      },
      position: [row.position, row.id],
    }));
  }

  /** How many of what a filter lets through are how, the most of each first; of more than are counted, of the first of them. */
  async facets(tx: Tx, filter: QueueFilter): Promise<Facet[]> {
    const parameters: unknown[] = [MOST_VALUES];
    const conditions = conditionsOf(filter, parameters);
    const at = `$${parameters.push(filter.at)}::timestamptz`;
    return tx.query<Facet>(
      `WITH met AS MATERIALIZED (
         SELECT f.id, f.state, f.verdict, f.band, f.kind, f.rule, f.assignee_id, f.opened_at, f.due_at
         FROM muster.discovery_findings f WHERE ${conditions.join(' AND ')} LIMIT ${MOST_COUNTED + 1}),
       counted AS (
         SELECT v.name, v.value, count(*)::integer AS count FROM met CROSS JOIN LATERAL (VALUES ('state', met.state),
           ('verdict', met.verdict), ('band', met.band), ('kind', met.kind), ('rule', met.rule),
           ('assignee', coalesce(met.assignee_id, 'nobody')), ('age', ${AGE_SQL('met.opened_at', at)}),
           ('overdue', CASE WHEN met.due_at < ${at} THEN 'true' END)) AS v (name, value)
         WHERE v.value IS NOT NULL GROUP BY v.name, v.value
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

/**
 * By what a list of these states is in order: an index has each, but for a list of everything. What waits is due, and nothing else
 * is, so that the rest is in order of id alone.
 */
function orderOf(states: readonly FindingState[]): { readonly due: string | null; readonly isIndexed: boolean } {
  if (states.every((state) => WAITING.includes(state))) return { due: 'f.due_at', isIndexed: true };
  if (states.some((state) => WAITING.includes(state)))
    return { due: `coalesce(f.due_at, 'infinity')`, isIndexed: false };
  return { due: null, isIndexed: false };
}

function conditionsOf(filter: QueueFilter, parameters: unknown[]): string[] {
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const { states } = filter;
  const conditions = [states.length === 1 ? `f.state = ${bind(states[0])}` : `f.state = ANY (${bind(states)})`];
  if (filter.verdict !== undefined) conditions.push(`f.verdict = ${bind(filter.verdict)}`);
  if (filter.band !== undefined) conditions.push(`f.band = ${bind(filter.band)}`);
  if (filter.kind !== undefined) conditions.push(`f.kind = ${bind(filter.kind)}`);
  if (filter.rule !== undefined) conditions.push(`f.rule = ${bind(filter.rule)}`);
  if (filter.identityId !== undefined) conditions.push(`f.identity_id = ${bind(filter.identityId)}`);
  if (filter.assigneeId === null) conditions.push('f.assignee_id IS NULL');
  else if (filter.assigneeId !== undefined) conditions.push(`f.assignee_id = ${bind(filter.assigneeId)}`);
  if (filter.dueBefore !== undefined) conditions.push(`f.due_at < ${bind(filter.dueBefore)}`);
  if (filter.age !== undefined) {
    const [from, to] = AGE_DAYS[filter.age].map((days) => bind(addSeconds(filter.at, -days * DAY_SECONDS)));
    conditions.push(`f.opened_at <= ${from} AND f.opened_at > ${to}`);
  }
  for (const word of filter.words ?? []) conditions.push(callsIt(bind(`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)));
  if (filter.sourceId !== undefined)
    conditions.push(`EXISTS (SELECT FROM muster.discovery_places p
      WHERE p.finding_id = f.id AND p.source_id = ${bind(filter.sourceId)} AND p.gone_at IS NULL)`);
  return conditions;
}

/** Digests that it is told by are nothing that people search for. */
function callsIt(pattern: string): string {
  return `(concat_ws(' ', f.id, f.vendor, f.name, f.rule, f.named, f.because, f.thing ->> 'lastFour') ILIKE ${pattern}
    OR EXISTS (SELECT FROM muster.discovery_names n
      WHERE n.finding_id = f.id AND n.name ILIKE ${pattern} AND n.name !~ '^(fingerprint|password):')
    OR EXISTS (SELECT FROM muster.discovery_places p
      WHERE p.finding_id = f.id AND p.gone_at IS NULL AND p.path ILIKE ${pattern}))`;
}

interface ListedRow extends FindingRow {
  readonly position: string;
  readonly identity_name: string | null;
  readonly source_id: Id<'source'> | null;
  readonly source_name: string | null;
  readonly path: string | null;
  readonly line: number | null;
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
