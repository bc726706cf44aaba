import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Keystore, UnitOfWork } from '../../platform/index.js';
import type { Session } from '../domain/session.js';
import { PeopleRepository } from '../people.repository.js';

const FIELD = 'session-host';

/** Where a name is stored that belongs to nobody yet. */
export interface NamePlace {
  readonly table: 'muster.device_authorizations' | 'muster.authorization_codes';
  readonly row: string;
}

/**
 * What devices call themselves: often a person's name or their machine's, so sealed to the row while nobody has approved,
 * and under the person's own key from then on.
 */
@Injectable()
export class DeviceNames {
  constructor(
    private readonly keystore: Keystore,
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
  ) {}

  seal(place: NamePlace, host: string): Buffer {
    return this.keystore.seal({ ...place, field: 'host' }, Buffer.from(host));
  }

  open(place: NamePlace, sealed: Buffer): string {
    return this.keystore.open({ ...place, field: 'host' }, sealed).toString('utf8');
  }

  /** @param key the person's own, sealed */
  sealFor(key: Buffer, personId: Id<'person'>, host: string): string {
    return this.keystore.sealPersonal(key, personId, FIELD, host);
  }

  /** What the programs behind these sessions run on; browsers have no entry. */
  async ofSessions(sessions: readonly Session[]): Promise<ReadonlyMap<Id<'session'>, string>> {
    const named = sessions.filter(({ hostSealed }) => hostSealed !== null);
    if (named.length === 0) return new Map();
    const owners = [...new Set(named.map(({ personId }) => personId))];
    const keys = await this.unitOfWork.readOne((tx) => this.people.keysOf(tx, owners));
    return new Map(
      named.flatMap(({ id, personId, hostSealed }) => {
        const key = keys.get(personId);
        return key ? [[id, this.keystore.openPersonal(key, personId, FIELD, hostSealed!)] as const] : [];
      }),
    );
  }

  /** By what a user code is found: a keyed digest, because a plain one of so short a code could be tried out. */
  userCodeIndex(code: string): Buffer {
    return this.keystore.blindIndex('device.user-code', code);
  }

  /** By what two requests are known to come from one address, without keeping it. */
  addressIndex(address: string): Buffer {
    return this.keystore.blindIndex('device.address', address);
  }
}
