import { Injectable } from '@nestjs/common';
import type { Identity, IdentityStatus } from '../../inventory/index.js';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Rotation } from '../domain/rotation.js';
import { ROTATION_COLUMNS, rotationOf, type RotationRow } from '../rotations/rotations.repository.js';
import type { TouchedIdentity } from './domain/order.js';
import type { EmergencyScope, Touch } from './domain/scope.js';

/**
 * Finds what is touched. Other rooms' tables are read here and nowhere changed: in an emergency it is one statement's work, not
 * ten thousand questions.
 */
@Injectable()
export class TouchedRepository {
  /** What is active or suspended and touched, in order of id, up to so many. */
  async identities(tx: Tx, scope: EmergencyScope, most: number): Promise<TouchedIdentity[]> {
    const rows = await tx.query<TouchedRow>(
      `WITH touched (identity_id, touch) AS (${TOUCHED[scope.kind]})
       SELECT i.id AS "identityId", i.name, i.status, i.criticality, array_agg(DISTINCT t.touch) AS touches
       FROM touched t JOIN muster.identities i ON i.id = t.identity_id
       WHERE i.status IN ('active', 'suspended') GROUP BY i.id ORDER BY i.id LIMIT ${most}`,
      [valueOf(scope)],
    );
    return rows;
  }

  /** How hosts are called that callers and consumers were seen at, in order, up to so many. */
  async hosts(tx: Tx, startsWith: string, most: number): Promise<string[]> {
    const rows = await tx.query<{ host: string }>(HOSTS, [startsWith, most]);
    return rows.map(({ host }) => host);
  }

  /** What rotates for them, also what is paused; locked in order of id, where it is about to. */
  async rotations(tx: Tx, identityIds: readonly Id<'identity'>[], lock: boolean): Promise<Rotation[]> {
    const rows = await tx.query<RotationRow>(
      `SELECT ${ROTATION_COLUMNS} FROM muster.rotations r
       WHERE r.identity_id = ANY ($1) AND r.status <> 'removed' ORDER BY r.id ${lock ? 'FOR UPDATE' : ''}`,
      [identityIds],
    );
    return rows.map(rotationOf);
  }
}

/** A caller that was only said to be gone is none of the hosts that programs call themselves by. */
const CAME = '(c.fetched_at IS NOT NULL OR c.acknowledged_at IS NOT NULL)';

/** From one name to the next by the index: however often one was seen, it costs one step. */
const eachOnce = (column: string, from: string, such = 'true') => `(
  WITH RECURSIVE found AS (
    (SELECT lower(${column}) COLLATE "C" AS host FROM ${from} WHERE lower(${column}) COLLATE "C" >= lower($1) AND ${such}
     ORDER BY lower(${column}) COLLATE "C" LIMIT 1)
    UNION ALL
    SELECT (SELECT lower(${column}) COLLATE "C" FROM ${from} WHERE lower(${column}) COLLATE "C" > found.host AND ${such}
            ORDER BY lower(${column}) COLLATE "C" LIMIT 1)
    FROM found WHERE starts_with(found.host, lower($1)))
  SELECT found.host FROM found WHERE starts_with(found.host, lower($1)) LIMIT $2)`;
const HOSTS = new Prepared(
  `SELECT DISTINCT seen.host FROM (${eachOnce('w.address', 'muster.rotation_watches w')}
   UNION ALL ${eachOnce('c.instance', 'muster.rotation_consumers c', CAME)}) AS seen ORDER BY seen.host LIMIT $2`,
);
const TOUCHED: Readonly<Record<EmergencyScope['kind'], string>> = {
  custodian: `
    SELECT i.id, 'answers-for-it' FROM muster.identities i WHERE i.primary_custodian_id = $1
    UNION ALL SELECT i.id, 'answers-for-it' FROM muster.identities i
      WHERE i.backup_custodian_id IS NOT NULL AND i.backup_custodian_id = $1
    UNION ALL SELECT l.subject, 'answered-for-it' FROM audit.leaves l JOIN audit.images m ON m.n = l.n
      WHERE l.type = 'identity.handed-over' AND strpos(m.images, $1) > 0
    UNION ALL SELECT c.identity_id, 'registered-key' FROM muster.credentials c
      WHERE c.kind = 'registered-key' AND c.expires_at > now() AND c.registered_by = $1
    UNION ALL SELECT DISTINCT l.subject, 'changed-it' FROM audit.leaves l
      WHERE l.actor = $1 AND starts_with(l.subject, 'mid_')
    UNION ALL SELECT r.identity_id, 'changed-it' FROM audit.leaves l JOIN muster.rotations r ON r.id = l.subject
      WHERE l.actor = $1 AND starts_with(l.subject, 'rot_')`,
  host: `
    SELECT r.identity_id, 'used-from-host' FROM muster.rotation_watches w
      JOIN muster.rotation_runs n ON n.id = w.run_id JOIN muster.rotations r ON r.id = n.rotation_id
      WHERE lower(w.address) COLLATE "C" = lower($1)
    UNION ALL SELECT r.identity_id, 'used-from-host' FROM muster.rotation_consumers c
      JOIN muster.rotations r ON r.id = c.rotation_id WHERE lower(c.instance) COLLATE "C" = lower($1) AND ${CAME}
    UNION ALL SELECT a.identity_id, 'lives-on-host' FROM muster.targets t
      JOIN muster.target_accounts a ON a.target_id = t.id AND a.removed_at IS NULL
      WHERE t.status <> 'removed' AND (lower(t.place) = lower($1) OR starts_with(lower(t.place), lower($1) || ':')
        OR starts_with(lower(t.place), lower($1) || '/') OR starts_with(lower(t.place), '[' || lower($1) || ']'))
    UNION ALL SELECT s.identity_id, 'seen-on-host' FROM muster.identities p
      JOIN muster.sightings s ON s.point_id = p.id WHERE lower(p.name) = lower($1)
    UNION ALL SELECT i.id, 'lives-on-host' FROM muster.identities i WHERE lower(i.name) = lower($1)`,
  repository: `
    SELECT t.identity_id, 'trusts-repository' FROM muster.trusts t
      WHERE t.status <> 'removed' AND (strpos(lower(t.subject) || ':', ':' || lower($1) || ':') > 0
        OR strpos(lower(t.condition), '"' || lower($1) || '"') > 0 OR strpos(lower(t.condition), '''' || lower($1) || '''') > 0)
    UNION ALL SELECT c.identity_id, 'key-in-repository' FROM muster.credentials c
      WHERE c.kind = 'registered-key' AND c.expires_at > now() AND c.revoked_at IS NULL
        AND right('/' || lower(c.system), length($1) + 1) = '/' || lower($1)`,
  leak: `
    SELECT c.identity_id, 'leaked' FROM muster.credentials c
      WHERE c.fingerprint IS NOT NULL AND c.fingerprint = decode($1, 'hex')`,
  identities: `SELECT given.id, 'named' FROM unnest($1::text[]) AS given (id)`,
};

function valueOf(scope: EmergencyScope): unknown {
  switch (scope.kind) {
    case 'custodian':
      return scope.personId;
    case 'host':
      return scope.host;
    case 'repository':
      return scope.repository;
    case 'leak':
      return scope.fingerprint;
    case 'identities':
      return scope.identityIds;
  }
}

interface TouchedRow {
  readonly identityId: Id<'identity'>;
  readonly name: string;
  readonly status: IdentityStatus;
  readonly criticality: Identity['criticality'];
  readonly touches: Touch[];
}
