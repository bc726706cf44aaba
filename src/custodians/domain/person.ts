import type { Id, Role } from '../../kernel/index.js';
import { CustodyError } from './errors.js';
import { sortedRoles } from './roles.js';

/** `invited` waits for the first sign-in; only `active` is live; `departed` and `removed` are final. */
export const PERSON_STATUSES = ['invited', 'active', 'departed', 'removed'] as const;
export type PersonStatus = (typeof PERSON_STATUSES)[number];

/** One of the people who answer for machine identities. Name and e-mail only as sealed under the person's own key. */
export interface Person {
  readonly id: Id<'person'>;
  readonly status: PersonStatus;
  /** Null once the person was removed. */
  readonly nameSealed: string | null;
  readonly emailSealed: string | null;
  readonly managerId: Id<'person'> | null;
  readonly roles: readonly Role[];
  readonly version: number;
  readonly invitedAt: Date;
  readonly activatedAt: Date | null;
  readonly departedAt: Date | null;
  readonly removedAt: Date | null;
}

export interface NewPerson {
  readonly id: Id<'person'>;
  readonly nameSealed: string;
  readonly emailSealed: string;
  readonly managerId: Id<'person'> | null;
  readonly roles: readonly Role[];
}

/** What an administrator may change about a person; what is absent stays. */
export interface PersonChange {
  readonly nameSealed?: string;
  readonly emailSealed?: string;
  readonly managerId?: Id<'person'> | null;
  readonly roles?: readonly Role[];
}

export function isLive(person: Person): boolean {
  return person.status === 'active';
}

/** Whether the person has not left: they may be given work, though an invited one cannot answer for an identity yet. */
export function isHere(person: Person): boolean {
  return person.status === 'invited' || person.status === 'active';
}

/** @throws CustodyError `own_manager` */
export function invite(person: NewPerson, at: Date): Person {
  refuseOwnManager(person.id, person.managerId);
  return {
    ...person,
    status: 'invited',
    roles: sortedRoles(person.roles),
    version: 1,
    invitedAt: at,
    activatedAt: null,
    departedAt: null,
    removedAt: null,
  };
}

/**
 * The first sign-in makes an invited person active; later ones change nothing.
 *
 * @throws CustodyError `person_departed`
 */
export function activate(person: Person, at: Date): Person {
  refuseDeparted(person);
  return person.status === 'active' ? person : next(person, { status: 'active', activatedAt: at });
}

/**
 * Changes what is known of a person who is here.
 *
 * @returns the very argument when nothing differs, so that nothing is recorded
 * @throws CustodyError `person_departed`, `own_manager`, `own_roles` (nobody changes their own roles, NIST SP 800-53 AC-5)
 */
export function change(person: Person, by: Id<'person'> | null, wanted: PersonChange): Person {
  refuseDeparted(person);
  const changed = {
    nameSealed: wanted.nameSealed ?? person.nameSealed,
    emailSealed: wanted.emailSealed ?? person.emailSealed,
    managerId: wanted.managerId === undefined ? person.managerId : wanted.managerId,
    roles: wanted.roles ? sortedRoles(wanted.roles) : person.roles,
  };
  const newRoles = changed.roles.join() !== person.roles.join();
  refuseOwnManager(person.id, changed.managerId);
  if (newRoles && by === person.id)
    throw new CustodyError('own_roles', 'Ask another administrator to change your roles.');
  const same =
    !newRoles &&
    changed.nameSealed === person.nameSealed &&
    changed.emailSealed === person.emailSealed &&
    changed.managerId === person.managerId;
  return same ? person : next(person, changed);
}

/**
 * A person leaves: no roles, no manager's place, never live again. Departing twice changes nothing.
 *
 * @throws CustodyError `own_departure`
 */
export function depart(person: Person, by: Id<'person'> | null, at: Date): Person {
  if (!isHere(person)) return person;
  if (by === person.id) throw new CustodyError('own_departure', 'Ask another administrator to record that you leave.');
  return next(person, { status: 'departed', departedAt: at, roles: [] });
}

/** Forgets a person who has departed: what remains is the opaque id that the log names. */
export function forget(person: Person, at: Date): Person {
  if (person.status === 'removed') return person;
  if (person.status !== 'departed') throw new RangeError('Only somebody who has departed is forgotten.');
  return next(person, { status: 'removed', removedAt: at, nameSealed: null, emailSealed: null, managerId: null });
}

function next(person: Person, changed: Partial<Person>): Person {
  return { ...person, ...changed, version: person.version + 1 };
}

function refuseDeparted(person: Person): void {
  if (!isHere(person))
    throw new CustodyError('person_departed', 'This person has left; invite them again to work with them.');
}

function refuseOwnManager(id: Id<'person'>, managerId: Id<'person'> | null): void {
  if (managerId === id) throw new CustodyError('own_manager', 'Name somebody else as the manager, or nobody.');
}
