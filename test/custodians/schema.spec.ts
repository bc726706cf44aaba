import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';

/** What the database itself refuses about people, tried as psql would, past every service. */

let database: TestDatabase;
let client: Client;
let count = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  client = await connect(database.superuserUrl);
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

async function connect(url: string): Promise<Client> {
  const connected = new Client({ connectionString: url });
  await connected.connect();
  return connected;
}

function newId(prefix: string): string {
  count += 1;
  return `${prefix}_${count.toString(16).padStart(32, '0')}`;
}

interface Row {
  readonly [column: string]: unknown;
}

/** A valid active custodian; a row of the mutation table changes one field. */
function activePerson(): Row {
  const id = newId('per');
  return {
    id,
    status: 'active',
    name_sealed: 'sealed name',
    email_sealed: 'sealed email',
    email_index: Buffer.from(id.slice(-32)),
    key_id: id,
    manager_id: null,
    roles: ['custodian'],
    version: 1,
    invited_at: new Date(),
    activated_at: new Date(),
    departed_at: null,
    removed_at: null,
  };
}

async function insert(table: string, row: Row, by: Client = client): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await by.query(`INSERT INTO muster.${table} (${columns.join()}) VALUES (${places.join()})`, Object.values(row));
}

async function enrol(changes: Row = {}, by: Client = client): Promise<string> {
  const row = { ...activePerson(), ...changes };
  const id = row.id as string;
  await by.query('BEGIN');
  try {
    await insert('people', row, by);
    await insert('person_keys', { person_id: id, key_sealed: Buffer.from('key') }, by);
    await by.query('COMMIT');
    return id;
  } catch (error) {
    await by.query('ROLLBACK');
    throw error;
  }
}

const refusal = (constraint: string) => expect.objectContaining({ constraint });

describe('muster.people', () => {
  it.each<[string, Row, string]>([
    ['an unknown status', { status: 'sleeping', roles: [] }, 'people_status'],
    ['an unknown role', { roles: ['custodian', 'root'] }, 'people_roles'],
    ['somebody here without a role', { roles: [] }, 'people_roles_of_the_here'],
    ['a departed person with a role', { status: 'departed', departed_at: new Date() }, 'people_roles_of_the_here'],
    ['an active person who never signed in', { activated_at: null }, 'people_activated'],
    ['an active person with a departure', { departed_at: new Date() }, 'people_departed'],
    ['a departed person without an instant', { status: 'departed', roles: [] }, 'people_departed'],
    ['a live person without an e-mail index', { email_index: null }, 'people_email_known'],
    ['a live person without a name', { name_sealed: null }, 'people_forgotten'],
    ['a live person without a key', { key_id: null }, 'people_forgotten'],
    ['a manager nobody knows', { manager_id: newId('per') }, 'people_manager'],
    ['an id of another form', { id: 'ada', key_id: 'ada' }, 'people_id'],
    ['a version below one', { version: 0 }, 'people_version'],
  ])('refuses %s', async (_what, changes, constraint) => {
    await expect(enrol(changes)).rejects.toEqual(refusal(constraint));
  });

  it('refuses a person as their own manager', async () => {
    const id = newId('per');
    await expect(enrol({ id, key_id: id, manager_id: id })).rejects.toEqual(refusal('people_own_manager'));
  });

  it('refuses the same e-mail address twice among those who are here, and allows it again after a departure', async () => {
    const email_index = Buffer.alloc(32, 7);
    const first = await enrol({ email_index });
    await expect(enrol({ email_index })).rejects.toEqual(refusal('people_email_unique'));
    await client.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [first],
    );
    await expect(enrol({ email_index })).resolves.toMatch(/^per_/);
  });

  it('refuses a person whose key was never stored', async () => {
    await expect(insert('people', activePerson())).rejects.toEqual(refusal('people_has_key'));
  });

  it('refuses to destroy the key of somebody who is not removed', async () => {
    const id = await enrol();
    await expect(client.query('DELETE FROM muster.person_keys WHERE person_id = $1', [id])).rejects.toEqual(
      refusal('people_has_key'),
    );
  });

  it('refuses a removed person whose key remains', async () => {
    const id = await enrol();
    await client.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [id],
    );
    const removal = client.query(
      `UPDATE muster.people SET status = 'removed', removed_at = now(), name_sealed = NULL, email_sealed = NULL,
         email_index = NULL, key_id = NULL WHERE id = $1`,
      [id],
    );
    await expect(removal).rejects.toEqual(refusal('person_keys_person'));
  });

  it.each(['invited', 'active'])('refuses to bring the departed back as %s', async (status) => {
    const id = await enrol();
    await client.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [id],
    );
    await expect(
      client.query(`UPDATE muster.people SET status = $2, departed_at = NULL, roles = '{auditor}' WHERE id = $1`, [
        id,
        status,
      ]),
    ).rejects.toEqual(refusal('people_life'));
  });

  it('keeps the row of everybody who ever was here, even from a superuser', async () => {
    const id = await enrol();
    await expect(client.query('DELETE FROM muster.people WHERE id = $1', [id])).rejects.toEqual(refusal('people_stay'));
  });
});

describe('the last active administrator', () => {
  let one: string;
  let other: string;

  beforeAll(async () => {
    one = await enrol({ roles: ['administrator'] });
    other = await enrol({ roles: ['administrator', 'custodian'] });
    await client.query('UPDATE muster.setup SET completed_at = now()');
  });

  it('stays when two administrators depart in concurrent transactions: one of the two is refused', async () => {
    const sessions = await Promise.all([connect(database.appUrl), connect(database.appUrl)]);
    const departure = `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}', version = version + 1 WHERE id = $1`;
    try {
      await Promise.all(sessions.map((session) => session.query('BEGIN')));
      await sessions[0].query(departure, [one]);
      const second = sessions[1].query(departure, [other]).then(
        () => 'departed',
        (error: { constraint?: string }) => error.constraint,
      );
      await sessions[0].query('COMMIT');
      expect(await second).toBe('setup_last_administrator');
      await sessions[1].query('ROLLBACK');
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
    const { rows } = await client.query(
      `SELECT id FROM muster.people WHERE status = 'active' AND 'administrator' = ANY (roles)`,
    );
    expect(rows).toEqual([{ id: other }]);
  });

  it('cannot be demoted', async () => {
    await expect(client.query(`UPDATE muster.people SET roles = '{custodian}' WHERE id = $1`, [other])).rejects.toEqual(
      refusal('setup_last_administrator'),
    );
  });

  it('is not replaced by somebody who was only invited', async () => {
    await enrol({ status: 'invited', activated_at: null, roles: ['administrator'] });
    await expect(client.query(`UPDATE muster.people SET roles = '{custodian}' WHERE id = $1`, [other])).rejects.toEqual(
      refusal('setup_last_administrator'),
    );
  });
});

describe('what the service’s own role may do', () => {
  it.each([
    ['delete a person', 'DELETE FROM muster.people'],
    ['change a person’s key', `UPDATE muster.person_keys SET key_sealed = 'x'`],
    ['change how many administrators are counted', 'UPDATE muster.setup SET active_administrators = 9'],
    ['lengthen a session', `UPDATE muster.sessions SET expires_at = now() + interval '1 year'`],
    ['lengthen a sign-in token', `UPDATE muster.sign_in_tokens SET expires_at = now() + interval '1 year'`],
    ['give a session to somebody else', `UPDATE muster.sessions SET person_id = 'x'`],
  ])('is not to %s', async (_what, sql) => {
    const app = await connect(database.appUrl);
    try {
      await expect(app.query(sql)).rejects.toEqual(expect.objectContaining({ code: '42501' }));
    } finally {
      await app.end();
    }
  });
});

describe('sessions and sign-in tokens', () => {
  it('refuses a session longer than twelve hours', async () => {
    const at = new Date();
    const session = {
      id: newId('ses'),
      person_id: await enrol(),
      token_hash: Buffer.alloc(32, 1),
      started_at: at,
      last_seen_at: at,
      expires_at: new Date(at.getTime() + 12 * 3_600_000 + 1),
      ended_at: null,
    };
    await expect(insert('sessions', session)).rejects.toEqual(refusal('sessions_life'));
  });

  it('refuses a second token that a person could still spend', async () => {
    const at = new Date();
    const person_id = await enrol();
    const token = (byte: number) => ({
      id: newId('inv'),
      token_hash: Buffer.alloc(32, byte),
      purpose: 'invitation',
      person_id,
      made_by: 'system:test',
      made_at: at,
      expires_at: new Date(at.getTime() + 60_000),
    });
    await insert('sign_in_tokens', token(1));
    await expect(insert('sign_in_tokens', token(2))).rejects.toEqual(refusal('sign_in_tokens_one_open'));
  });
});
