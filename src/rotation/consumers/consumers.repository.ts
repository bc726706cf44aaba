import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Consumer, Forgetting } from '../domain/consumer.js';

/** Who is known to use what rotations make. */
@Injectable()
export class ConsumersRepository {
  async listOf(tx: Tx, rotationId: Id<'rotation'>): Promise<Consumer[]> {
    return (await tx.query<ConsumerRow>(LIST, [rotationId])).map(consumerOf);
  }

  /** Notes what was read out to whom. @returns whether it is said to be gone */
  fetched(tx: Tx, consumer: Named, version: number, at: Date): Promise<boolean> {
    return this.heard(tx, FETCHED, consumer, version, at);
  }

  /**
   * Notes what somebody says they use; the latest word counts, also where a run went back.
   *
   * @returns whether it is said to be gone
   */
  acknowledged(tx: Tx, consumer: Named, version: number, at: Date): Promise<boolean> {
    return this.heard(tx, ACKNOWLEDGED, consumer, version, at);
  }

  /** Notes that somebody is gone for good, also who never came. */
  async forget(tx: Tx, { id, rotationId, instance }: Named, { at, by, reason }: Forgetting): Promise<Consumer> {
    const [row] = await tx.query<ConsumerRow>(FORGET, [id, rotationId, instance, at, by, reason]);
    return consumerOf(row!);
  }

  async isForgotten(tx: Tx, rotationId: Id<'rotation'>, instance: string): Promise<boolean> {
    return (await tx.query(IS_FORGOTTEN, [rotationId, instance])).length > 0;
  }

  /** Whoever was seen is not gone. @returns which of them were said to be */
  async remember(tx: Tx, rotationId: Id<'rotation'>, instances: readonly string[]): Promise<string[]> {
    if (instances.length === 0) return [];
    const rows = await tx.query<{ instance: string }>(REMEMBER, [rotationId, instances]);
    return rows.map(({ instance }) => instance).sort();
  }

  private async heard(tx: Tx, how: Prepared, { id, rotationId, instance }: Named, version: number, at: Date) {
    const [row] = await tx.query<{ forgotten: boolean }>(how, [id, rotationId, instance, version, at]);
    return row!.forgotten;
  }
}

type Named = Pick<Consumer, 'id' | 'rotationId' | 'instance'>;

export const CONSUMER_COLUMNS = `c.id, c.rotation_id, c.instance, c.fetched_version, c.fetched_at, c.acknowledged_version,
  c.acknowledged_at, c.forgotten_at, c.forgotten_by, c.forgotten_reason`;
/** Who came, or is said to be gone: what is left of a caller that was, and was seen again, is no consumer. */
export const IS_KNOWN = '(c.fetched_at IS NOT NULL OR c.acknowledged_at IS NOT NULL OR c.forgotten_at IS NOT NULL)';
const LIST = new Prepared(
  `SELECT ${CONSUMER_COLUMNS} FROM muster.rotation_consumers c WHERE c.rotation_id = $1 AND ${IS_KNOWN} ORDER BY c.instance`,
);
const FETCHED = new Prepared(
  `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, fetched_version, fetched_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_consumers_once DO UPDATE
   SET fetched_version = $4, fetched_at = $5 RETURNING forgotten_at IS NOT NULL AS forgotten`,
);
const ACKNOWLEDGED = new Prepared(
  `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, acknowledged_version, acknowledged_at)
   VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_consumers_once DO UPDATE
   SET acknowledged_version = $4, acknowledged_at = $5 RETURNING forgotten_at IS NOT NULL AS forgotten`,
);
const FORGET = new Prepared(
  `INSERT INTO muster.rotation_consumers AS c (id, rotation_id, instance, forgotten_at, forgotten_by, forgotten_reason)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT ON CONSTRAINT rotation_consumers_once DO UPDATE SET forgotten_at = $4, forgotten_by = $5, forgotten_reason = $6
   RETURNING ${CONSUMER_COLUMNS}`,
);
const IS_FORGOTTEN = new Prepared(
  'SELECT FROM muster.rotation_consumers c WHERE c.rotation_id = $1 AND c.instance = $2 AND c.forgotten_at IS NOT NULL',
);
const REMEMBER = new Prepared(
  `UPDATE muster.rotation_consumers SET forgotten_at = NULL, forgotten_by = NULL, forgotten_reason = NULL
   WHERE rotation_id = $1 AND instance = ANY ($2::text[]) AND forgotten_at IS NOT NULL RETURNING instance`,
);

export interface ConsumerRow {
  readonly id: Id<'rotationConsumer'>;
  readonly rotation_id: Id<'rotation'>;
  readonly instance: string;
  readonly fetched_version: number | null;
  readonly fetched_at: Date | null;
  readonly acknowledged_version: number | null;
  readonly acknowledged_at: Date | null;
  readonly forgotten_at: Date | null;
  readonly forgotten_by: string | null;
  readonly forgotten_reason: string | null;
}

export function consumerOf(row: ConsumerRow): Consumer {
  const { forgotten_at: at, forgotten_by: by, forgotten_reason: reason } = row;
  return {
    id: row.id,
    rotationId: row.rotation_id,
    instance: row.instance,
    fetchedVersion: row.fetched_version,
    fetchedAt: row.fetched_at,
    acknowledgedVersion: row.acknowledged_version,
    acknowledgedAt: row.acknowledged_at,
    forgotten: at !== null && by !== null && reason !== null ? { at, by, reason } : null,
  };
}
