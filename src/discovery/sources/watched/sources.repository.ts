import { Injectable } from '@nestjs/common';
import type { Id, Json } from '../../../kernel/index.js';
import { Prepared, type Tx } from '../../../platform/index.js';
import { SourceError } from '../errors.js';
import type { SourceConsent, SourceStatus, WatchedSource } from './watched-source.js';

/** A source with the sealed way into it; null where nothing opens it. */
export interface SealedSource {
  readonly source: WatchedSource;
  readonly accessSealed: Buffer | null;
}

/** Where is looked. What was removed is kept for the findings and records that name it, and found by nobody. */
@Injectable()
export class SourcesRepository {
  /** In order of id. */
  async list(tx: Tx, after: string | undefined, limit: number): Promise<WatchedSource[]> {
    return (await tx.query<SourceRow>(LIST, [after ?? '', limit])).map((row) => sealedOf(row).source);
  }

  /** @throws SourceError `source_not_found` */
  async get(tx: Tx, id: Id<'source'>): Promise<SealedSource> {
    return known((await tx.query<SourceRow>(GET, [id])).map(sealedOf)[0]);
  }

  /** @throws SourceError `source_not_found` */
  async lock(tx: Tx, id: Id<'source'>): Promise<SealedSource> {
    return known((await tx.query<SourceRow>(LOCK, [id])).map(sealedOf)[0]);
  }

  /** Those that are due and nobody else looks for now. */
  async lockDue(tx: Tx, at: Date, limit: number): Promise<WatchedSource[]> {
    return (await tx.query<SourceRow>(LOCK_DUE, [at, limit])).map((row) => sealedOf(row).source);
  }

  async insert(tx: Tx, { source, accessSealed }: SealedSource): Promise<void> {
    const { id, kind, createdBy, createdAt } = source;
    await tx.execute(INSERT, [id, kind, createdBy, createdAt, ...changeable(source, accessSealed)]);
  }

  async save(tx: Tx, { source, accessSealed }: SealedSource): Promise<void> {
    const { id, cursor, coverage, systems, refused, lastGoodAt, failure, failedAt } = source;
    const known = [cursor, coverage, systems, refused, lastGoodAt, failure, failedAt];
    await tx.execute(UPDATE, [id, ...known, ...changeable(source, accessSealed)]);
  }

  async noteDue(tx: Tx, id: Id<'source'>, nextDueAt: Date | null): Promise<void> {
    await tx.execute(NOTE_DUE, [id, nextDueAt]);
  }

  /** What a run left that ended well. */
  async noteGood(
    tx: Tx,
    id: Id<'source'>,
    { cursor, coverage, systems, refused }: Pick<WatchedSource, 'coverage' | 'cursor' | 'refused' | 'systems'>,
    at: Date,
  ): Promise<void> {
    await tx.execute(NOTE_GOOD, [id, cursor, coverage, systems, refused, at]);
  }

  async noteFailure(tx: Tx, id: Id<'source'>, failure: string, at: Date): Promise<void> {
    await tx.execute(NOTE_FAILURE, [id, failure, at]);
  }

  /** With the way into it, for good. */
  async remove(tx: Tx, { id, version }: WatchedSource, at: Date): Promise<void> {
    await tx.execute(REMOVE, [id, version + 1, at]);
  }
}

const STANDING = `
  SELECT s.id, s.name, s.kind, s.place, s.settings, s.access_sealed, s.private_network, s.keeps_secrets, s.every_seconds,
    s.status, s.cursor, s.coverage, s.systems, s.refused, s.last_good_at, s.next_due_at, s.failure, s.failed_at, s.version, s.created_by,
    s.created_at, s.changed_at
  FROM muster.discovery_sources s WHERE s.status <> 'removed'`;
const LIST = new Prepared(`${STANDING} AND s.id > $1 ORDER BY s.id LIMIT $2`);
const GET = new Prepared(`${STANDING} AND s.id = $1`);
/** Whoever takes in what was seen there names the source: that does not wait for this. */
const LOCK = new Prepared(`${STANDING} AND s.id = $1 FOR NO KEY UPDATE`);
const LOCK_DUE = new Prepared(
  `${STANDING} AND s.status = 'active' AND s.next_due_at <= $1 ORDER BY s.next_due_at, s.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
);
const INSERT = `
  INSERT INTO muster.discovery_sources (id, kind, created_by, created_at, name, place, settings, access_sealed, private_network,
    keeps_secrets, every_seconds, status, next_due_at, version, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;
const UPDATE = `
  UPDATE muster.discovery_sources SET cursor = $2, coverage = $3, systems = $4, refused = $5, last_good_at = $6, failure = $7,
    failed_at = $8, name = $9, place = $10, settings = $11, access_sealed = $12, private_network = $13, keeps_secrets = $14,
    every_seconds = $15, status = $16, next_due_at = $17, version = $18, changed_at = $19
  WHERE id = $1`;
const NOTE_DUE = new Prepared('UPDATE muster.discovery_sources SET next_due_at = $2 WHERE id = $1');
const NOTE_GOOD = new Prepared(
  `UPDATE muster.discovery_sources SET cursor = $2, coverage = $3, systems = $4, refused = $5, last_good_at = $6,
     failure = NULL, failed_at = NULL
   WHERE id = $1`,
);
const NOTE_FAILURE = new Prepared('UPDATE muster.discovery_sources SET failure = $2, failed_at = $3 WHERE id = $1');
const REMOVE = `
  UPDATE muster.discovery_sources SET status = 'removed', access_sealed = NULL, next_due_at = NULL, version = $2, changed_at = $3
  WHERE id = $1`;

interface SourceRow {
  readonly id: Id<'source'>;
  readonly name: string;
  readonly kind: string;
  readonly place: string;
  readonly settings: {
    readonly settings?: Readonly<Record<string, Json>>;
    readonly caCertificates?: string | null;
  };
  readonly access_sealed: Buffer | null;
  readonly private_network: SourceConsent | null;
  readonly keeps_secrets: boolean;
  readonly every_seconds: number | null;
  readonly status: SourceStatus;
  readonly cursor: string | null;
  readonly coverage: string | null;
  readonly systems: string[];
  readonly refused: number;
  readonly last_good_at: Date | null;
  readonly next_due_at: Date | null;
  readonly failure: string | null;
  readonly failed_at: Date | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function changeable(source: WatchedSource, accessSealed: Buffer | null): unknown[] {
  const { name, place, settings, caCertificates, privateNetwork, keepsSecrets } = source;
  const { everySeconds, status, nextDueAt, version, changedAt } = source;
  const all = JSON.stringify({ settings, caCertificates });
  const consent = privateNetwork && JSON.stringify(privateNetwork);
  return [name, place, all, accessSealed, consent, keepsSecrets, everySeconds, status, nextDueAt, version, changedAt];
}

function known(sealed: SealedSource | undefined): SealedSource {
  if (sealed) return sealed;
  throw new SourceError('source_not_found', 'No source has that id. GET /v1/sources lists them.');
}

function sealedOf(row: SourceRow): SealedSource {
  const { settings = {}, caCertificates = null } = row.settings;
  const source: WatchedSource = {
    id: row.id,
    name: row.name,
    kind: row.kind,
    place: row.place,
    settings,
    caCertificates,
    privateNetwork: row.private_network,
    keepsSecrets: row.keeps_secrets,
    everySeconds: row.every_seconds,
    status: row.status,
    cursor: row.cursor,
    coverage: row.coverage,
    systems: row.systems,
    refused: row.refused,
    lastGoodAt: row.last_good_at,
    nextDueAt: row.next_due_at,
    failure: row.failure,
    failedAt: row.failed_at,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
  return { source, accessSealed: row.access_sealed };
}
