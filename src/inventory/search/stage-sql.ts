import type { Position, Stage } from './domain/order.js';
import type { Bind } from './statement.js';

/** The stages of a list in SQL, over rows `i` with an identity's id, name and instants. */

/** What makes a row belong to the stage. */
export function belongs({ from, before, handover }: Stage, bind: Bind): string[] {
  return [
    ...(from === undefined ? [] : [`i.name >= ${bind(from)}`]),
    ...(before === undefined ? [] : [`i.name < ${bind(before)}`]),
    ...(handover === undefined ? [] : [`i.handover_due_at IS ${handover === 'running' ? 'NOT ' : ''}NULL`]),
  ];
}

/** What makes a row of the stage lie beyond a position. */
export function beyond({ by, direction }: Stage, after: Position | undefined, bind: Bind): string[] {
  if (after === undefined) return [];
  const sign = direction === 'ASC' ? '>' : '<';
  if (by === 'id') return [`i.id ${sign} ${bind(after.id)}`];
  const key = by === 'name' ? bind(after.key) : instantOf(bind(after.key));
  return [`(i.${by}, i.id) ${sign} (${key}, ${bind(after.id)})`];
}

export function orderBy({ by, direction }: Stage): string {
  const id = `i.id ${direction}`;
  return by === 'id' ? id : `i.${by} ${direction}, ${id}`;
}

/** What a row is ordered by, as text: instants in microseconds since 1970, so that none is rounded. */
export function keyOf({ by }: Stage): string {
  if (by === 'id') return `''`;
  return by === 'name' ? 'i.name' : `coalesce((extract(epoch FROM i.${by}) * 1000000)::bigint::text, '')`;
}

/** Whether a text can be the key of a position in the stage; anything else would be an error of PostgreSQL's. */
export function isKeyOf({ by }: Stage, key: string): boolean {
  if (by === 'id') return key === '';
  return (by === 'name' ? /^[a-z0-9._-]{1,100}$/ : /^-?\d{1,16}$/).test(key);
}

/** The number of the stage that a row belongs to; null where it is in none. */
export function stageNumber(stages: readonly Stage[], bind: Bind): string {
  const cases = stages.map((stage, number) => {
    const conditions = belongs(stage, bind);
    return `WHEN ${conditions.length > 0 ? conditions.join(' AND ') : 'true'} THEN ${number}`;
  });
  return `CASE ${cases.join(' ')} END`;
}

function instantOf(microseconds: string): string {
  return `(timestamptz 'epoch' + ${microseconds}::bigint * interval '1 microsecond')`;
}
