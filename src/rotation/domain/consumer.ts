import type { Id, Json } from '../../kernel/index.js';

/** Somebody who uses what a rotation makes, by the name they give themselves. */
export interface Consumer {
  readonly id: Id<'rotationConsumer'>;
  readonly rotationId: Id<'rotation'>;
  readonly instance: string;
  /** The newest version that was read out to it. */
  readonly fetchedVersion: number | null;
  readonly fetchedAt: Date | null;
  /** The newest version that it said it uses. */
  readonly acknowledgedVersion: number | null;
  readonly acknowledgedAt: Date | null;
  /** Somebody's word that it is gone for good; null where it is waited for, or was seen since. */
  readonly forgotten: Forgetting | null;
}

export interface Forgetting {
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
}

export function consumerImage({ forgotten, ...consumer }: Consumer): Json {
  return {
    id: consumer.id,
    instance: consumer.instance,
    fetched_version: consumer.fetchedVersion,
    fetched_at: consumer.fetchedAt?.toISOString() ?? null,
    acknowledged_version: consumer.acknowledgedVersion,
    acknowledged_at: consumer.acknowledgedAt?.toISOString() ?? null,
    forgotten: forgotten && { ...forgotten, at: forgotten.at.toISOString() },
  };
}
