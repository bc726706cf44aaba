import { Injectable } from '@nestjs/common';
import type { LogEntry } from '../audit/index.js';
import { Inventory } from '../inventory/index.js';
import { isId } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import type { FeedEvent } from './domain/feed.js';

type Subject = Omit<FeedEvent, 'kind' | 'index' | 'type' | 'at'>;

/** Makes of the log's entries what enforcement points must act on. Acting on one twice does no harm. */
@Injectable()
export class FeedEvents {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
  ) {}

  /** The event of one entry; undefined for what concerns no enforcement point. */
  async eventOf({ index, type, subject, at }: LogEntry): Promise<FeedEvent | undefined> {
    const concerned = await this.concernedBy(type, subject);
    return concerned && { kind: 'event', index, type, ...concerned, at: at.toISOString() };
  }

  private async concernedBy(type: string, subject: string): Promise<Subject | undefined> {
    switch (type) {
      case 'certificate.revoked':
        return this.certificate(subject);
      case 'identity.activated':
      case 'identity.resumed':
      case 'identity.retired':
      case 'identity.suspended':
        return this.identity(subject);
      default:
        return undefined;
    }
  }

  private async certificate(id: string): Promise<Subject | undefined> {
    if (!isId('certificate', id)) return undefined;
    const entry = await this.unitOfWork.readOne((tx) => this.inventory.findCredential(tx, id));
    if (!entry) return undefined;
    const { identityId, spiffeId, serialNumber } = entry;
    return { certificateId: id, identityId, spiffeId, ...(serialNumber !== null && { serialNumber }) };
  }

  private async identity(id: string): Promise<Subject | undefined> {
    const identity = isId('identity', id) ? await this.inventory.findIdentity(id) : undefined;
    return identity && { identityId: identity.id, spiffeId: identity.spiffeId, status: identity.status };
  }
}
