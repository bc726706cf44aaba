import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Coverage } from '../../targets/index.js';
import { CONSUMER_COLUMNS, consumerOf, type ConsumerRow, IS_KNOWN } from '../consumers/consumers.repository.js';
import type { Consumer } from '../domain/consumer.js';

/** Which rotations a plan is about. */
export const PLAN_STANDINGS = ['due', 'overdue', 'never'] as const;
export type PlanStanding = (typeof PLAN_STANDINGS)[number];

/** Where a page of it ended. */
export type PlanPosition = readonly [at: string, id: string];

/** Beyond it nobody counts. */
export const MOST_COUNTED = 10_000;

/** What is known of a rotation besides its schedule. */
export interface Around {
  readonly identityName: string;
  readonly sinkCount: number;
  readonly coverage: Coverage | null;
  readonly gaps: readonly string[];
}

/** What plans read: by the index of what is due, a page at a time. */
@Injectable()
export class PlanRepository {
  /** In order of when they are due, then of id; those that never are, of id. */
  async list(
    tx: Tx,
    standing: PlanStanding,
    until: Date,
    after: PlanPosition | undefined,
    count: number,
  ): Promise<{ readonly id: Id<'rotation'>; readonly at: string }[]> {
    const position = [after?.[0] ?? '-infinity', after?.[1] ?? ''];
    const parameters = standing === 'due' ? [...position, count, until] : [...position, count];
    return tx.query(LISTS[standing], parameters);
  }

  /** How many there are of each, up to a limit. */
  async counts(tx: Tx, until: Date): Promise<Readonly<Record<PlanStanding, number>>> {
    const [row] = await tx.query<Record<PlanStanding, number>>(COUNTS, [until, MOST_COUNTED]);
    return row!;
  }

  async around(tx: Tx, ids: readonly Id<'rotation'>[]): Promise<ReadonlyMap<Id<'rotation'>, Around>> {
    const rows = await tx.query<AroundRow>(AROUND, [ids]);
    return new Map(
      rows.map(({ id, name, sinks, coverage, gaps }) => [
        id,
        { identityName: name, sinkCount: sinks, coverage, gaps: gaps ?? [] },
      ]),
    );
  }

  async consumers(tx: Tx, ids: readonly Id<'rotation'>[]): Promise<Consumer[]> {
    return (await tx.query<ConsumerRow>(CONSUMERS, [ids])).map(consumerOf);
  }
}

const DUE = `r.status = 'active' AND r.next_due_at IS NOT NULL`;
const OWED = `r.status = 'active' AND r.owed_since IS NOT NULL`;
const NEVER = `r.status = 'active' AND r.schedule IS NOT NULL AND r.next_due_at IS NULL`;
const LISTS: Readonly<Record<PlanStanding, Prepared>> = {
  due: new Prepared(
    `SELECT r.id, r.next_due_at::text AS at FROM muster.rotations r
     WHERE ${DUE} AND (r.next_due_at, r.id) > ($1::timestamptz, $2) AND r.next_due_at < $4
     ORDER BY r.next_due_at, r.id LIMIT $3`,
  ),
  overdue: new Prepared(
    `SELECT r.id, r.owed_since::text AS at FROM muster.rotations r
     WHERE ${OWED} AND (r.owed_since, r.id) > ($1::timestamptz, $2) ORDER BY r.owed_since, r.id LIMIT $3`,
  ),
  never: new Prepared(
    `SELECT r.id, '-infinity' AS at FROM muster.rotations r
     WHERE ${NEVER} AND $1::timestamptz IS NOT NULL AND r.id > $2 ORDER BY r.id LIMIT $3`,
  ),
};
const COUNTS = new Prepared(
  `SELECT (SELECT count(*)::integer FROM (SELECT FROM muster.rotations r WHERE ${DUE} AND r.next_due_at < $1 LIMIT $2) AS d) AS due,
     (SELECT count(*)::integer FROM (SELECT FROM muster.rotations r WHERE ${OWED} LIMIT $2) AS o) AS overdue,
     (SELECT count(*)::integer FROM (SELECT FROM muster.rotations r WHERE ${NEVER} LIMIT $2) AS n) AS never`,
);
const AROUND = new Prepared(
  `SELECT r.id, i.name, (SELECT count(*)::integer FROM muster.rotation_sinks s
       WHERE s.rotation_id = r.id AND s.status <> 'removed') AS sinks,
     seen.evidence ->> 'coverage' AS coverage,
     ARRAY(SELECT jsonb_array_elements_text(seen.evidence -> 'gaps')) AS gaps
   FROM muster.rotations r JOIN muster.identities i ON i.id = r.identity_id
   LEFT JOIN LATERAL (SELECT n.evidence FROM muster.rotation_runs n WHERE n.rotation_id = r.id AND n.evidence IS NOT NULL
     ORDER BY n.id DESC LIMIT 1) AS seen ON true
   WHERE r.id = ANY ($1)`,
);
/** Of each the first of them: whoever has more is shown enough. */
const CONSUMERS = new Prepared(
  `SELECT ${CONSUMER_COLUMNS}
   FROM unnest($1::text[]) AS given (id)
   CROSS JOIN LATERAL (SELECT * FROM muster.rotation_consumers c WHERE c.rotation_id = given.id AND ${IS_KNOWN}
     ORDER BY c.instance LIMIT 200) AS c`,
);

interface AroundRow {
  readonly id: Id<'rotation'>;
  readonly name: string;
  readonly sinks: number;
  readonly coverage: Coverage | null;
  readonly gaps: string[] | null;
}
