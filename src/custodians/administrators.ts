import { Injectable } from '@nestjs/common';
import type { Actor, Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { isLive, type Person } from './domain/person.js';
import { keepAnAdministrator, requireAdministrator } from './domain/roles.js';
import { PeopleRepository } from './people.repository.js';

/** Holds administrators to their duty while they change people. */
@Injectable()
export class Administrators {
  constructor(private readonly people: PeopleRepository) {}

  /**
   * Locks the caller and the person they change, and looks again whether the caller may.
   *
   * @throws CustodyError `authority_lost`, `person_not_found`
   */
  async lock(tx: Tx, actor: Actor, id: Id<'person'>): Promise<Person> {
    const acting = personBehind(actor);
    const locked = await this.people.lock(tx, acting ? [acting, id] : [id]);
    if (acting) requireAdministrator(locked.get(acting));
    return locked.get(id) ?? this.people.get(tx, id);
  }

  /** Locks the caller alone, before somebody is added. */
  async lockActing(tx: Tx, actor: Actor): Promise<void> {
    const acting = personBehind(actor);
    if (acting) requireAdministrator((await this.people.lock(tx, [acting])).get(acting));
  }

  /** @throws CustodyError `last_administrator` */
  async keepOne(tx: Tx, before: Person, after: Person): Promise<void> {
    if (isAdministrator(before) && !isAdministrator(after))
      keepAnAdministrator((await this.people.countAdministrators(tx)) - 1);
  }
}

/** The person who acts, or null for the system itself. */
export function personBehind({ principal }: Actor): Id<'person'> | null {
  return principal.kind === 'person' ? principal.id : null;
}

function isAdministrator(person: Person): boolean {
  return isLive(person) && person.roles.includes('administrator');
}
