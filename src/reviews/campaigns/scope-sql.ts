import type { Scope } from '../domain/scope.js';

/** Takes a value for a statement and gives its place in it, like `$3`. */
export type Bind = (value: unknown) => string;

/**
 * What a scope asks of a row `i` of `muster.identities`; its condition in CEL is judged elsewhere.
 *
 * The inventory's tables are read here and nowhere changed: a snapshot of a hundred thousand is one statement's work, not a
 * hundred thousand questions to another room.
 */
export function inScope(scope: Scope, at: Date, bind: Bind): string {
  const equal = {
    team_id: scope.teamId,
    environment: scope.environment,
    kind: scope.kind,
    criticality: scope.criticality,
    privileged: scope.privileged,
  };
  const daysAgo = (days: number) => `${bind(at)}::timestamptz - make_interval(days => ${bind(days)}::integer)`;
  const conditions = [
    `i.status IN ('active', 'suspended')`,
    ...Object.entries(equal)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => `i.${column} = ${bind(value)}`),
  ];
  if (scope.dataClass !== undefined) conditions.push(`i.data_classes @> ARRAY[${bind(scope.dataClass)}]`);
  if (scope.custodianId !== undefined) {
    const person = bind(scope.custodianId);
    conditions.push(`(i.primary_custodian_id = ${person} OR i.backup_custodian_id = ${person})`);
  }
  if (scope.olderThanDays !== undefined) conditions.push(`i.created_at <= ${daysAgo(scope.olderThanDays)}`);
  if (scope.custodianChangedWithinDays !== undefined)
    conditions.push(`EXISTS (SELECT FROM audit.leaves l
      WHERE l.subject = i.id AND l.type = 'identity.handed-over'
        AND l.at >= ${daysAgo(scope.custodianChangedWithinDays)})`);
  return conditions.join(' AND ');
}

/**
 * Named parts of a query that say who decides about each row of `listed` (id, requested_by, authors, primary_custodian_id,
 * backup_custodian_id), in a last one `chosen` (id, person): the first who is live and whom nothing bars, of the primary
 * custodian, the backup, and the primary's manager. What bars somebody is what `isBarred` of approvals says: they, another
 * account of theirs, or somebody whom they stand in for, and so on, asked for the identity.
 *
 * @param at place of the instant
 */
export function chosenReviewers(at: string): string {
  return `asked AS MATERIALIZED (
      SELECT l.id, o.rank, o.person FROM listed l LEFT JOIN muster.people p ON p.id = l.primary_custodian_id
      CROSS JOIN LATERAL (VALUES (1, l.primary_custodian_id), (2, l.backup_custodian_id), (3, p.manager_id)) AS o (rank, person)),
    live AS MATERIALIZED (
      SELECT DISTINCT p.id AS person, coalesce(h.human_id, p.id) AS human
      FROM asked a JOIN muster.people p ON p.id = a.person AND p.status = 'active'
      LEFT JOIN muster.humans h ON h.person_id = p.id),
    ties AS MATERIALIZED (
      SELECT coalesce(t.human_id, d.to_id) AS by, coalesce(f.human_id, d.from_id) AS human FROM muster.delegations d
      LEFT JOIN muster.humans t ON t.person_id = d.to_id LEFT JOIN muster.humans f ON f.person_id = d.from_id
      WHERE d.until > ${at} AND (d.ended_at IS NULL OR d.ended_at > ${at})),
    kin (person, human) AS (
      SELECT person, human FROM live UNION SELECT k.person, t.human FROM kin k JOIN ties t ON t.by = k.human),
    barred AS MATERIALIZED (
      SELECT DISTINCT l.id, coalesce(h.human_id, n.name) AS human
      FROM listed l CROSS JOIN LATERAL unnest(l.authors || l.requested_by) AS n (name)
      LEFT JOIN muster.humans h ON h.person_id = n.name),
    chosen AS MATERIALIZED (
      SELECT DISTINCT ON (a.id) a.id, a.person FROM asked a JOIN live v USING (person)
      WHERE NOT EXISTS (SELECT FROM kin k JOIN barred b ON b.human = k.human WHERE k.person = a.person AND b.id = a.id)
      ORDER BY a.id, a.rank)`;
}
