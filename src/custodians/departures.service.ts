import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id, Json } from '../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { Administrators, personBehind } from './administrators.js';
import { AuthenticatorsRepository } from './authenticators/authenticators.repository.js';
import { translated } from './constraints.js';
import { personImage } from './domain/images.js';
import { depart, forget, type Person } from './domain/person.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import type { SeenPerson } from './personal-fields.js';
import { SessionsRepository } from './sessions.repository.js';
import { SignInRepository } from './sign-in.repository.js';
import { LinksRepository } from './single-sign-on/links.repository.js';
import { Succession } from './succession.js';

/** Lets people go: what they answered for passes on in the same transaction, and their personal data can be forgotten. */
@Injectable()
export class Departures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly administrators: Administrators,
    private readonly people: PeopleRepository,
    private readonly view: People,
    private readonly sessions: SessionsRepository,
    private readonly signIns: SignInRepository,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly links: LinksRepository,
    private readonly succession: Succession,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Records that somebody leaves. Again for somebody who has left, it changes and records nothing.
   *
   * @throws CustodyError `own_departure`, `last_administrator`, `person_not_found`, `authority_lost`; whatever
   *   succession throws
   */
  depart(actor: Actor, id: Id<'person'>): Promise<SeenPerson> {
    return this.change(async (tx) => {
      const person = await this.administrators.lock(tx, actor, id);
      const departed = depart(person, personBehind(actor), this.clock.now());
      if (departed !== person) {
        const left = await this.leave(tx, actor, person, departed);
        await this.audit.append(tx, {
          type: 'person.departed',
          actor,
          subject: id,
          before: { person: personImage(person), ...left },
          after: { person: personImage(departed) },
        });
      }
      return this.view.seeOne(tx, departed);
    });
  }

  /**
   * Forgets somebody: they depart if they have not, and their key is destroyed, so that name and e-mail are gone from
   * tables, backups to come and the log's images alike. Again for somebody removed, it changes and records nothing.
   *
   * @throws CustodyError as `depart`
   */
  remove(actor: Actor, id: Id<'person'>): Promise<void> {
    return this.change(async (tx) => {
      const person = await this.administrators.lock(tx, actor, id);
      if (person.status === 'removed') return;
      const at = this.clock.now();
      const departed = depart(person, personBehind(actor), at);
      const left = departed === person ? {} : await this.leave(tx, actor, person, departed);
      const removed = forget(departed, at);
      await this.people.saveForgotten(tx, removed);
      await this.audit.append(tx, {
        type: 'person.removed',
        actor,
        subject: id,
        before: { person: personImage(person), ...left },
        after: { person: personImage(removed) },
      });
    });
  }

  /** The person's row first, then what hangs on it: checks that hold a person alive lock that row before theirs. */
  private async leave(tx: Tx, actor: Actor, person: Person, departed: Person): Promise<Record<string, Json>> {
    await this.administrators.keepOne(tx, person, departed);
    await this.people.save(tx, departed);
    const at = departed.departedAt!;
    const sessions = await this.sessions.endAll(tx, person.id, at);
    const tokens = await this.signIns.endAll(tx, person.id, at);
    const authenticators = await this.authenticators.deleteAll(tx, person.id);
    await this.links.deleteAll(tx, person.id);
    const places = await this.people.vacate(tx, person);
    await this.succession.handOver(tx, actor, person.id, at);
    return {
      sessions: [...sessions],
      sign_in_tokens: [...tokens],
      authenticators: authenticators.map(({ id }) => id),
      member_of: [...places.memberOf],
      manager_of_teams: [...places.managerOfTeams],
      manager_of_people: [...places.managerOfPeople],
    };
  }

  private change<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}
