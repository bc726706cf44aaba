import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Delivery } from '../domain/sink.js';

/**
 * Port: every place that a rotation's secret is delivered to. What stands where is its own memory; the engine stores that a
 * delivery begins before it does, and believes only what is looked at afterwards.
 */
@Injectable()
export abstract class Deliveries {
  /**
   * Delivers to every place; where one refuses, the others have it still, and to deliver again changes nothing.
   *
   * @throws MusterError of the first place that refused
   */
  abstract deliver(rotationId: Id<'rotation'>, delivery: Delivery): Promise<void>;
  /** Where a version does not stand, seen by requests of their own. @throws MusterError of a place that cannot be looked at */
  abstract missing(rotationId: Id<'rotation'>, version: number): Promise<readonly Id<'rotationSink'>[]>;
}
