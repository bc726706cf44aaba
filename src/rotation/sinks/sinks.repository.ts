import { Injectable } from '@nestjs/common';
import type { Id, Json } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { PlaceConsent, PlacedSink } from '../domain/placed-sink.js';
import { SinkError } from '../domain/sink-errors.js';

/** A place with the sealed way into it; null where nothing opens it. */
export interface SealedSink {
  readonly sink: PlacedSink;
  readonly accessSealed: Buffer | null;
}

/** Places that secrets are delivered to. What was removed is kept for the records that name it, and found by nobody. */
@Injectable()
export class SinksRepository {
  /** In order of id. */
  async listOf(tx: Tx, rotationId: Id<'rotation'>): Promise<SealedSink[]> {
    return (await tx.query<SinkRow>(LIST, [rotationId])).map(sealedOf);
  }

  /** @throws SinkError `sink_not_found` */
  async get(tx: Tx, id: Id<'rotationSink'>): Promise<SealedSink> {
    return known((await tx.query<SinkRow>(GET, [id])).map(sealedOf)[0]);
  }

  /** @throws SinkError `sink_not_found` */
  async lock(tx: Tx, id: Id<'rotationSink'>): Promise<SealedSink> {
    return known((await tx.query<SinkRow>(LOCK, [id])).map(sealedOf)[0]);
  }

  async insert(tx: Tx, { sink, accessSealed }: SealedSink): Promise<void> {
    const { id, rotationId, kind, place, createdBy, createdAt } = sink;
    await tx.execute(INSERT, [id, rotationId, kind, place, createdBy, createdAt, ...changeable(sink, accessSealed)]);
  }

  async save(tx: Tx, { sink, accessSealed }: SealedSink): Promise<void> {
    await tx.execute(UPDATE, [sink.id, ...changeable(sink, accessSealed)]);
  }

  /** That a version is about to be written there: nobody knows what stands there until it was looked at. */
  async begin(tx: Tx, id: Id<'rotationSink'>, version: number): Promise<void> {
    await tx.execute(BEGIN, [id, version]);
  }

  async noteDelivered(tx: Tx, id: Id<'rotationSink'>, version: number, revision: string, at: Date): Promise<void> {
    await tx.execute(NOTE_DELIVERED, [id, version, revision, at]);
  }

  async noteFailure(tx: Tx, id: Id<'rotationSink'>, failure: string | null): Promise<void> {
    await tx.execute(NOTE_FAILURE, [id, failure]);
  }

  /** With the way into it, for good. */
  async remove(tx: Tx, { id, version }: PlacedSink, at: Date): Promise<void> {
    await tx.execute(REMOVE, [id, version + 1, at]);
  }
}

const STANDING = `
  SELECT s.id, s.rotation_id, s.kind, s.place, s.settings, s.access_sealed, s.private_network, s.delivered_version, s.revision,
    s.delivered_at, s.failure, s.version, s.created_by, s.created_at, s.changed_at
  FROM muster.rotation_sinks s WHERE s.status <> 'removed'`;
const LIST = new Prepared(`${STANDING} AND s.rotation_id = $1 ORDER BY s.id`);
const GET = new Prepared(`${STANDING} AND s.id = $1`);
const LOCK = new Prepared(`${STANDING} AND s.id = $1 FOR UPDATE`);
const INSERT = `
  INSERT INTO muster.rotation_sinks (id, rotation_id, kind, place, created_by, created_at, settings, access_sealed,
    private_network, status, version, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11)`;
const UPDATE = `
  UPDATE muster.rotation_sinks SET settings = $2, access_sealed = $3, private_network = $4, version = $5, changed_at = $6
  WHERE id = $1`;
const BEGIN = new Prepared('UPDATE muster.rotation_sinks SET delivered_version = $2, revision = NULL WHERE id = $1');
const NOTE_DELIVERED = new Prepared(
  `UPDATE muster.rotation_sinks SET delivered_version = $2, revision = $3, delivered_at = $4, failure = NULL WHERE id = $1`,
);
const NOTE_FAILURE = new Prepared('UPDATE muster.rotation_sinks SET failure = $2 WHERE id = $1');
const REMOVE = `
  UPDATE muster.rotation_sinks SET status = 'removed', access_sealed = NULL, version = $2, changed_at = $3 WHERE id = $1`;

interface SinkRow {
  readonly id: Id<'rotationSink'>;
  readonly rotation_id: Id<'rotation'>;
  readonly kind: string;
  readonly place: string;
  readonly settings: {
    readonly settings: Readonly<Record<string, Json>>;
    readonly caCertificates: string | null;
    readonly takesOver: boolean;
  };
  readonly access_sealed: Buffer | null;
  readonly private_network: PlaceConsent | null;
  readonly delivered_version: number | null;
  readonly revision: string | null;
  readonly delivered_at: Date | null;
  readonly failure: string | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function changeable(sink: PlacedSink, accessSealed: Buffer | null): unknown[] {
  const { settings, caCertificates, takesOver, privateNetwork, version, changedAt } = sink;
  const all = JSON.stringify({ settings, caCertificates, takesOver });
  return [all, accessSealed, privateNetwork && JSON.stringify(privateNetwork), version, changedAt];
}

function known(sealed: SealedSink | undefined): SealedSink {
  if (sealed) return sealed;
  throw new SinkError('sink_not_found', 'No place has that id. GET /v1/rotations/{id}/sinks lists them.');
}

function sealedOf(row: SinkRow): SealedSink {
  const sink: PlacedSink = {
    id: row.id,
    rotationId: row.rotation_id,
    kind: row.kind,
    place: row.place,
    ...row.settings,
    privateNetwork: row.private_network,
    last: { version: row.delivered_version, revision: row.revision },
    deliveredAt: row.delivered_at,
    failure: row.failure,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
  return { sink, accessSealed: row.access_sealed };
}
