import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id, Role } from '../kernel/index.js';
import { type Tx, UnitOfWork } from '../platform/index.js';
import { isLive, type Person } from './domain/person.js';
import { type PersonFilter, PeopleRepository } from './people.repository.js';
import { PersonalFields, REMOVED_PERSON, type SeenPerson } from './personal-fields.js';

export interface WantedPeople extends Omit<PersonFilter, 'sought'> {
  readonly q?: string | undefined;
}

/** Who people are: what this room shows of them, to its own routes and to the rooms above. */
@Injectable()
export class People {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly fields: PersonalFields,
    private readonly audit: Audit,
  ) {}

  /** The person, when they are active; they may leave before the transaction ends unless their row is locked. */
  async findLive(tx: Tx, id: Id<'person'>): Promise<Person | undefined> {
    const person = await this.people.find(tx, id);
    return person && isLive(person) ? person : undefined;
  }

  /** The person, when they are active, and kept from leaving until the transaction ends (`FOR SHARE`). */
  async holdLive(tx: Tx, id: Id<'person'>): Promise<Person | undefined> {
    const [person] = await this.people.hold(tx, [id]);
    return person && isLive(person) ? person : undefined;
  }

  /** Those of several people who are active, all of them kept from leaving until the transaction ends (`FOR SHARE`). */
  async holdAllLive(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlyMap<Id<'person'>, Person>> {
    const held = await this.people.hold(tx, ids);
    return new Map(held.filter(isLive).map((person) => [person.id, person]));
  }

  /** Who manages each of these people, also of those who have left; an unknown id has no entry. */
  async managersOf(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlyMap<Id<'person'>, Id<'person'> | null>> {
    const found = ids.length === 0 ? [] : await this.people.findAll(tx, ids);
    return new Map(found.map(({ id, managerId }) => [id, managerId]));
  }

  /** People who are live, each with their roles, in order of id: those named, and those of any of the roles. */
  listLive(tx: Tx, roles: readonly Role[], ids: readonly string[], count: number): Promise<Person[]> {
    return this.people.listLive(tx, roles, ids, count);
  }

  /** Locks people for a change of what ties them to others; whoever decides waits for it. */
  async lockLive(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlyMap<Id<'person'>, Person>> {
    const locked = await this.people.lock(tx, ids);
    return new Map([...locked].filter(([, person]) => isLive(person)));
  }

  /** Where a person is written to, for letters alone: nobody sees it. Undefined for somebody who is not live. */
  addressOf(id: Id<'person'>): Promise<{ readonly name: string; readonly email: string } | undefined> {
    return this.unitOfWork.read(async (tx) => {
      const person = await this.findLive(tx, id);
      const seen = person && (await this.seeOne(tx, person));
      return seen?.email == null ? undefined : { name: seen.name, email: seen.email };
    });
  }

  /** Names to show beside ids; somebody forgotten is a "removed person", an unknown id has no entry. */
  async namesOf(ids: readonly Id<'person'>[]): Promise<ReadonlyMap<Id<'person'>, string>> {
    if (ids.length === 0) return new Map();
    const seen = await this.unitOfWork.read(async (tx) => this.see(tx, await this.people.findAll(tx, ids)));
    return new Map(seen.map(({ person, name }) => [person.id, name]));
  }

  /**
   * One more than `limit` people in order of id, with names; what is shown of e-mails is the caller's to mask.
   *
   * @param wanted `q`: how a word of the name begins, two letters or more, or a whole e-mail address
   */
  async list({ q, ...filter }: WantedPeople, after: string | undefined, limit: number): Promise<SeenPerson[]> {
    const sought = q === undefined ? undefined : this.fields.sought(q);
    if (q !== undefined && !sought) return [];
    return this.unitOfWork.read(async (tx) =>
      this.see(tx, await this.people.list(tx, { ...filter, sought }, after, limit + 1)),
    );
  }

  /** Reveals one person's name and e-mail address, once a record of who asked has been committed (P2). */
  async reveal(actor: Actor, id: Id<'person'>): Promise<SeenPerson> {
    const { person, key } = await this.unitOfWork.run(async (tx) => {
      const person = await this.people.get(tx, id);
      const keys = await this.people.keysOf(tx, [id]);
      await this.audit.append(tx, { type: 'person.read', actor, subject: id });
      return { person, key: keys.get(id) };
    });
    return this.fields.open(key, person);
  }

  async see(tx: Tx, people: readonly Person[]): Promise<SeenPerson[]> {
    const ids = people.map(({ id }) => id);
    const keys = await this.people.keysOf(tx, ids);
    return people.map((person) => this.fields.open(keys.get(person.id), person));
  }

  async seeOne(tx: Tx, person: Person): Promise<SeenPerson> {
    const [seen] = await this.see(tx, [person]);
    return seen ?? { person, name: REMOVED_PERSON, email: null };
  }
}
