import { Injectable } from '@nestjs/common';
import type { Id, Role } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import { CustodyError } from './domain/errors.js';
import type { Person, PersonStatus } from './domain/person.js';
import type { Sought } from './personal-fields.js';

export interface PersonFilter {
  readonly status?: readonly PersonStatus[] | undefined;
  readonly role?: Role | undefined;
  readonly ids?: readonly Id<'person'>[] | undefined;
  readonly sought?: Sought | undefined;
}

/** Keyed digests that stand for what is sealed. */
export interface Indexes {
  readonly nameIndex?: readonly Buffer[] | undefined;
  /** Of the normalised e-mail; unique among people who are here. */
  readonly emailIndex?: Buffer | undefined;
}

/** What a departing person gives up beside their roles. */
export interface Places {
  readonly memberOf: readonly Id<'team'>[];
  readonly managerOfTeams: readonly Id<'team'>[];
  readonly managerOfPeople: readonly Id<'person'>[];
}

@Injectable()
export class PeopleRepository {
  async find(tx: Tx, id: Id<'person'>): Promise<Person | undefined> {
    return (await this.findAll(tx, [id]))[0];
  }

  async get(tx: Tx, id: Id<'person'>): Promise<Person> {
    return known(await this.find(tx, id));
  }

  /** Somebody who is here, by the blind index of their address. */
  async findByEmail(tx: Tx, emailIndex: Buffer): Promise<Person | undefined> {
    const rows = await tx.query<PersonRow>(
      `SELECT ${COLUMNS} FROM muster.people WHERE email_index = $1 AND status IN ('invited', 'active')`,
      [emailIndex],
    );
    return rows.map(personOf)[0];
  }

  async findAll(tx: Tx, ids: readonly Id<'person'>[]): Promise<Person[]> {
    const rows = await tx.query<PersonRow>(FIND_ALL, [ids]);
    return rows.map(personOf);
  }

  /** Locks rows for change, always in order of id, so that two changes of the same people do not deadlock. */
  async lock(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlyMap<Id<'person'>, Person>> {
    const rows = await tx.query<PersonRow>(LOCK, [ids]);
    return new Map(rows.map((row) => [row.id, personOf(row)]));
  }

  async lockOne(tx: Tx, id: Id<'person'>): Promise<Person> {
    return known((await this.lock(tx, [id])).get(id));
  }

  /** Reads people and keeps them from leaving until the transaction ends. */
  async hold(tx: Tx, ids: readonly Id<'person'>[]): Promise<Person[]> {
    const rows = await tx.query<PersonRow>(HOLD, [ids]);
    return rows.map(personOf);
  }

  async list(tx: Tx, filter: PersonFilter, after: string | undefined, count: number): Promise<Person[]> {
    const rows = await tx.query<PersonRow>(
      `SELECT ${COLUMNS} FROM muster.people
        WHERE ($1::text[] IS NULL OR status = ANY ($1)) AND ($2::text IS NULL OR $2 = ANY (roles)) AND ($3::text IS NULL OR id > $3)
          AND ($5::text[] IS NULL OR id = ANY ($5)) AND ($6::bytea IS NULL OR name_index @> ARRAY[$6])
          AND ($7::bytea IS NULL OR email_index = $7 AND status IN ('invited', 'active'))
        ORDER BY id LIMIT $4`,
      [
        filter.status ?? null,
        filter.role ?? null,
        after ?? null,
        count,
        filter.ids ?? null,
        ...soughtBy(filter.sought),
      ],
    );
    return rows.map(personOf);
  }

  /** Locks people whose names have no index yet, which those have that were here before there was one. */
  async lockUnindexed(tx: Tx, count: number): Promise<Person[]> {
    const rows = await tx.query<PersonRow>(
      `SELECT ${COLUMNS} FROM muster.people WHERE name_index IS NULL AND status <> 'removed' ORDER BY id LIMIT $1
       FOR UPDATE SKIP LOCKED`,
      [count],
    );
    return rows.map(personOf);
  }

  /** What is derived is no change of the person: their version stays. */
  async saveNameIndex(tx: Tx, id: Id<'person'>, nameIndex: readonly Buffer[]): Promise<void> {
    await tx.execute('UPDATE muster.people SET name_index = $2 WHERE id = $1', [id, nameIndex]);
  }

  async listLive(tx: Tx, roles: readonly Role[], ids: readonly string[], count: number): Promise<Person[]> {
    const rows = await tx.query<PersonRow>(
      `SELECT ${COLUMNS} FROM muster.people
        WHERE status = 'active' AND (roles && $1::text[] OR id = ANY ($2)) ORDER BY id LIMIT $3`,
      [roles, ids, count],
    );
    return rows.map(personOf);
  }

  /** The longest-standing active administrator. */
  async findFirstAdministrator(tx: Tx): Promise<Person | undefined> {
    const rows = await tx.query<PersonRow>(
      `SELECT ${COLUMNS} FROM muster.people
        WHERE status = 'active' AND 'administrator' = ANY (roles) ORDER BY activated_at, id LIMIT 1`,
    );
    return rows.map(personOf)[0];
  }

  async countAdministrators(tx: Tx): Promise<number> {
    const rows = await tx.query<{ count: number }>('SELECT active_administrators AS count FROM muster.setup');
    return rows[0]!.count;
  }

  async insert(tx: Tx, person: Person, keySealed: Buffer, { emailIndex, nameIndex }: Required<Indexes>): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.people (id, key_id, email_index, status, name_sealed, email_sealed, manager_id, roles, version,
         invited_at, activated_at, departed_at, removed_at, name_index)
       VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [person.id, emailIndex, ...changeable(person), person.invitedAt, ...dates(person), nameIndex],
    );
    await tx.execute('INSERT INTO muster.person_keys (person_id, key_sealed) VALUES ($1, $2)', [person.id, keySealed]);
  }

  /** @param indexes those of what changes */
  async save(tx: Tx, person: Person, { emailIndex, nameIndex }: Indexes = {}): Promise<void> {
    await tx.execute(
      `UPDATE muster.people SET email_index = coalesce($2, email_index), status = $3, name_sealed = $4,
         email_sealed = $5, manager_id = $6, roles = $7, version = $8, activated_at = $9, departed_at = $10,
         removed_at = $11, name_index = coalesce($12, name_index)
       WHERE id = $1`,
      [person.id, emailIndex ?? null, ...changeable(person), ...dates(person), nameIndex ?? null],
    );
  }

  /** Stores a removed person and destroys their key: every sealed copy of their name and e-mail is noise from here on. */
  async saveForgotten(tx: Tx, person: Person): Promise<void> {
    await tx.execute(
      `UPDATE muster.people SET email_index = NULL, name_index = NULL, key_id = NULL, status = $2, name_sealed = $3, email_sealed = $4,
         manager_id = $5, roles = $6, version = $7, activated_at = $8, departed_at = $9, removed_at = $10
       WHERE id = $1`,
      [person.id, ...changeable(person), ...dates(person)],
    );
    await tx.execute('DELETE FROM muster.person_keys WHERE person_id = $1', [person.id]);
  }

  /** Sealed keys by person; the removed have none. */
  async keysOf(tx: Tx, ids: readonly Id<'person'>[]): Promise<ReadonlyMap<string, Buffer>> {
    const rows = await tx.query<{ person_id: string; key_sealed: Buffer }>(
      'SELECT person_id, key_sealed FROM muster.person_keys WHERE person_id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map((row) => [row.person_id, row.key_sealed]));
  }

  /** Takes a departing person out of their teams and their managing; their reports move up to their own manager. */
  async vacate(tx: Tx, person: Person): Promise<Places> {
    const members = await tx.query<{ id: Id<'team'> }>(
      'DELETE FROM muster.team_members WHERE person_id = $1 RETURNING team_id AS id',
      [person.id],
    );
    const teams = await tx.query<{ id: Id<'team'>; manages: boolean }>(
      `WITH touched AS (SELECT id, manager_id FROM muster.teams WHERE id = ANY ($2) OR manager_id = $1 ORDER BY id FOR UPDATE)
       UPDATE muster.teams t SET version = t.version + 1, manager_id = nullif(t.manager_id, $1)
         FROM touched o WHERE o.id = t.id RETURNING t.id, coalesce(o.manager_id = $1, false) AS manages`,
      [person.id, members.map(({ id }) => id)],
    );
    const reports = await tx.query<{ id: Id<'person'> }>(
      `WITH touched AS (SELECT id FROM muster.people WHERE manager_id = $1 ORDER BY id FOR UPDATE)
       UPDATE muster.people p SET manager_id = nullif($2::text, p.id), version = p.version + 1
         FROM touched o WHERE o.id = p.id RETURNING p.id`,
      [person.id, person.managerId],
    );
    return {
      memberOf: members.map(({ id }) => id).sort(),
      managerOfTeams: teams.flatMap(({ id, manages }) => (manages ? [id] : [])).sort(),
      managerOfPeople: reports.map(({ id }) => id).sort(),
    };
  }
}

const COLUMNS = `id, status, name_sealed, email_sealed, manager_id, roles, version, invited_at, activated_at, departed_at,
  removed_at`;
const FIND_ALL = new Prepared(`SELECT ${COLUMNS} FROM muster.people WHERE id = ANY ($1)`);
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.people WHERE id = ANY ($1) ORDER BY id FOR UPDATE`);
const HOLD = new Prepared(`SELECT ${COLUMNS} FROM muster.people WHERE id = ANY ($1) ORDER BY id FOR SHARE`);

interface PersonRow {
  readonly id: Id<'person'>;
  readonly status: PersonStatus;
  readonly name_sealed: string | null;
  readonly email_sealed: string | null;
  readonly manager_id: Id<'person'> | null;
  readonly roles: Role[];
  readonly version: number;
  readonly invited_at: Date;
  readonly activated_at: Date | null;
  readonly departed_at: Date | null;
  readonly removed_at: Date | null;
}

function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    status: row.status,
    nameSealed: row.name_sealed,
    emailSealed: row.email_sealed,
    managerId: row.manager_id,
    roles: row.roles,
    version: row.version,
    invitedAt: row.invited_at,
    activatedAt: row.activated_at,
    departedAt: row.departed_at,
    removedAt: row.removed_at,
  };
}

function soughtBy(sought: Sought | undefined): [name: Buffer | null, email: Buffer | null] {
  return [sought?.kind === 'name' ? sought.digest : null, sought?.kind === 'email' ? sought.digest : null];
}

function changeable(person: Person): unknown[] {
  return [person.status, person.nameSealed, person.emailSealed, person.managerId, person.roles, person.version];
}

function dates(person: Person): unknown[] {
  return [person.activatedAt, person.departedAt, person.removedAt];
}

function known(person: Person | undefined): Person {
  if (!person)
    throw new CustodyError('person_not_found', 'Nobody here has that id; list people to find the right one.');
  return person;
}
