import { GRACE_SECONDS } from '../domain/standing.js';
import { endOf } from './domain/order.js';
import { askedOf, literally, type Words } from './domain/words.js';
import type { IdentityFilter } from './filter.js';
import type { Bind } from './statement.js';

/**
 * What a filter asks of a row `i` of `muster.identities`, each to be met.
 *
 * @param at instant of the question: what has run out is judged by it
 * @param isRead false where it is only to be planned, in the form that the planner knows most about
 */
export function conditionsOf(filter: IdentityFilter, bind: Bind, at: Date, isRead = true): string[] {
  const standing = standingOf(filter, bind, at, isRead);
  return [...propertiesOf(filter, bind), ...(standing === undefined ? [] : [standing])];
}

/** How what meets a filter is found by index. */
export interface Lookup {
  /**
   * Conditions in several ways, of which one is to be met: each asks one table what an index of it can find, where
   * together they would have every row looked at.
   */
  readonly ways: readonly (readonly string[])[];
  /** What no index finds: it is asked of each row `i` that was found, and may be true of none of them. */
  readonly asked: string;
}

export function lookupOf(filter: IdentityFilter, bind: Bind, at: Date): Lookup {
  const standing = isActiveAmong(filter) ? filter.standing : undefined;
  if (standing === 'issues')
    return {
      ways: [propertiesOf({ ...filter, status: 'active' }, bind)],
      asked: standingOf(filter, bind, at, true)!,
    };
  if (standing !== 'refused') return { ways: [conditionsOf(filter, bind, at)], asked: 'true' };
  const properties = propertiesOf(filter, bind);
  const { ofItself, owed } = refusalsOf(filter, bind, at);
  const overdue = `i.id IN (SELECT o.identity_id FROM muster.obligations o WHERE ${owed})`;
  return {
    ways: [
      [...properties, ofItself],
      [...properties, overdue],
    ],
    asked: 'true',
  };
}

function propertiesOf(filter: IdentityFilter, bind: Bind): string[] {
  const equal = {
    status: filter.status,
    kind: filter.kind,
    environment: filter.environment,
    team_id: filter.teamId,
    criticality: filter.criticality,
    privileged: filter.privileged,
  };
  const conditions = Object.entries(equal)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => `i.${column} = ${bind(value)}`);
  if (filter.words !== undefined) conditions.push(...saying(filter.words, bind));
  if (filter.dataClass !== undefined) conditions.push(`i.data_classes @> ARRAY[${bind(filter.dataClass)}]`);
  if (filter.orderEntry !== undefined)
    conditions.push(`${filter.orderEntry ? '' : 'NOT '}i.data_classes @> ARRAY['order-entry']`);
  if (filter.custodianId !== undefined) conditions.push(answeredForBy(bind(filter.custodianId)));
  if (filter.neededBy !== undefined) conditions.push(answeredForBy(bind(filter.neededBy)), WANTS_SOMETHING);
  return conditions;
}

function saying(words: Words, bind: Bind): string[] {
  switch (words.kind) {
    case 'id':
      return [`i.id >= ${bind(words.prefix)} AND i.id < ${bind(endOf(words.prefix))}`];
    case 'spiffe-id':
      return [`i.spiffe_id >= ${bind(words.prefix)} AND i.spiffe_id < ${bind(endOf(words.prefix))}`];
    case 'prefix':
      return [`i.name >= ${bind(words.prefix)} AND i.name < ${bind(endOf(words.prefix))}`];
    case 'contains':
      return [
        ...words.indexed.map((word) => `i.words LIKE lower(${bind(`%${literally(askedOf(word))}%`)})`),
        ...[...words.indexed.filter((word) => askedOf(word) !== word), ...words.short].map(
          (word) => `strpos(i.words, lower(${bind(word)})) > 0`,
        ),
      ];
  }
}

function answeredForBy(person: string): string {
  return `(i.primary_custodian_id = ${person} OR i.backup_custodian_id = ${person})`;
}

/** It waits to be activated, lacks a backup until a date, or holds what nobody has verified. */
const WANTS_SOMETHING = `i.status <> 'retired' AND (i.status = 'pending' OR i.handover_due_at IS NOT NULL
  OR EXISTS (SELECT FROM muster.grants g
    WHERE g.identity_id = i.id AND g.verified_at IS NULL AND g.removed_at IS NULL))`;

/** Whether the filter leaves any that could be given something. */
function isActiveAmong({ status }: IdentityFilter): boolean {
  return status === undefined || status === 'active';
}

/**
 * As `standingOf` of the domain decides it; that an active identity has its custodians is the database's own rule (INV-2).
 * Each part stands alone, and none is there that the status asked for decides already, so that an index can find the others.
 */
function standingOf(filter: IdentityFilter, bind: Bind, at: Date, isRead: boolean): string | undefined {
  const { standing: wanted } = filter;
  if (wanted === undefined) return undefined;
  if (wanted === 'handover-due') return `i.status <> 'retired' AND i.handover_due_at IS NOT NULL`;
  if (!isActiveAmong(filter)) return wanted === 'refused' ? 'true' : 'false';
  const { supportEnds, graceEnds, ofItself, owed } = refusalsOf(filter, bind, at);
  // With an offset it is looked up for each row that is read, and never for all there are (PostgreSQL joins no such thing).
  const overdue = `EXISTS (SELECT FROM muster.obligations o WHERE o.identity_id = i.id AND ${owed} ${isRead ? 'OFFSET 0' : ''})`;
  if (wanted === 'refused') return `(${ofItself} OR ${overdue})`;
  return `i.status = 'active' AND (i.support_expires_at IS NULL OR i.support_expires_at >= ${supportEnds})
    AND (i.handover_due_at IS NULL OR i.handover_due_at > ${graceEnds}) AND NOT ${overdue}`;
}

/** What refuses: in the row itself, and in what is owed for it. */
function refusalsOf({ status }: IdentityFilter, bind: Bind, at: Date) {
  const now = `${bind(at)}::timestamptz`;
  const supportEnds = `${now} + interval '1 second'`;
  const graceEnds = `${now} - interval '${GRACE_SECONDS} seconds'`;
  const ended = `i.support_expires_at < ${supportEnds} OR i.handover_due_at <= ${graceEnds}`;
  const ofItself = status === 'active' ? `(${ended})` : `(i.status = ANY ('{pending,suspended,retired}') OR ${ended})`;
  return { supportEnds, graceEnds, ofItself, owed: `o.due_at <= ${graceEnds}` };
}
