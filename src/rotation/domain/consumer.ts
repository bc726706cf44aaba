import type { Id } from '../../kernel/index.js';

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
}
