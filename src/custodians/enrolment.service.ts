import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type Id, principalName, type Role } from '../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { Administrators, personBehind } from './administrators.js';
import { translated } from './constraints.js';
import { CustodyError } from './domain/errors.js';
import { personImage, signInTokenImage } from './domain/images.js';
import { change, invite, isHere, type Person } from './domain/person.js';
import { losesRole } from './domain/roles.js';
import { Humans } from './humans.service.js';
import { type Indexes, PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import { PersonalFields, type SealedFields, type SeenPerson } from './personal-fields.js';
import { SessionsRepository } from './sessions.repository.js';
import { type IssuedSignIn, SignInTokens } from './sign-in-tokens.js';

export interface Invitation {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly managerId: Id<'person'> | null;
}

export type WantedChange = { readonly [Field in keyof Invitation]?: Invitation[Field] | undefined };

/** Brings people in and keeps what is known of them right. */
@Injectable()
export class Enrolment {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly administrators: Administrators,
    private readonly people: PeopleRepository,
    private readonly view: People,
    private readonly fields: PersonalFields,
    private readonly humans: Humans,
    private readonly sessions: SessionsRepository,
    private readonly signInTokens: SignInTokens,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Invites somebody; the one-time token that comes with it makes them active.
   *
   * @param sameHumanAs an account that the same human has already: the two are held apart as one from the start
   * @throws CustodyError `email_invalid`, `email_taken`, `manager_not_live`, `person_not_found`, `authority_lost`
   */
  invite(
    actor: Actor,
    invitation: Invitation,
    sameHumanAs: Id<'person'> | null = null,
  ): Promise<{ seen: SeenPerson; signIn: IssuedSignIn }> {
    return this.change(async (tx) => {
      if (sameHumanAs === null) await this.administrators.lockActing(tx, actor);
      else await this.administrators.lock(tx, actor, sameHumanAs);
      await this.requireManager(tx, invitation.managerId);
      const at = this.clock.now();
      const id = this.ids.next('person');
      const key = this.fields.newKey(id);
      const { emailIndex, nameIndex, ...sealed } = this.fields.seal(key, id, invitation.name, invitation.email);
      const { roles, managerId } = invitation;
      const person = invite({ id, ...sealed, roles, managerId }, at);
      await this.people.insert(tx, person, key, { emailIndex, nameIndex });
      const joined = sameHumanAs && (await this.humans.join(tx, actor, id, sameHumanAs, 'said at the invitation'));
      const signIn = await this.signInTokens.issue(tx, 'invitation', id, principalName(actor.principal), at);
      await this.audit.append(tx, {
        type: 'person.invited',
        actor,
        subject: id,
        after: {
          person: personImage(person),
          sign_in_token: signInTokenImage(signIn.row),
          ...(joined && { accounts: [...joined.accounts], human_id: joined.humanId }),
        },
      });
      return { seen: this.fields.open(key, person), signIn };
    });
  }

  /**
   * Makes somebody who is here another one-time token; the one before it stops working.
   *
   * @throws CustodyError `person_departed`, `person_not_found`, `authority_lost`
   */
  inviteAgain(actor: Actor, id: Id<'person'>): Promise<IssuedSignIn> {
    return this.change(async (tx) => {
      const person = await this.administrators.lock(tx, actor, id);
      if (!isHere(person))
        throw new CustodyError('person_departed', 'This person has left; invite them again to work with them.');
      const purpose = person.status === 'invited' ? 'invitation' : 'sign-in';
      const by = principalName(actor.principal);
      const signIn = await this.signInTokens.issue(tx, purpose, id, by, this.clock.now());
      await this.audit.append(tx, {
        type: 'sign-in.token-created',
        actor,
        subject: id,
        after: signInTokenImage(signIn.row),
      });
      return signIn;
    });
  }

  /**
   * Changes name, e-mail, roles or manager. Losing a role ends the person's sessions.
   *
   * @param version what the caller last saw
   * @throws CustodyError `own_roles`, `own_manager`, `last_administrator`, `email_taken`, `manager_not_live`,
   *   `person_departed`, `person_not_found`, `authority_lost`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'person'>, version: number, wanted: WantedChange): Promise<SeenPerson> {
    return this.change(async (tx) => {
      const person = await this.administrators.lock(tx, actor, id);
      if (person.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this person meanwhile; read them again.');
      const { emailIndex, nameIndex, ...sealed } = await this.reseal(tx, person, wanted);
      const { roles, managerId } = wanted;
      const changed = change(person, await this.actingFor(tx, actor, id), {
        ...sealed,
        ...(roles && { roles }),
        ...(managerId !== undefined && { managerId }),
      });
      if (changed !== person) await this.save(tx, actor, person, changed, { emailIndex, nameIndex });
      return this.view.seeOne(tx, changed);
    });
  }

  /** Whoever acts; where it is another account of the same human, that human is changing themselves. */
  private async actingFor(tx: Tx, actor: Actor, id: Id<'person'>): Promise<Id<'person'> | null> {
    const acting = personBehind(actor);
    if (acting === null || acting === id) return acting;
    const humans = await this.humans.humansOf(tx, [id, acting]);
    return humans.has(id) && humans.get(id) === humans.get(acting) ? id : acting;
  }

  private async save(tx: Tx, actor: Actor, before: Person, after: Person, indexes: Indexes): Promise<void> {
    if (after.managerId !== before.managerId) await this.requireManager(tx, after.managerId);
    await this.administrators.keepOne(tx, before, after);
    await this.people.save(tx, after, indexes);
    const ended = losesRole(before.roles, after.roles)
      ? await this.sessions.endAll(tx, after.id, this.clock.now())
      : [];
    await this.audit.append(tx, {
      type: 'person.changed',
      actor,
      subject: after.id,
      before: { person: personImage(before) },
      after: { person: personImage(after), ended_sessions: [...ended] },
    });
  }

  private async reseal(tx: Tx, person: Person, wanted: WantedChange): Promise<SealedFields> {
    const key = (await this.people.keysOf(tx, [person.id])).get(person.id);
    return key ? this.fields.reseal(key, this.fields.open(key, person), wanted) : {};
  }

  private async requireManager(tx: Tx, managerId: Id<'person'> | null): Promise<void> {
    if (managerId !== null && !(await this.view.holdLive(tx, managerId)))
      throw new CustodyError('manager_not_live', 'Name an active person as the manager.');
  }

  private change<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}
