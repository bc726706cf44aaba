import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import { ConsumersRepository } from './consumers.repository.js';

/** Consumers that two people said are gone, and that are not. */
@Injectable()
export class ReturnedConsumers {
  constructor(
    private readonly consumers: ConsumersRepository,
    private readonly audit: Audit,
  ) {}

  /**
   * Has those of them waited for again that were forgotten, and records which.
   *
   * @param instances who was heard of, was seen, or is declared
   */
  async note(tx: Tx, actor: Actor, rotationId: Id<'rotation'>, instances: readonly string[]): Promise<void> {
    const returned = await this.consumers.remember(tx, rotationId, instances);
    if (returned.length === 0) return;
    const after = { consumers: returned };
    await this.audit.append(tx, { type: 'rotation.consumer-returned', actor, subject: rotationId, after });
  }
}
