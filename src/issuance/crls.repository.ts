import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** A revocation list that is signed and served. */
export interface PublishedList {
  readonly number: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** CertificateList, DER. */
  readonly der: Buffer;
}

export interface NewList {
  readonly id: Id<'crl'>;
  readonly authorityId: Id<'authority'>;
  readonly number: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly tbs: Buffer;
}

/** The latest list that was recorded; its signature may still be on its way, or lost. */
export interface RecordedList {
  readonly thisUpdate: Date;
  readonly tbs: Buffer;
  readonly signed: boolean;
}

const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('muster.crls:' || $1, 0))`;
const LATEST = `
  SELECT number, this_update AS "thisUpdate", next_update AS "nextUpdate", der FROM muster.crls
  WHERE authority_id = $1 AND der IS NOT NULL ORDER BY number DESC LIMIT 1`;

/** Revocation lists: recorded, then signed; the latest signed one is served. */
@Injectable()
export class CrlsRepository {
  /** One process at a time makes an authority's next list; numbers never repeat. */
  async lockNumbers(tx: Tx, authorityId: Id<'authority'>): Promise<void> {
    await tx.query(LOCK, [authorityId]);
  }

  async findLatestRecorded(tx: Tx, authorityId: Id<'authority'>): Promise<RecordedList | undefined> {
    const [row] = await tx.query<RecordedList>(
      `SELECT this_update AS "thisUpdate", tbs, der IS NOT NULL AS signed FROM muster.crls
       WHERE authority_id = $1 ORDER BY number DESC LIMIT 1`,
      [authorityId],
    );
    return row;
  }

  async highestNumber(tx: Tx, authorityId: Id<'authority'>): Promise<bigint> {
    const [row] = await tx.query<{ number: string }>(
      `SELECT coalesce(max(number), 0) AS number FROM muster.crls WHERE authority_id = $1`,
      [authorityId],
    );
    return BigInt(row!.number);
  }

  async findLatest(tx: Tx, authorityId: Id<'authority'>): Promise<PublishedList | undefined> {
    const [row] = await tx.query<Omit<PublishedList, 'number'> & { number: string }>(LATEST, [authorityId]);
    return row && { ...row, number: BigInt(row.number) };
  }

  async insert(tx: Tx, list: NewList): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.crls (id, authority_id, number, this_update, next_update, tbs) VALUES ($1, $2, $3, $4, $5, $6)`,
      [list.id, list.authorityId, String(list.number), list.thisUpdate, list.nextUpdate, list.tbs],
    );
  }

  async saveSigned(tx: Tx, id: Id<'crl'>, der: Buffer): Promise<void> {
    await tx.execute(`UPDATE muster.crls SET der = $2 WHERE id = $1`, [id, der]);
  }

  /** Forgets lists that lapsed before an instant, but never an authority's latest: its number must not come again. */
  async removeLapsed(tx: Tx, before: Date): Promise<void> {
    await tx.execute(
      `DELETE FROM muster.crls AS old WHERE next_update < $1 AND number <
         (SELECT max(number) FROM muster.crls AS latest WHERE latest.authority_id = old.authority_id AND der IS NOT NULL)`,
      [before],
    );
  }
}
