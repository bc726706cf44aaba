import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import { InventoryError } from './domain/errors.js';
import { type Grant, MAX_GRANTS } from './domain/grant.js';

@Injectable()
export class GrantsRepository {
  /** Everything an identity holds now. */
  async listHeldBy(tx: Tx, identityId: Id<'identity'>): Promise<Grant[]> {
    return (await tx.query<GrantRow>(HELD_BY, [identityId, MAX_GRANTS])).map(grantOf);
  }

  /** Everything that these identities hold now. */
  async listHeldByAny(tx: Tx, identityIds: readonly Id<'identity'>[]): Promise<Grant[]> {
    return (await tx.query<GrantRow>(HELD_BY_ANY, [identityIds])).map(grantOf);
  }

  /** Grants by their ids, also those that nobody holds any more. */
  async findAll(tx: Tx, ids: readonly Id<'grant'>[]): Promise<Grant[]> {
    return (await tx.query<GrantRow>(FIND_ALL, [ids])).map(grantOf);
  }

  async countHeldBy(tx: Tx, identityId: Id<'identity'>): Promise<number> {
    const rows = await tx.query<{ count: number }>(COUNT_HELD_BY, [identityId]);
    return rows[0]!.count;
  }

  /** A grant that is still held. */
  async lock(tx: Tx, id: Id<'grant'>): Promise<Grant> {
    const rows = await tx.query<GrantRow>(LOCK, [id]);
    if (!rows[0]) throw new InventoryError('grant_not_found', 'No identity holds a grant with that id.');
    return grantOf(rows[0]);
  }

  async insert(tx: Tx, grant: Grant): Promise<void> {
    await tx.execute(INSERT, [
      grant.id,
      grant.identityId,
      grant.target,
      grant.scope,
      grant.purpose,
      grant.verifierId,
      grant.verifiedAt,
      grant.addedBy,
      grant.addedAt,
    ]);
  }

  async save(tx: Tx, grant: Grant): Promise<void> {
    await tx.execute(SAVE, [grant.id, grant.verifierId, grant.verifiedAt, grant.removedBy, grant.removedAt]);
  }

  /** Notes use of grants, each only by a credential of the identity that holds it. Later wins; in order of id. */
  async noteUse(tx: Tx, uses: readonly GrantUse[]): Promise<void> {
    await tx.execute(
      `WITH used AS (
         SELECT g.id, max(u.at) AS at
         FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS u (grant_id, credential_id, at)
         JOIN muster.credentials c ON c.id = u.credential_id
         JOIN muster.grants g ON g.id = u.grant_id AND g.identity_id = c.identity_id
         GROUP BY g.id),
       locked AS (SELECT g.id FROM muster.grants g JOIN used USING (id) ORDER BY g.id FOR NO KEY UPDATE OF g)
       UPDATE muster.grants g SET last_used_at = greatest(g.last_used_at, used.at)
       FROM used JOIN locked USING (id) WHERE g.id = used.id`,
      [uses.map(({ grantId }) => grantId), uses.map(({ credentialId }) => credentialId), uses.map(({ at }) => at)],
    );
  }
}

export interface GrantUse {
  readonly grantId: Id<'grant'>;
  readonly credentialId: string;
  readonly at: Date;
}

const COLUMNS = `g.id, g.identity_id, g.target, g.scope, g.purpose, g.verifier_id, g.verified_at, g.added_by, g.added_at,
  g.removed_by, g.removed_at, g.last_used_at`;
const HELD_BY = new Prepared(
  `SELECT ${COLUMNS} FROM muster.grants g WHERE g.identity_id = $1 AND g.removed_at IS NULL ORDER BY g.id LIMIT $2`,
);

const HELD_BY_ANY = new Prepared(
  `SELECT ${COLUMNS} FROM muster.grants g WHERE g.identity_id = ANY ($1) AND g.removed_at IS NULL ORDER BY g.id`,
);
const FIND_ALL = new Prepared(`SELECT ${COLUMNS} FROM muster.grants g WHERE g.id = ANY ($1) ORDER BY g.id`);
const COUNT_HELD_BY = new Prepared(
  'SELECT count(*)::integer AS count FROM muster.grants WHERE identity_id = $1 AND removed_at IS NULL',
);
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.grants g WHERE g.id = $1 AND g.removed_at IS NULL FOR UPDATE`);
const INSERT = new Prepared(
  `INSERT INTO muster.grants (id, identity_id, target, scope, purpose, verifier_id, verified_at, added_by, added_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const SAVE = new Prepared(
  'UPDATE muster.grants SET verifier_id = $2, verified_at = $3, removed_by = $4, removed_at = $5 WHERE id = $1',
);

interface GrantRow {
  readonly id: Id<'grant'>;
  readonly identity_id: Id<'identity'>;
  readonly target: string;
  readonly scope: string;
  readonly purpose: string;
  readonly verifier_id: Id<'person'> | null;
  readonly verified_at: Date | null;
  readonly added_by: string;
  readonly added_at: Date;
  readonly removed_by: string | null;
  readonly removed_at: Date | null;
  readonly last_used_at: Date | null;
}

function grantOf(row: GrantRow): Grant {
  return {
    id: row.id,
    identityId: row.identity_id,
    target: row.target,
    scope: row.scope,
    purpose: row.purpose,
    verifierId: row.verifier_id,
    verifiedAt: row.verified_at,
    addedBy: row.added_by,
    addedAt: row.added_at,
    removedBy: row.removed_by,
    removedAt: row.removed_at,
    lastUsedAt: row.last_used_at,
  };
}
