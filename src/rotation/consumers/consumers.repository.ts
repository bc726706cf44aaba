import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Consumer } from '../domain/consumer.js';

/** Who is known to use what rotations make. */
@Injectable()
export class ConsumersRepository {
  async listOf(tx: Tx, rotationId: Id<'rotation'>): Promise<Consumer[]> {
    return (await tx.query<ConsumerRow>(LIST, [rotationId])).map(consumerOf);
  }

  /** Notes what was read out to whom. */
  async fetched(tx: Tx, consumer: Pick<Consumer, 'id' | 'rotationId' | 'instance'>, version: number, at: Date) {
    await tx.execute(FETCHED, [consumer.id, consumer.rotationId, consumer.instance, version, at]);
  }

  /** Notes what somebody says they use; the latest word counts, also where a run went back. */
  async acknowledged(tx: Tx, consumer: Pick<Consumer, 'id' | 'rotationId' | 'instance'>, version: number, at: Date) {
    await tx.execute(ACKNOWLEDGED, [consumer.id, consumer.rotationId, consumer.instance, version, at]);
  }
}

const LIST = new Prepared(
  `SELECT c.id, c.rotation_id, c.instance, c.fetched_version, c.fetched_at, c.acknowledged_version, c.acknowledged_at
   FROM muster.rotation_consumers c WHERE c.rotation_id = $1 ORDER BY c.instance`,
);
const FETCHED = new Prepared(
  `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, fetched_version, fetched_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_consumers_once DO UPDATE SET fetched_version = $4, fetched_at = $5`,
);
const ACKNOWLEDGED = new Prepared(
  `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, acknowledged_version, acknowledged_at)
   VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_consumers_once DO UPDATE SET acknowledged_version = $4, acknowledged_at = $5`,
);

interface ConsumerRow {
  readonly id: Id<'rotationConsumer'>;
  readonly rotation_id: Id<'rotation'>;
  readonly instance: string;
  readonly fetched_version: number | null;
  readonly fetched_at: Date | null;
  readonly acknowledged_version: number | null;
  readonly acknowledged_at: Date | null;
}

function consumerOf(row: ConsumerRow): Consumer {
  return {
    id: row.id,
    rotationId: row.rotation_id,
    instance: row.instance,
    fetchedVersion: row.fetched_version,
    fetchedAt: row.fetched_at,
    acknowledgedVersion: row.acknowledged_version,
    acknowledgedAt: row.acknowledged_at,
  };
}
