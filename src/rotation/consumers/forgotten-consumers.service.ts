import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { type Consumer, consumerImage } from '../domain/consumer.js';
import { RotationError } from '../domain/errors.js';
import { runImage } from '../domain/images.js';
import type { Run } from '../domain/run.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import { lookedAgain } from '../runs/domain/course.js';
import { RunsRepository } from '../runs/runs.repository.js';
import { Runs } from '../runs/runs.service.js';
import { ConsumersRepository } from './consumers.repository.js';

/** What people say of consumers that are gone for good. */
@Injectable()
export class ForgottenConsumers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly rotations: RotationsRepository,
    private readonly runs: RunsRepository,
    private readonly consumers: ConsumersRepository,
    private readonly work: Runs,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Has nobody wait for a consumer until it is seen again, and the run that does look anew. Whoever is seen using the old one
   * holds up its withdrawal as before.
   *
   * @param name an instance, or a caller as the evidence of the run names it
   * @throws RotationError `rotation_not_found`, `consumer_not_found`
   */
  async forget(actor: Actor, id: Id<'rotation'>, name: string, reason: string): Promise<Consumer> {
    const forgotten = await this.unitOfWork.run(async (tx) => {
      const { expectedConsumers } = await this.rotations.get(tx, id);
      const run = await this.lockLive(tx, id);
      const known = (await this.consumers.listOf(tx, id)).find(({ instance }) => instance === name);
      const isMissing = expectedConsumers.includes(name) || run?.evidence?.missing.includes(name) === true;
      if (known ? known.forgotten !== null : !isMissing)
        throw new RotationError(
          'consumer_not_found',
          'Nobody of that name is waited for: give the name as the run shows it.',
        );
      const at = this.clock.now();
      const word = { by: principalName(actor.principal), at, reason };
      const consumer = { id: this.ids.next('rotationConsumer'), rotationId: id, instance: name };
      const after = await this.consumers.forget(tx, consumer, word);
      const again = run && lookedAgain(run, at);
      if (again && again !== run) await this.runs.save(tx, again);
      await this.audit.append(tx, {
        ...{ type: 'rotation.consumer-forgotten', actor, subject: id },
        before: { consumer: known ? consumerImage(known) : null, run: run ? runImage(run) : null },
        after: { consumer: consumerImage(after), run: again ? runImage(again) : null },
      });
      return after;
    });
    this.work.soon();
    return forgotten;
  }

  private async lockLive(tx: Tx, id: Id<'rotation'>): Promise<Run | undefined> {
    const live = await this.runs.findLive(tx, id);
    return live && this.runs.lock(tx, live.id);
  }
}
