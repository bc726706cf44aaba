import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor, Json, RecordType } from '../kernel/index.js';
import { Prepared, SystemClock, type Tx } from '../platform/index.js';
import { commitmentTo, imagesText, SALT_BYTES } from './domain/commitment.js';
import { leafText } from './domain/leaf.js';
import { isUrgent } from './domain/urgent.js';
import { RECORDED } from './channels.js';

/** What a use case says about the one change it makes. */
export interface AuditRecord {
  readonly type: RecordType;
  readonly actor: Actor;
  /** The opaque id of what was changed, read or refused, or the name of a whole collection. */
  readonly subject: string;
  /** The image before, exactly as stored; no secret, personal fields only as sealed text. Absent means `null`. */
  readonly before?: Json | null;
  readonly after?: Json | null;
}

/** A record as it is stored: its line of the log, and the images that the line commits to. */
export interface StoredRecord {
  readonly leaf: string;
  readonly at: Date;
  readonly salt: Buffer;
  readonly images: string;
}

/**
 * The number is drawn by the statement that writes the row, so after every lock the use case took: an effect never gets
 * a lower one than its cause (decision 2).
 */
const APPEND = new Prepared(`
  WITH drawn AS MATERIALIZED (
    SELECT audit.next_number() AS n, given.* FROM (
      SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::bytea[], $4::text[])
        WITH ORDINALITY AS list (leaf, at, salt, images, place) ORDER BY place) AS given),
  written AS (INSERT INTO audit.records (n, leaf) SELECT n, leaf FROM drawn)
  INSERT INTO audit.images (n, at, salt, images) SELECT n, at, salt, images FROM drawn RETURNING n`);

/** Writes records. Everything that changes state calls it in the change's own transaction. */
@Injectable()
export class Audit {
  constructor(private readonly clock: SystemClock) {}

  /**
   * Appends the one record of a use case to its transaction: both commit, or neither does.
   *
   * @throws AuditError `record_malformed`; whatever PostgreSQL raises, which dooms the transaction
   */
  async append(tx: Tx, record: AuditRecord): Promise<void> {
    await this.appendAll(tx, [record]);
  }

  /**
   * Appends the records of several use cases that share one commit, numbered in the order given.
   *
   * @returns their numbers, in that order; an index in the log comes later
   */
  async appendAll(tx: Tx, records: readonly AuditRecord[]): Promise<number[]> {
    const stored = records.map((record) => this.compose(record));
    const rows = await tx.query<{ n: string }>(APPEND, [
      stored.map(({ leaf }) => leaf),
      stored.map(({ at }) => at),
      stored.map(({ salt }) => salt),
      stored.map(({ images }) => images),
    ]);
    if (records.some(({ type }) => isUrgent(type))) await tx.query(`SELECT pg_notify('${RECORDED}', '')`);
    return rows.map(({ n }) => Number(n)).sort((one, other) => one - other);
  }

  /** Makes a record's leaf and images under a fresh salt, without storing them. */
  compose(record: AuditRecord): StoredRecord {
    const at = this.clock.now();
    const salt = randomBytes(SALT_BYTES);
    const images = imagesText(record.before ?? null, record.after ?? null);
    const leaf = leafText({ ...record, at, commitment: commitmentTo(images, salt) });
    return { leaf, at, salt, images };
  }
}
