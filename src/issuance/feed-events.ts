import { Injectable } from '@nestjs/common';
import type { LogEntry } from '../audit/index.js';
import { Inventory } from '../inventory/index.js';
import { type Id, isId } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import type { FeedEvent } from './domain/feed.js';

type Subject = Omit<FeedEvent, 'kind' | 'index' | 'type' | 'at'>;

/** Makes of the log's entries what enforcement points must act on. Acting on one twice does no harm. */
@Injectable()
export class FeedEvents {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly clock: SystemClock,
  ) {}

  /** The events of one entry; none for what concerns no enforcement point. */
  async eventsOf(entry: LogEntry): Promise<readonly FeedEvent[]> {
    const { index, type, at } = entry;
    const event = (subject: Subject, as = type): FeedEvent => ({
      kind: 'event',
      index,
      type: as,
      ...subject,
      at: at.toISOString(),
    });
    switch (type) {
      case 'certificate.revoked':
        return (await this.certificate(entry.subject)).map((subject) => event(subject));
      case 'identity.activated':
      case 'identity.resumed':
      case 'identity.retired':
      case 'identity.suspended':
        return (await this.identity(entry.subject)).map((subject) => event(subject));
      case 'person.departed':
        return (await this.stopped()).map((subject) => event(subject, `identity.${subject.status}`));
      default:
        return [];
    }
  }

  private async certificate(id: string): Promise<readonly Subject[]> {
    if (!isId('certificate', id)) return [];
    const entry = await this.unitOfWork.read((tx) => this.inventory.findCredential(tx, id));
    if (!entry) return [];
    const { identityId, spiffeId, serialNumber } = entry;
    return [{ certificateId: id, identityId, spiffeId, ...(serialNumber !== null && { serialNumber }) }];
  }

  private async identity(id: string): Promise<readonly Subject[]> {
    const identity = isId('identity', id) ? await this.inventory.findIdentity(id) : undefined;
    return identity ? [{ identityId: identity.id, spiffeId: identity.spiffeId, status: identity.status }] : [];
  }

  /** A departure may have stopped identities without a record for each: it names all that are stopped now. */
  private stopped(): Promise<readonly { identityId: Id<'identity'>; spiffeId: string; status: string }[]> {
    return this.unitOfWork.read((tx) => this.inventory.listStopped(tx, this.clock.now()));
  }
}
