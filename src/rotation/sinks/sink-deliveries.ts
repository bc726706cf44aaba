import { Injectable } from '@nestjs/common';
import { type Id, MusterError } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { type Delivery, type Found, mayWrite, type Sink, stands } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { Deliveries } from '../runs/deliveries.js';
import { SinkDoors } from './sink-doors.js';
import { type SealedSink, SinksRepository } from './sinks.repository.js';

/**
 * Delivers to places: look, decide, note that it begins, write, look again by another request, note what was seen. No transaction
 * is open while anybody is asked anything; a delivery that broke off anywhere is gone on with.
 */
@Injectable()
export class SinkDeliveries extends Deliveries {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sinks: SinksRepository,
    private readonly doors: SinkDoors,
    private readonly clock: SystemClock,
  ) {
    super();
  }

  override async deliver(rotationId: Id<'rotation'>, delivery: Delivery): Promise<void> {
    const failures: unknown[] = [];
    for (const sealed of await this.listOf(rotationId))
      await this.noting(sealed, () => this.deliverTo(sealed, delivery)).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  override async missing(rotationId: Id<'rotation'>, version: number): Promise<readonly Id<'rotationSink'>[]> {
    const missing: Id<'rotationSink'>[] = [];
    for (const sealed of await this.listOf(rotationId)) {
      const found = await this.noting(sealed, () => this.doors.open(sealed).look());
      if (!stands(found, sealed.sink.last, version, undefined)) missing.push(sealed.sink.id);
    }
    return missing;
  }

  private listOf(rotationId: Id<'rotation'>): Promise<SealedSink[]> {
    return this.unitOfWork.readOne((tx) => this.sinks.listOf(tx, rotationId));
  }

  private async deliverTo(sealed: SealedSink, delivery: Delivery): Promise<void> {
    const { version } = delivery;
    const sink = this.doors.open(sealed);
    const found = await sink.look();
    if (!stands(found, sealed.sink.last, version, sink.revisionOf?.(delivery))) {
      requireFree(mayWrite(found, sealed.sink.last, version, sealed.sink.takesOver));
      await this.unitOfWork.run((tx) => this.sinks.begin(tx, sealed.sink.id, version));
      await sink.write(delivery, found);
    }
    const { revision } = await seenAfter(sink, version);
    const at = this.clock.now();
    await this.unitOfWork.run((tx) => this.sinks.noteDelivered(tx, sealed.sink.id, version, revision, at));
  }

  /** Remembers why a place could not be had, for whoever looks at it. */
  private async noting<Result>({ sink }: SealedSink, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof MusterError ? error.code : 'unexpected';
      await this.unitOfWork.run((tx) => this.sinks.noteFailure(tx, sink.id, code));
      throw error;
    }
  }
}

function requireFree(answer: ReturnType<typeof mayWrite>): void {
  if (answer === 'changed_elsewhere')
    throw new SinkError(
      answer,
      'Somebody changed what Muster left there. See who; then remove the place and add it anew with takesOver, if it may go.',
    );
  if (answer === 'place_occupied')
    throw new SinkError(
      answer,
      'Something that is not Muster’s stands there. Name another place, or say with takesOver that it may go.',
    );
}

async function seenAfter(sink: Sink, version: number): Promise<Found> {
  const found = await sink.look();
  if (found && (found.version === null || found.version === version)) return found;
  throw new SinkError('delivery_unseen', 'The place does not show what was delivered: it is looked at again.');
}
