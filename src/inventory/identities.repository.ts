import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type { Live } from './domain/custody.js';
import { InventoryError } from './domain/errors.js';
import type { Identity } from './domain/identity.js';
import { IDENTITY_COLUMNS, identityOf, type IdentityRow, WITH_OBLIGATIONS } from './identity-row.js';

/** Somebody is left alone with identities, and another must be named until then. */
export interface HandOver {
  readonly custodianId: Id<'person'>;
  readonly dueAt: Date;
}

@Injectable()
export class IdentitiesRepository {
  async find(tx: Tx, id: Id<'identity'>): Promise<Identity | undefined> {
    return (await tx.query<IdentityRow>(FIND, [id])).map(identityOf)[0];
  }

  async get(tx: Tx, id: Id<'identity'>): Promise<Identity> {
    return known(await this.find(tx, id));
  }

  async findBySpiffeId(tx: Tx, spiffeId: string): Promise<Identity | undefined> {
    return (await this.select(tx, 'WHERE i.spiffe_id = $1', [spiffeId]))[0];
  }

  async lock(tx: Tx, id: Id<'identity'>): Promise<Identity> {
    return known((await tx.query<IdentityRow>(LOCK, [id])).map(identityOf)[0]);
  }

  /** Reads an identity and keeps it from changing until the transaction ends (decision 5). */
  async hold(tx: Tx, id: Id<'identity'>): Promise<Identity> {
    return known((await tx.query<IdentityRow>(HOLD, [id])).map(identityOf)[0]);
  }

  /**
   * Locks everything that a person answers for, in order of id. It meets the person's custody first: whoever names them
   * custodian of something at this moment either has committed, and is seen, or waits until this transaction ends.
   */
  async lockHeldBy(tx: Tx, custodian: Id<'person'>): Promise<Identity[]> {
    await tx.query('SELECT muster.meet_at_custody($1)', [custodian]);
    return this.select(
      tx,
      `WHERE i.status <> 'retired' AND (i.primary_custodian_id = $1 OR i.backup_custodian_id = $1)
       ORDER BY i.id FOR UPDATE OF i`,
      [custodian],
    );
  }

  /** Each custodian once for each instant at which something of theirs runs out. */
  async listHandOvers(tx: Tx, after: Date, until: Date): Promise<HandOver[]> {
    return tx.query<HandOver>(
      `SELECT DISTINCT i.primary_custodian_id AS "custodianId", i.handover_due_at AS "dueAt" FROM muster.identities i
       WHERE i.handover_due_at > $1 AND i.handover_due_at <= $2 AND i.status <> 'retired'
         AND i.primary_custodian_id IS NOT NULL`,
      [after, until],
    );
  }

  async namesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; name: string }>(NAMES, [ids]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async insert(tx: Tx, identity: Identity): Promise<void> {
    await tx.execute(INSERT, [
      ...changeable(identity),
      identity.spiffeId,
      identity.name,
      identity.kind,
      identity.environment,
      identity.requestedBy,
      identity.createdAt,
    ]);
  }

  async save(tx: Tx, identity: Identity): Promise<void> {
    await tx.execute(SAVE, changeable(identity));
  }

  /**
   * Who of these is live. The status of people is the one column of another room's table that is read here: the
   * constraint behind INV-2 stands on it too.
   */
  async liveAmong(tx: Tx, ids: readonly (Id<'person'> | null)[]): Promise<Live> {
    const named = [...new Set(ids.filter((id) => id !== null))];
    if (named.length === 0) return new Set();
    const rows = await tx.query<{ id: Id<'person'> }>(LIVE, [named]);
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Who answers for these identities and is live. The identities are held as they are until the transaction ends, where
   * `hold` says so.
   */
  async liveCustodiansOf(tx: Tx, ids: readonly string[], hold: boolean): Promise<ReadonlyMap<string, string[]>> {
    const rows = await tx.query<{ id: string; custodians: string[] }>(
      `SELECT i.id, ARRAY(SELECT p.id FROM muster.people p WHERE p.status = 'active'
         AND p.id IN (i.primary_custodian_id, i.backup_custodian_id)) AS custodians
       FROM muster.identities i WHERE i.id = ANY ($1) ORDER BY i.id ${hold ? 'FOR SHARE OF i' : ''}`,
      [ids],
    );
    return new Map(rows.map(({ id, custodians }) => [id, custodians]));
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Identity[]> {
    return (await tx.query<IdentityRow>(`${SELECT} ${rest}`, parameters)).map(identityOf);
  }
}

const SELECT = `SELECT ${IDENTITY_COLUMNS} FROM muster.identities i ${WITH_OBLIGATIONS}`;
const FIND = new Prepared(`${SELECT} WHERE i.id = $1`);
const HOLD = new Prepared(`${SELECT} WHERE i.id = $1 FOR SHARE OF i`);
const LOCK = new Prepared(`${SELECT} WHERE i.id = $1 FOR UPDATE OF i`);
const INSERT = new Prepared(
  `INSERT INTO muster.identities (id, spiffe_id, name, kind, environment, requested_by, created_at, team_id, purpose,
     criticality, data_classes, privileged, support_expires_at, status, status_reason, status_by,
     primary_custodian_id, backup_custodian_id, handover_due_at, departed_custodian_id, authors, approval_id, version,
     changed_at)
   VALUES ($1, $19, $20, $21, $22, $23, $24, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
);
const SAVE = new Prepared(
  `UPDATE muster.identities SET team_id = $2, purpose = $3, criticality = $4, data_classes = $5, privileged = $6,
     support_expires_at = $7, status = $8, status_reason = $9, status_by = $10, primary_custodian_id = $11,
     backup_custodian_id = $12, handover_due_at = $13, departed_custodian_id = $14, authors = $15, approval_id = $16,
     version = $17, changed_at = $18
   WHERE id = $1`,
);
const NAMES = new Prepared('SELECT id, name FROM muster.identities WHERE id = ANY ($1)');
const LIVE = new Prepared(`SELECT id FROM muster.people WHERE id = ANY ($1) AND status = 'active'`);

function changeable(identity: Identity): unknown[] {
  return [
    identity.id,
    identity.teamId,
    identity.purpose,
    identity.criticality,
    identity.dataClasses,
    identity.privileged,
    identity.supportExpiresAt,
    identity.status,
    identity.statusReason,
    identity.statusBy,
    identity.primaryCustodianId,
    identity.backupCustodianId,
    identity.handoverDueAt,
    identity.departedCustodianId,
    identity.authors,
    identity.approvalId,
    identity.version,
    identity.changedAt,
  ];
}

function known(identity: Identity | undefined): Identity {
  if (!identity)
    throw new InventoryError('identity_not_found', 'No identity has that id; list identities to find the right one.');
  return identity;
}
