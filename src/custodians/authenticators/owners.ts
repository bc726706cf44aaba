import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/index.js';
import { Keystore, SystemClock, type Tx } from '../../platform/index.js';
import { type Authenticator, reachOf, requirePresence } from '../domain/authenticator.js';
import { CustodyError } from '../domain/errors.js';
import { isLive, type Person } from '../domain/person.js';
import type { Session } from '../domain/session.js';
import { PeopleRepository } from '../people.repository.js';
import { SessionsRepository } from '../sessions.repository.js';
import { personOf } from '../sessions.service.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';

/** Somebody with their authenticators, their row locked. */
export interface Owner {
  readonly person: Person;
  readonly authenticators: readonly Authenticator[];
  /** Seals what they call an authenticator, for its image and its row. */
  readonly sealName: (id: Authenticator['id'], name: string) => string;
}

/** The people who change their own authenticators. */
@Injectable()
export class Owners {
  constructor(
    private readonly people: PeopleRepository,
    private readonly sessions: SessionsRepository,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly keystore: Keystore,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Locks the caller, so that two changes of one person's authenticators see each other.
   *
   * @throws CustodyError `person_departed`
   */
  async lock(tx: Tx, actor: Actor): Promise<Owner> {
    const { id } = personOf(actor);
    const person = await this.people.lockOne(tx, id);
    const key = (await this.people.keysOf(tx, [id])).get(id);
    if (!isLive(person) || !key) throw new CustodyError('person_departed', 'You are no longer active here.');
    return {
      person,
      authenticators: await this.authenticators.listOf(tx, id),
      sealName: (authenticatorId, name) => this.keystore.sealPersonal(key, id, fieldOf(authenticatorId), name),
    };
  }

  /** As {@link lock}, for changes that need the caller's presence. @throws CustodyError as `requirePresence` */
  async lockPresent(tx: Tx, actor: Actor): Promise<Owner & { readonly session: Session | undefined }> {
    const principal = personOf(actor);
    const owner = await this.lock(tx, actor);
    const session = await this.sessions.find(tx, principal.sessionId);
    const working = owner.authenticators.filter(({ confirmedAt }) => confirmedAt !== null);
    requirePresence(principal, reachOf(working, session?.beganBy ?? 'token'), this.clock.now());
    return { ...owner, session };
  }

  /** Where nothing is left that proves anything, nothing stays proved either. */
  async withdrawProofs(tx: Tx, { person }: Owner, rest: readonly Authenticator[]): Promise<void> {
    if (rest.some(({ kind, confirmedAt }) => kind !== 'recovery-codes' && confirmedAt !== null)) return;
    await this.sessions.forgetProofs(tx, person.id);
  }

  /** What people call these, by id. */
  async namesOf(tx: Tx, personId: Person['id'], authenticators: readonly Authenticator[]) {
    const key = (await this.people.keysOf(tx, [personId])).get(personId);
    const name = ({ id, nameSealed }: Authenticator) =>
      key ? this.keystore.openPersonal(key, personId, fieldOf(id), nameSealed) : '';
    return new Map(authenticators.map((authenticator) => [authenticator.id, name(authenticator)]));
  }
}

function fieldOf(id: Authenticator['id']): string {
  return `authenticator:${id}`;
}
