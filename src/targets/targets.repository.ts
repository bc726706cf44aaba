import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../platform/index.js';
import { TargetError } from './domain/errors.js';
import type { PrivateNetworkConsent, Target, TargetKind, TargetStatus } from './domain/target.js';

/** A target with the sealed way into it. */
export interface SealedTarget {
  readonly target: Target;
  readonly accessSealed: Buffer;
}

/** The table of targets. What was removed is kept for the records that name it, and found by nobody. */
@Injectable()
export class TargetsRepository {
  async list(tx: Tx, after: Id<'target'> | undefined, count: number): Promise<Target[]> {
    const rows = await tx.query<TargetRow>(LIST, [after ?? '', count]);
    return rows.map(targetOf);
  }

  /** @throws TargetError `target_not_found` */
  async get(tx: Tx, id: Id<'target'>): Promise<SealedTarget> {
    return known((await tx.query<TargetRow>(GET, [id]))[0]);
  }

  async findName(tx: Tx, id: Id<'target'>): Promise<string | undefined> {
    const rows = await tx.query<{ name: string }>('SELECT name FROM muster.targets WHERE id = $1', [id]);
    return rows[0]?.name;
  }

  /** @throws TargetError `target_not_found` */
  async lock(tx: Tx, id: Id<'target'>): Promise<SealedTarget> {
    return known((await tx.query<TargetRow>(LOCK, [id]))[0]);
  }

  /** @throws TargetError `target_name_taken` */
  async insert(tx: Tx, { target, accessSealed }: SealedTarget): Promise<void> {
    const { id, kind, createdBy, createdAt } = target;
    await translated(tx.execute(INSERT, [id, kind, createdBy, createdAt, ...changeable(target), accessSealed]));
  }

  /** @throws TargetError `target_name_taken` */
  async save(tx: Tx, { target, accessSealed }: SealedTarget): Promise<void> {
    await translated(tx.execute(UPDATE, [target.id, ...changeable(target), accessSealed]));
  }

  /** How it went when it was looked at: no change of it. */
  async noteCheck(tx: Tx, id: Id<'target'>, at: Date, failure: string | null): Promise<void> {
    await tx.execute('UPDATE muster.targets SET checked_at = $2, check_failure = $3 WHERE id = $1', [id, at, failure]);
  }

  async remove(tx: Tx, { id, version }: Target, at: Date): Promise<void> {
    await tx.execute(
      `UPDATE muster.targets SET status = 'removed', version = $2, changed_at = $3, access_sealed = '' WHERE id = $1`,
      [id, version + 1, at],
    );
  }
}

const COLUMNS = `t.id, t.name, t.kind, t.place, t.access_sealed, t.ca_certificates, t.private_network, t.owner_id, t.status,
  t.checked_at, t.check_failure, t.version, t.created_by, t.created_at, t.changed_at`;
const STANDING = `SELECT ${COLUMNS} FROM muster.targets t WHERE t.status <> 'removed'`;
const LIST = new Prepared(`${STANDING} AND t.id > $1 ORDER BY t.id LIMIT $2`);
const GET = new Prepared(`${STANDING} AND t.id = $1`);
const LOCK = new Prepared(`${STANDING} AND t.id = $1 FOR UPDATE`);
const INSERT = `
  INSERT INTO muster.targets (id, kind, created_by, created_at, name, place, ca_certificates, private_network, owner_id, status,
    version, changed_at, access_sealed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;
const UPDATE = `
  UPDATE muster.targets SET name = $2, place = $3, ca_certificates = $4, private_network = $5, owner_id = $6, status = $7,
    version = $8, changed_at = $9, access_sealed = $10
  WHERE id = $1`;

interface TargetRow {
  readonly id: Id<'target'>;
  readonly name: string;
  readonly kind: TargetKind;
  readonly place: string;
  readonly access_sealed: Buffer;
  readonly ca_certificates: string | null;
  readonly private_network: PrivateNetworkConsent | null;
  readonly owner_id: Id<'person'>;
  readonly status: TargetStatus;
  readonly checked_at: Date | null;
  readonly check_failure: string | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function changeable(target: Target): readonly unknown[] {
  const { name, place, caCertificates, privateNetwork, ownerId, status, version, changedAt } = target;
  const consent = privateNetwork && JSON.stringify(privateNetwork);
  return [name, place, caCertificates, consent, ownerId, status, version, changedAt];
}

function known(row: TargetRow | undefined): SealedTarget {
  if (!row) throw new TargetError('target_not_found', 'No target has that id. GET /v1/targets lists them.');
  return { target: targetOf(row), accessSealed: row.access_sealed };
}

function targetOf(row: TargetRow): Target {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    place: row.place,
    caCertificates: row.ca_certificates,
    privateNetwork: row.private_network,
    ownerId: row.owner_id,
    status: row.status,
    checkedAt: row.checked_at,
    checkFailure: row.check_failure,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (brokenConstraint(cause) !== 'targets_name') throw cause;
    throw new TargetError('target_name_taken', 'Another target has that name: choose a different one.', { cause });
  }
}
