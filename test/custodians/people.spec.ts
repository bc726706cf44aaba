import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PeopleJobs } from '../../src/custodians/people.jobs.js';
import type { Id } from '../../src/kernel/index.js';
import { identityRow, insertRow } from '../inventory/rows.js';
import { type Answer, OF_REQUESTS, openRoom, recordsBy, recordsOf, type Room, wholeDatabase } from './room.js';

/** People over their whole life, teams, and what is recorded and revealed of them. */

let room: Room;
let admin: { id: Id<'person'>; token: string };

beforeAll(async () => {
  room = await openRoom();
  const setupToken = (await readFile(path.join(room.dataDirectory, 'setup-token'), 'utf8')).trim();
  const { body } = await room.ask('POST', '/v1/setup', {
    body: { setupToken, name: 'Ada Lovelace', email: 'ada@example.com' },
  });
  admin = { id: body.person.id, token: body.session.token };
});

afterAll(() => room?.close());

afterEach(() => {
  expect(room.failures.causes.filter((cause) => (cause as { code?: string }).code === undefined)).toEqual([]);
});

let count = 0;

interface Somebody {
  readonly id: Id<'person'>;
  readonly token: string;
  readonly email: string;
}

async function invite(roles: readonly string[], more: object = {}): Promise<Answer> {
  count += 1;
  const body = { name: `Person ${count}`, email: `person.${count}@example.com`, roles, ...more };
  return room.ask('POST', '/v1/people', { token: admin.token, body });
}

/** Somebody invited who has signed in. */
async function enrol(roles: readonly string[], more: object = {}): Promise<Somebody> {
  const { status, body } = await invite(roles, more);
  expect(status).toBe(201);
  const signedIn = await room.ask('POST', '/v1/sign-in', { body: { signInToken: body.signInToken } });
  const read = await room.ask('GET', `/v1/people/${body.person.id}`, { token: admin.token });
  return { id: body.person.id, token: signedIn.body.session.token, email: read.body.email };
}

const revise = (id: string, version: number, body: unknown, token = admin.token) =>
  room.ask('PATCH', `/v1/people/${id}`, { token, body, headers: { 'if-match': `"v${version}"` } });
const depart = (id: string, token = admin.token) => room.ask('POST', `/v1/people/${id}/departure`, { token });
const remove = (id: string, token = admin.token) => room.ask('DELETE', `/v1/people/${id}`, { token });
const codeOf = ({ status, body }: Answer) => [status, body?.code];

describe('an invitation', () => {
  it('is recorded once and answers with a masked address and a token', async () => {
    let answer: Answer | undefined;
    const records = await recordsBy(room, async () => (answer = await invite(['custodian', 'analyst'])));
    expect(answer!.body).toMatchObject({
      person: { status: 'invited', roles: ['analyst', 'custodian'], maskedEmail: 'p…@example.com', version: 1 },
      signInToken: expect.stringMatching(/^msi_/),
    });
    expect(records).toMatchObject([{ type: 'person.invited', actor: admin.id, subject: answer!.body.person.id }]);
  });

  const valid = { name: 'Grace Hopper', email: 'grace@example.com', roles: ['auditor'] };
  it.each<[string, object, string]>([
    ['no name', { name: undefined }, 'request_invalid'],
    ['an empty name', { name: ' ' }, 'request_invalid'],
    ['a name of two lines', { name: 'Grace\nHopper' }, 'request_invalid'],
    ['a name of the wrong type', { name: 7 }, 'request_invalid'],
    ['a very long name', { name: 'x'.repeat(201) }, 'request_invalid'],
    ['an address without a domain', { email: 'grace' }, 'email_invalid'],
    ['no role', { roles: [] }, 'request_invalid'],
    ['an unknown role', { roles: ['root'] }, 'request_invalid'],
    ['an unknown field', { admin: true }, 'request_invalid'],
    ['a manager of another kind', { managerId: 'tem_1' }, 'request_invalid'],
    ['a manager nobody knows', { managerId: `per_${'0'.repeat(32)}` }, 'manager_not_live'],
    ['the address of somebody who is here, in capitals', { email: 'ADA@EXAMPLE.COM' }, 'email_taken'],
  ])('with %s is refused and changes nothing', async (_what, changes, code) => {
    const records = await recordsBy(room, async () => {
      const { status, body } = await room.ask('POST', '/v1/people', {
        token: admin.token,
        body: { ...valid, ...changes },
      });
      expect(body.code).toBe(code);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    });
    expect(records).toEqual([]);
  });

  it('of one address twice at the same moment succeeds once', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => invite(['auditor'], { email: 'same.moment@example.com' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is for administrators alone', async () => {
    const { token } = await enrol(['platform-engineer', 'custodian', 'analyst', 'auditor']);
    const { status } = await room.ask('POST', '/v1/people', { token, body: valid });
    expect(status).toBe(403);
  });
});

describe('a change', () => {
  it('needs the version that was read, and gives the next one', async () => {
    const { id } = await enrol(['auditor']);
    const unread = await room.ask('PATCH', `/v1/people/${id}`, { token: admin.token, body: { name: 'New' } });
    expect(codeOf(unread)).toEqual([428, 'precondition_required']);
    expect(codeOf(await revise(id, 7, { name: 'New' }))).toEqual([412, 'version_conflict']);
    const changed = await revise(id, 2, { name: 'New' });
    expect([changed.status, changed.body.name, changed.headers.etag]).toEqual([200, 'New', '"v3"']);
    expect(codeOf(await revise(id, 2, { name: 'Newer' }))).toEqual([412, 'version_conflict']);
  });

  it('that changes nothing records nothing', async () => {
    const { id, email } = await enrol(['auditor']);
    const records = await recordsBy(room, async () => {
      const { body } = await revise(id, 2, { email: email.toUpperCase(), roles: ['auditor', 'auditor'] });
      expect(body.version).toBe(2);
    });
    expect(records).toEqual([]);
  });

  it('without a field is refused', async () => {
    expect(codeOf(await revise(admin.id, 1, {}))).toEqual([400, 'request_invalid']);
  });

  it('of one’s own roles is refused', async () => {
    const other = await enrol(['administrator']);
    expect(codeOf(await revise(other.id, 2, { roles: ['auditor'] }, other.token))).toEqual([403, 'own_roles']);
    await depart(other.id);
  });

  it('that takes a role ends the person’s sessions, and one that gives a role does not', async () => {
    const { id, token } = await enrol(['auditor']);
    await revise(id, 2, { roles: ['auditor', 'analyst'] });
    expect((await room.ask('GET', '/v1/me', { token })).body.person.roles).toEqual(['analyst', 'auditor']);
    const [record] = await recordsBy(room, () => revise(id, 3, { roles: ['analyst'] }));
    expect(record).toMatchObject({ type: 'person.changed', images: [{}, { ended_sessions: [expect.any(String)] }] });
    expect((await room.ask('GET', '/v1/me', { token })).status).toBe(401);
  });
});

describe('a read', () => {
  it('of one person reveals the address and is recorded; lists mask it and are not', async () => {
    const { id } = await enrol(['auditor'], { email: 'revealed@example.com' });
    const records = await recordsBy(room, async () => {
      const list = await room.ask('GET', '/v1/people?limit=200', { token: admin.token });
      expect(list.text).not.toContain('revealed@');
      const one = await room.ask('GET', `/v1/people/${id}`, { token: admin.token });
      expect([one.body.email, one.headers.etag]).toEqual(['revealed@example.com', '"v2"']);
    });
    expect(records).toMatchObject([{ type: 'person.read', actor: admin.id, subject: id, images: [null, null] }]);
  });

  it('of somebody unknown is a plain 404', async () => {
    const unknown = await room.ask('GET', `/v1/people/per_${'0'.repeat(32)}`, { token: admin.token });
    expect(codeOf(unknown)).toEqual([404, 'person_not_found']);
    const malformed = await room.ask('GET', '/v1/people/ada', { token: admin.token });
    expect(codeOf(malformed)).toEqual([400, 'request_invalid']);
  });

  it('pages through everybody once', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await room.ask('GET', `/v1/people?limit=3${query}`, { token: admin.token });
      ids.push(...body.items.map((person) => person.id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    const { rows } = await room.superuser.query<{ id: string }>('SELECT id FROM muster.people ORDER BY id');
    expect(ids).toEqual(rows.map(({ id }) => id));
  });

  it.each(['limit=0', 'limit=x', 'status=sleeping', 'role=root', 'unknown=1'])('with ?%s is refused', async (query) => {
    const answer = await room.ask('GET', `/v1/people?${query}`, { token: admin.token });
    expect(codeOf(answer)).toEqual([400, 'request_invalid']);
  });

  describe('of those who are looked for', () => {
    const found = async (query: string) =>
      (await room.ask('GET', `/v1/people?${query}`, { token: admin.token })).body.items.map(({ id }) => id);
    const named = async (name: string) => (await invite(['custodian'], { name })).body.person.id;

    it('finds them by how a word of the name begins, until it is another name', async () => {
      const [zoe, zora] = [await named('Zoë Quillfeather'), await named('Zora-Lynn Quillon')];
      expect(await found('q=quill')).toEqual([zoe, zora].sort());
      expect(await found('q=ZOE%20Q')).toEqual([zoe]);
      expect(await found('q=lynn')).toEqual([zora]);
      expect(await found('q=illf')).toEqual([]);
      expect(await found('q=quill&limit=1')).toHaveLength(1);
      expect(await found('q=quill&role=auditor')).toEqual([]);
      expect(await found('q=quill&status=active,departed')).toEqual([]);
      expect(await found('q=quill&status=active,invited')).toHaveLength(2);
      await revise(zoe, 1, { name: 'Xanthe Marrow' });
      expect([await found('q=quillf'), await found('q=xanthe')]).toEqual([[], [zoe]]);
    });

    it('finds them by a whole e-mail address, and by no part of one', async () => {
      const id = (await invite(['custodian'], { email: 'Wilma@found.example.com' })).body.person.id;
      expect(await found(`q=${encodeURIComponent('wilma@FOUND.example.com')}`)).toEqual([id]);
      for (const part of ['wilma@found', 'wilma', '@found.example.com'])
        expect(await found(`q=${encodeURIComponent(part)}`)).toEqual([]);
    });

    it('finds nobody who was forgotten, whose index goes with their key', async () => {
      const id = await named('Vesper Underhill');
      await remove(id);
      expect(await found('q=vesper')).toEqual([]);
      const { rows } = await room.superuser.query('SELECT name_index, email_index FROM muster.people WHERE id = $1', [
        id,
      ]);
      expect(rows).toEqual([{ name_index: null, email_index: null }]);
      await expect(
        room.superuser.query(`UPDATE muster.people SET name_index = '{}' WHERE id = $1`, [id]),
      ).rejects.toMatchObject({ constraint: 'people_name_forgotten' });
    });

    it('shows those of given ids, the forgotten as such, and nothing of ids it does not know', async () => {
      const [one, gone] = [await named('Una Thrale'), await named('Tam Gone')];
      await remove(gone);
      const ids = [one, gone, `per_${'0'.repeat(32)}`].join(',');
      const { body } = await room.ask('GET', `/v1/people?ids=${ids}`, { token: admin.token });
      expect(Object.fromEntries(body.items.map(({ id, name }) => [id, name]))).toEqual({
        [one]: 'Una Thrale',
        [gone]: 'removed person',
      });
    });

    it.each([
      'status=',
      'status=active,gone',
      'q=x',
      'q=',
      'ids=',
      'ids=per_1',
      `ids=${Array(101)
        .fill(`per_${'0'.repeat(32)}`)
        .join(',')}`,
    ])('refuses ?%.20s', async (query) => {
      expect(codeOf(await room.ask('GET', `/v1/people?${query}`, { token: admin.token }))).toEqual([
        400,
        'request_invalid',
      ]);
    });

    it('finds those again who were here before there was an index', async () => {
      const id = await named('Sabine Longabo');
      await room.superuser.query('UPDATE muster.people SET name_index = NULL');
      expect(await found('q=sabine')).toEqual([]);
      await room.get(PeopleJobs).indexNames();
      expect(await found('q=sabine')).toEqual([id]);
    });

    it('is answered from an index', async () => {
      await room.superuser.query('SET enable_seqscan = off');
      const { rows } = await room.superuser.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT id FROM muster.people WHERE name_index @> ARRAY['\\x00'::bytea]`,
      );
      await room.superuser.query('RESET enable_seqscan');
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('people_by_name');
    });
  });

  it('with a forged cursor is refused', async () => {
    const answer = await room.ask('GET', '/v1/people?cursor=AAAA', { token: admin.token });
    expect(codeOf(answer)).toEqual([400, 'cursor_invalid']);
  });
});

describe('a departure', () => {
  it('ends sessions and tokens, vacates places, hands over, and is one record', async () => {
    const leaver = await enrol(['custodian']);
    const report = (await invite(['auditor'], { managerId: leaver.id })).body.person.id as string;
    const team = await room.ask('POST', '/v1/teams', {
      token: admin.token,
      body: { name: `Team ${leaver.id}`, managerId: leaver.id, memberIds: [leaver.id, admin.id] },
    });
    const again = await room.ask('POST', `/v1/people/${leaver.id}/sign-in-tokens`, { token: admin.token });
    const records = await recordsBy(room, async () => {
      const { status, body } = await depart(leaver.id);
      expect([status, body.status, body.roles]).toEqual([200, 'departed', []]);
    });
    expect(records).toMatchObject([
      {
        type: 'person.departed',
        subject: leaver.id,
        images: [
          { member_of: [team.body.id], manager_of_teams: [team.body.id], manager_of_people: [report] },
          { person: { status: 'departed' } },
        ],
      },
    ]);
    expect(room.succession.handedOver).toContain(leaver.id);
    expect((await room.ask('GET', '/v1/me', { token: leaver.token })).status).toBe(401);
    const spent = await room.ask('POST', '/v1/sign-in', { body: { signInToken: again.body.signInToken } });
    expect(spent.body.code).toBe('sign_in_refused');
    const left = await room.ask('GET', `/v1/teams/${team.body.id}`, { token: admin.token });
    expect(left.body).toMatchObject({ managerId: null, memberIds: [admin.id], version: 2 });
  });

  it('moves reports up to the leaver’s own manager', async () => {
    const head = await enrol(['custodian']);
    const middle = await enrol(['custodian'], { managerId: head.id });
    const report = await enrol(['custodian'], { managerId: middle.id });
    await depart(middle.id);
    const { body } = await room.ask('GET', `/v1/people/${report.id}`, { token: admin.token });
    expect([body.managerId, body.version]).toEqual([head.id, 3]);
  });

  it('does not happen when succession refuses', async () => {
    const { id, token } = await enrol(['custodian']);
    room.succession.refusing = new Error('no successor');
    const records = await recordsBy(room, async () => expect((await depart(id)).status).toBe(500));
    room.succession.refusing = undefined;
    room.failures.causes.length = 0;
    expect(records).toEqual([]);
    expect((await room.ask('GET', '/v1/me', { token })).body.person.status).toBe('active');
  });

  it('a second time changes and records nothing', async () => {
    const { id } = await enrol(['custodian']);
    await depart(id);
    expect(await recordsBy(room, async () => expect((await depart(id)).status).toBe(200))).toEqual([]);
    expect(codeOf(await revise(id, 3, { roles: ['auditor'] }))).toEqual([409, 'person_departed']);
    const again = await room.ask('POST', `/v1/people/${id}/sign-in-tokens`, { token: admin.token });
    expect(codeOf(again)).toEqual([409, 'person_departed']);
  });

  it('of oneself is refused', async () => {
    expect(codeOf(await depart(admin.id))).toEqual([403, 'own_departure']);
    expect(codeOf(await remove(admin.id))).toEqual([403, 'own_departure']);
  });

  it('leaves one of two administrators who depart each other at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await enrol(['administrator']), await enrol(['administrator'])];
      const answers = await Promise.all([depart(one.id, other.token), depart(other.id, one.token)]);
      expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
      expect(answers.map(({ status }) => status)).toContain(200);
      await Promise.all([depart(one.id), depart(other.id)]);
    }
  });
});

describe('the last administrator', () => {
  it('cannot be taken by the system itself either', async () => {
    const alone = `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`;
    await expect(room.superuser.query(alone, [admin.id])).rejects.toMatchObject({
      constraint: 'setup_last_administrator',
    });
  });
});

describe('forgetting', () => {
  it('departs, destroys the key, and shows a removed person from then on', async () => {
    const { id, token } = await enrol(['custodian'], { name: 'Forgotten Name', email: 'forgotten@example.com' });
    const records = await recordsBy(room, async () => expect((await remove(id)).status).toBe(204));
    expect(records).toMatchObject([{ type: 'person.removed', subject: id }]);
    expect(records[0]!.images[1]?.person).toMatchObject({ status: 'removed', name_sealed: null, email_sealed: null });
    expect(room.succession.handedOver).toContain(id);
    const keys = await room.superuser.query('SELECT 1 FROM muster.person_keys WHERE person_id = $1', [id]);
    expect(keys.rowCount).toBe(0);
    const { body } = await room.ask('GET', `/v1/people/${id}`, { token: admin.token });
    expect(body).toMatchObject({ name: 'removed person', email: null, status: 'removed' });
    expect(await room.people.namesOf([id])).toEqual(new Map([[id, 'removed person']]));
    expect((await room.ask('GET', '/v1/me', { token })).status).toBe(401);
  });

  it('a second time changes and records nothing', async () => {
    const { id } = await enrol(['custodian']);
    await remove(id);
    expect(await recordsBy(room, async () => expect((await remove(id)).status).toBe(204))).toEqual([]);
  });

  it('frees the e-mail address', async () => {
    const { id } = await enrol(['custodian'], { email: 'again@example.com' });
    await remove(id);
    expect((await invite(['custodian'], { email: 'again@example.com' })).status).toBe(201);
  });
});

describe('personal data', () => {
  it('lies nowhere in the database in the clear, images included', async () => {
    await enrol(['custodian'], { name: 'Canary Quetzalcoatl', email: 'canary.quetzalcoatl@example.com' });
    const headers = { 'idempotency-key': 'once' };
    const body = { name: 'Canary Idempotent', email: 'canary.idempotent@example.com', roles: ['auditor'] };
    const { status } = await room.ask('POST', '/v1/people', { token: admin.token, body, headers });
    expect(status).toBe(201);
    const repeated = await room.ask('POST', '/v1/people', { token: admin.token, body, headers });
    expect(codeOf(repeated)).toEqual([409, 'already_delivered']);
    expect(await wholeDatabase(room.superuser)).not.toMatch(/canary/i);
  });
});

describe('a team', () => {
  const create = (body: object) => room.ask('POST', '/v1/teams', { token: admin.token, body });
  const change = (id: string, version: number, body: object) =>
    room.ask('PATCH', `/v1/teams/${id}`, { token: admin.token, body, headers: { 'if-match': `"v${version}"` } });
  const memberOf = (teamId: string) => identityRow(teamId as Id<'team'>, { status: 'pending' });
  const removeTeam = (id: string) => room.ask('DELETE', `/v1/teams/${id}`, { token: admin.token });

  it('is made, changed and removed, each with one record', async () => {
    const records = await recordsBy(room, async () => {
      const made = await create({ name: 'Payments', memberIds: [admin.id] });
      expect([made.status, made.headers.etag]).toEqual([201, '"v1"']);
      const changed = await change(made.body.id, 1, { name: 'Settlement', managerId: admin.id, memberIds: [] });
      expect(changed.body).toMatchObject({ name: 'Settlement', managerId: admin.id, memberIds: [], version: 2 });
      const gone = await room.ask('DELETE', `/v1/teams/${made.body.id}`, { token: admin.token });
      expect(gone.status).toBe(204);
      const again = await room.ask('DELETE', `/v1/teams/${made.body.id}`, { token: admin.token });
      expect(codeOf(again)).toEqual([404, 'team_not_found']);
    });
    expect(records.map(({ type }) => type)).toEqual(['team.created', 'team.changed', 'team.removed']);
  });

  it('has a name of its own, whatever the case', async () => {
    await create({ name: 'Clearing' });
    expect(codeOf(await create({ name: 'CLEARING' }))).toEqual([409, 'team_name_taken']);
  });

  it('takes only people who are here', async () => {
    const { id } = await enrol(['custodian']);
    await depart(id);
    expect(codeOf(await create({ name: 'Ghosts', memberIds: [id] }))).toEqual([409, 'member_not_live']);
    expect(codeOf(await create({ name: 'Ghosts', managerId: id }))).toEqual([409, 'member_not_live']);
    expect(codeOf(await create({ name: 'Ghosts', memberIds: [`per_${'0'.repeat(32)}`] }))).toEqual([
      409,
      'member_not_live',
    ]);
  });

  it('stays while an identity belongs to it that is not retired', async () => {
    const { body } = await create({ name: 'In use' });
    const identity = memberOf(body.id);
    await insertRow(room.superuser, 'muster.identities', identity);
    expect(codeOf(await removeTeam(body.id))).toEqual([409, 'team_in_use']);

    await room.superuser.query("UPDATE muster.identities SET status = 'retired' WHERE id = $1", [identity.id]);
    expect((await removeTeam(body.id)).status).toBe(204);
    const { rows } = await room.superuser.query('SELECT team_id FROM muster.identities WHERE id = $1', [identity.id]);
    expect(rows).toEqual([{ team_id: body.id }]);
  });

  it('is gone once it was removed: not listed, changed or joined, and its name is free', async () => {
    const { body } = await create({ name: 'Passing', managerId: admin.id, memberIds: [admin.id] });
    expect((await removeTeam(body.id)).status).toBe(204);
    const listed = await room.ask('GET', '/v1/teams?limit=100', { token: admin.token });
    expect(listed.body.items.map(({ id }: { id: string }) => id)).not.toContain(body.id);
    expect(codeOf(await change(body.id, 1, { name: 'Back' }))).toEqual([404, 'team_not_found']);
    const joining = insertRow(room.superuser, 'muster.identities', memberOf(body.id));
    await expect(joining).rejects.toMatchObject({ constraint: 'identities_team' });
    expect((await create({ name: 'PASSING' })).status).toBe(201);
  });

  it('does not come back, whoever asks the database', async () => {
    const { body } = await create({ name: 'Final' });
    await removeTeam(body.id);
    const back = room.superuser.query('UPDATE muster.teams SET removed_at = NULL WHERE id = $1', [body.id]);
    await expect(back).rejects.toMatchObject({ constraint: 'teams_removal_final' });
  });

  it('is changed from the version that was read', async () => {
    const { body } = await create({ name: 'Versions' });
    expect(codeOf(await change(body.id, 2, { name: 'Other' }))).toEqual([412, 'version_conflict']);
    expect(codeOf(await change(body.id, 1, { colour: 'red' }))).toEqual([400, 'request_invalid']);
  });
});

describe('for the rooms above', () => {
  it('finds and holds only the active', async () => {
    const active = await enrol(['custodian']);
    const invited = (await invite(['custodian'])).body.person.id;
    await room.unitOfWork.run(async (tx) => {
      expect(await room.people.findLive(tx, active.id)).toMatchObject({ id: active.id, status: 'active' });
      expect(await room.people.findLive(tx, invited)).toBeUndefined();
      expect(await room.people.holdLive(tx, active.id)).toMatchObject({ id: active.id });
      expect(await room.people.holdLive(tx, invited)).toBeUndefined();
    });
  });

  it('names people, and says nothing of ids it does not know', async () => {
    const unknown: Id<'person'> = `per_${'0'.repeat(32)}`;
    expect(await room.people.namesOf([admin.id, unknown])).toEqual(new Map([[admin.id, 'Ada Lovelace']]));
  });
});

describe('without a record', () => {
  beforeAll(() =>
    room.superuser.query(`
      CREATE FUNCTION muster.break_audit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER break_audit BEFORE INSERT ON audit.records FOR EACH ROW EXECUTE FUNCTION muster.break_audit();
      ALTER TABLE audit.records DISABLE TRIGGER break_audit;`),
  );

  it('nothing happens and nothing is revealed (P1, P2)', async () => {
    const somebody = await enrol(['auditor'], { name: 'Unseen Name', email: 'unseen@example.com' });
    const { signInToken } = (await invite(['auditor'])).body;
    const team = await room.ask('POST', '/v1/teams', { token: admin.token, body: { name: 'Unchanged' } });
    const match = { 'if-match': '"v2"' };
    const asks: readonly [string, string, object?, object?][] = [
      ['POST', '/v1/people', { name: 'Unmade', email: 'unmade@example.com', roles: ['auditor'] }],
      ['GET', `/v1/people/${somebody.id}`],
      ['PATCH', `/v1/people/${somebody.id}`, { name: 'Changed' }, match],
      ['POST', `/v1/people/${somebody.id}/sign-in-tokens`],
      ['POST', `/v1/people/${somebody.id}/departure`],
      ['DELETE', `/v1/people/${somebody.id}`],
      ['POST', '/v1/sign-in', { signInToken }],
      ['DELETE', '/v1/sessions/current'],
      ['POST', '/v1/teams', { name: 'Unmade' }],
      ['PATCH', `/v1/teams/${team.body.id}`, { name: 'Changed' }, { 'if-match': '"v1"' }],
      ['DELETE', `/v1/teams/${team.body.id}`],
    ];
    const before = await wholeDatabase(room.superuser, OF_REQUESTS);
    const records = (await recordsOf(room)).length;
    await room.superuser.query('ALTER TABLE audit.records ENABLE TRIGGER break_audit');
    try {
      for (const [method, url, body, headers] of asks) {
        const answer = await room.ask(method, url, {
          token: admin.token,
          ...(body && { body }),
          ...(headers && { headers: headers as Record<string, string> }),
        });
        expect([method, url, answer.status]).toEqual([method, url, 503]);
        expect(answer.text).not.toMatch(/unseen|m[su]i_|mst_/i);
      }
    } finally {
      await room.superuser.query('ALTER TABLE audit.records DISABLE TRIGGER break_audit');
      room.failures.causes.length = 0;
    }
    expect(await wholeDatabase(room.superuser, OF_REQUESTS)).toBe(before);
    expect((await recordsOf(room)).length).toBe(records);
  });
});
