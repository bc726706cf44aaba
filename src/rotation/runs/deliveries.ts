import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Delivered, Delivery } from '../domain/sink.js';

/** What was seen of one place. */
export interface DeliveredAt extends Delivered {
  readonly sinkId: Id<'rotationSink'>;
}

/** Port: every place that a rotation's secret is delivered to. */
@Injectable()
export abstract class Deliveries {
  /** What stands there now, by requests of their own. @throws MusterError of the place that cannot be looked at */
  abstract look(rotationId: Id<'rotation'>): Promise<readonly DeliveredAt[]>;
  /**
   * Delivers to every place; where one refuses, the others have it still, and to deliver again changes nothing.
   *
   * @throws MusterError of the first place that refused
   */
  abstract deliver(rotationId: Id<'rotation'>, delivery: Delivery): Promise<readonly DeliveredAt[]>;
  /** Stores what was seen, in the transaction of the step that it belongs to. */
  abstract note(tx: Tx, seen: readonly DeliveredAt[], at: Date): Promise<void>;
}

/** Consumers come for it themselves. */
@Injectable()
export class NoDeliveries extends Deliveries {
  override look(): Promise<readonly DeliveredAt[]> {
    return Promise.resolve([]);
  }

  override deliver(): Promise<readonly DeliveredAt[]> {
    return Promise.resolve([]);
  }

  override async note(): Promise<void> {}
}
