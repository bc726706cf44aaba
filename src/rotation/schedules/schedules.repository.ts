import { Injectable } from '@nestjs/common';
import type { IdentityStatus } from '../../inventory/index.js';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Rotation } from '../domain/rotation.js';
import type { Run } from '../domain/run.js';
import { ROTATION_COLUMNS, rotationOf, type RotationRow } from '../rotations/rotations.repository.js';

/** A rotation with all that its next beginning depends on. */
export interface Standing {
  readonly rotation: Rotation;
  readonly identityStatus: IdentityStatus;
  /** Its newest run, whatever came of it. */
  readonly newest: { readonly startedAt: Date; readonly endedAt: Date | null } | null;
  /** Its newest run that began to act: when that one began, and when it was over. */
  readonly acted: { readonly startedAt: Date; readonly endedAt: Date | null } | null;
  /** When the credential in use was made, where Muster made it. */
  readonly madeAt: Date | null;
  readonly owedSince: Date | null;
}

/** When one is looked at next, and since when it waits. */
export interface NextLook {
  readonly id: Id<'rotation'>;
  readonly nextDueAt: Date | null;
  readonly owedSince: Date | null;
}

/** What is due, and what that depends on. */
@Injectable()
export class SchedulesRepository {
  /** Locks what is due, unless somebody is at it, the longest due first. */
  async lockDue(tx: Tx, at: Date, count: number): Promise<Standing[]> {
    return (await tx.query<StandingRow>(LOCK_DUE, [at, count])).map(standingOf);
  }

  /** All that bear one of some names. */
  async listPairs(tx: Tx, pairs: readonly string[]): Promise<Standing[]> {
    if (pairs.length === 0) return [];
    return (await tx.query<StandingRow>(LIST_PAIRS, [pairs])).map(standingOf);
  }

  async listOf(tx: Tx, ids: readonly Id<'rotation'>[]): Promise<Standing[]> {
    return (await tx.query<StandingRow>(LIST_OF, [ids])).map(standingOf);
  }

  /**
   * @param begun runs whose numbers are taken with it: a row with as many indexes as a rotation has is written once
   */
  async save(tx: Tx, looks: readonly NextLook[], begun: readonly Run[] = []): Promise<void> {
    if (looks.length === 0) return;
    const taken = new Map(begun.map(({ rotationId, newVersion }) => [rotationId, newVersion]));
    await tx.execute(SAVE, [
      looks.map(({ id }) => id),
      looks.map(({ nextDueAt }) => nextDueAt),
      looks.map(({ owedSince }) => owedSince),
      looks.map(({ id }) => taken.get(id) ?? null),
    ]);
  }
}

/** One whose run waits to begin counts as not begun: of two that wait, one has to go first. */
const STANDING = `SELECT ${ROTATION_COLUMNS}, i.status AS identity_status, newest.started_at AS newest_at,
    newest.ended_at AS newest_ended_at, acted.started_at AS acted_at, acted.ended_at AS acted_ended_at,
    s.proposed_at AS made_at, r.owed_since
  FROM muster.rotations r
  JOIN muster.identities i ON i.id = r.identity_id
  LEFT JOIN muster.rotation_secrets s ON s.rotation_id = r.id AND s.version = r.current_version
  LEFT JOIN LATERAL (
    SELECT n.started_at, n.ended_at FROM muster.rotation_runs n
    WHERE n.rotation_id = r.id ORDER BY n.id DESC LIMIT 1) AS newest ON true
  LEFT JOIN LATERAL (
    SELECT n.started_at, n.ended_at FROM muster.rotation_runs n
    WHERE n.rotation_id = r.id AND r.pair IS NOT NULL AND (n.pair_taken IS NOT NULL OR n.step <> 'create'
      OR n.direction = 'back' OR n.state IN ('stuck', 'finished'))
    ORDER BY n.id DESC LIMIT 1) AS acted ON true`;
const LOCK_DUE = new Prepared(
  `WITH due AS MATERIALIZED (
     SELECT r.id FROM muster.rotations r
     WHERE r.status = 'active' AND r.next_due_at IS NOT NULL AND r.next_due_at <= $1
     ORDER BY r.next_due_at, r.id LIMIT $2 FOR UPDATE SKIP LOCKED)
   ${STANDING} WHERE r.id IN (SELECT due.id FROM due) ORDER BY r.next_due_at, r.id`,
);
const LIST_PAIRS = new Prepared(
  `${STANDING} WHERE r.pair IS NOT NULL AND r.pair = ANY ($1) AND r.status <> 'removed' ORDER BY r.pair, r.id LIMIT 5000`,
);
const LIST_OF = new Prepared(`${STANDING} WHERE r.id = ANY ($1) ORDER BY r.id`);
const SAVE = new Prepared(
  `UPDATE muster.rotations r SET next_due_at = given.next_due_at, owed_since = given.owed_since,
     last_version = coalesce(given.last_version, r.last_version)
   FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::integer[])
     AS given (id, next_due_at, owed_since, last_version) WHERE r.id = given.id`,
);

interface StandingRow extends RotationRow {
  readonly identity_status: IdentityStatus;
  readonly newest_at: Date | null;
  readonly newest_ended_at: Date | null;
  readonly acted_at: Date | null;
  readonly acted_ended_at: Date | null;
  readonly made_at: Date | null;
  readonly owed_since: Date | null;
}

function standingOf(row: StandingRow): Standing {
  return {
    rotation: rotationOf(row),
    identityStatus: row.identity_status,
    newest: row.newest_at && { startedAt: row.newest_at, endedAt: row.newest_ended_at },
    acted: row.acted_at && { startedAt: row.acted_at, endedAt: row.acted_ended_at },
    madeAt: row.made_at,
    owedSince: row.owed_since,
  };
}
