import { GRACE_SECONDS } from '../domain/standing.js';
import { endOf } from './domain/order.js';
import { askedOf, literally, type Words } from './domain/words.js';
import type { IdentityFilter } from './filter.js';
import type { Bind } from './statement.js';

/**
 * What a filter asks of a row `i` of `muster.identities`, each to be met.
 *
 * @param at instant of the question: what has run out is judged by it
 */
export function conditionsOf(filter: IdentityFilter, bind: Bind, at: Date): string[] {
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
  if (filter.standing !== undefined) conditions.push(standing(filter, bind, at));
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

/**
 * As `standingOf` decides it; that an active identity has its custodians is the database's own rule (INV-2). Each part
 * stands alone, and none is there that the status asked for decides already, so that an index can find the others.
 */
function standing({ standing: wanted, status }: IdentityFilter, bind: Bind, at: Date): string {
  if (wanted === 'handover-due') return `i.status <> 'retired' AND i.handover_due_at IS NOT NULL`;
  if (status !== undefined && status !== 'active') return wanted === 'refused' ? 'true' : 'false';
  const now = `${bind(at)}::timestamptz`;
  const supportEnds = `${now} + interval '1 second'`;
  const graceEnds = `${now} - interval '${GRACE_SECONDS} seconds'`;
  if (wanted === 'refused') {
    const ended = `i.support_expires_at < ${supportEnds} OR i.handover_due_at <= ${graceEnds}`;
    return status === 'active' ? `(${ended})` : `(i.status = ANY ('{pending,suspended,retired}') OR ${ended})`;
  }
  return `i.status = 'active' AND (i.support_expires_at IS NULL OR i.support_expires_at >= ${supportEnds})
    AND (i.handover_due_at IS NULL OR i.handover_due_at > ${graceEnds})`;
}
