import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { type Answer, type AnswerBody, openRoom, recordsBy, type Room } from './room.js';

/** Registering, changing, stopping and ending identities, and what becomes of them when people leave. */

const DAY = 86_400;

let room: Room;
let people: Record<'ada' | 'eve' | 'cora' | 'carl' | 'ann', Id<'person'>>;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  people = {
    ada: await room.person('ada', 'administrator'),
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
    ann: await room.person('ann', 'analyst'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

function bot(changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    name: `settlement-bot-${++made}`,
    kind: 'bot',
    environment: 'production',
    teamId: room.teamId,
    purpose: 'Settles payments at night.',
    criticality: 'high',
    primaryCustodianId: people.cora,
    backupCustodianId: people.carl,
    ...changed,
  };
}

function post(as: string, url: string, body?: unknown): Promise<Answer> {
  return room.ask('POST', url, { as, ...(body !== undefined && { body }) });
}

async function register(changed: Readonly<Record<string, unknown>> = {}): Promise<AnswerBody> {
  const { status, body } = await post('eve', '/v1/identities', bot(changed));
  expect(status).toBe(201);
  return body;
}

async function read(id: string): Promise<AnswerBody> {
  return (await room.ask('GET', `/v1/identities/${id}`, { as: 'eve' })).body;
}

const outcome = ({ status, body }: Answer) => [status, body?.code ?? body?.status];

describe('registering', () => {
  it('gives an identity its SPIFFE ID, makes it active, and records that once', async () => {
    let identity!: AnswerBody;
    const records = await recordsBy(room, async () => (identity = await register({ name: 'payments-bot' })));
    expect(identity).toMatchObject({
      status: 'active',
      version: 1,
      requestedBy: people.eve,
      standing: { issues: true, maxTtlSeconds: null, reasons: [] },
    });
    expect(identity.spiffeId).toMatch(/^spiffe:\/\/muster\.test\/production\/tem-[0-9a-f]{32}\/payments-bot$/);
    expect(records).toMatchObject([
      {
        type: 'identity.registered',
        actor: people.eve,
        subject: identity.id,
        images: [null, { identity: { id: identity.id, status: 'active', version: 1 } }],
      },
    ]);
  });

  const REFUSED: readonly [string, () => Record<string, unknown>, number, string][] = [
    ['a name in capitals', () => ({ name: 'Bot' }), 400, 'request_invalid'],
    ['an unknown kind', () => ({ kind: 'robot' }), 400, 'request_invalid'],
    ['an unknown data class', () => ({ dataClasses: ['secret'] }), 400, 'request_invalid'],
    ['no purpose', () => ({ purpose: ' ' }), 400, 'request_invalid'],
    ['an unknown field', () => ({ owner: 'me' }), 400, 'request_invalid'],
    ['a team that is not there', () => ({ teamId: `tem_${'0'.repeat(32)}` }), 404, 'team_not_found'],
    ['one person as both custodians', () => ({ backupCustodianId: people.cora }), 400, 'custodians_equal'],
    ['a backup without a primary', () => ({ primaryCustodianId: null }), 409, 'custody_incomplete'],
    ['a custodian who is not there', () => ({ backupCustodianId: `per_${'0'.repeat(32)}` }), 409, 'custodian_not_live'],
    ['a SPIFFE ID of another trust domain', () => ({ spiffeId: 'spiffe://other.test/bot' }), 400, 'spiffe_id_foreign'],
    ['the bare trust domain', () => ({ spiffeId: 'spiffe://muster.test' }), 400, 'spiffe_id_invalid'],
    [
      'a SPIFFE ID like Muster’s own',
      () => ({ spiffeId: 'spiffe://muster.test/muster/api' }),
      400,
      'spiffe_id_reserved',
    ],
    ['a SPIFFE ID with a port', () => ({ spiffeId: 'spiffe://muster.test:8443/bot' }), 400, 'spiffe_id_invalid'],
  ];
  it.each(REFUSED)('refuses %s', async (_name, changed, status, code) => {
    const records = await recordsBy(room, async () => {
      expect(outcome(await post('eve', '/v1/identities', bot(changed())))).toEqual([status, code]);
    });
    expect(records).toEqual([]);
  });

  it.each(['cora', 'ann'])('is not for %s, who neither administers nor runs the platform', async (name) => {
    expect(outcome(await post(name, '/v1/identities', bot()))).toEqual([403, 'forbidden']);
  });

  it('gives no name and no SPIFFE ID twice, not even after retirement (IA-4(d))', async () => {
    const { id, name, spiffeId } = await register();
    await post('eve', `/v1/identities/${id}/retirement`, { reason: 'Replaced.' });
    expect(outcome(await post('eve', '/v1/identities', bot({ name })))).toEqual([409, 'name_taken']);
    expect(outcome(await post('eve', '/v1/identities', bot({ spiffeId })))).toEqual([409, 'spiffe_id_taken']);
  });

  it('keeps an identity waiting until it has custodians', async () => {
    const waiting = await register({ primaryCustodianId: undefined, backupCustodianId: undefined });
    expect(waiting).toMatchObject({
      status: 'pending',
      approvalId: null,
      standing: { issues: false, code: 'pending' },
    });
    const activation = () => post('eve', `/v1/identities/${waiting.id}/activation`);
    expect(outcome(await activation())).toEqual([409, 'custody_incomplete']);
    await post('ada', `/v1/identities/${waiting.id}/hand-over`, {
      primaryCustodianId: people.cora,
      backupCustodianId: people.carl,
    });
    expect(outcome(await activation())).toEqual([200, 'active']);
  });
});

describe('privilege and order entry (SEC 15c3-5(c)(2)(iii))', () => {
  const approve = (as: string, id: string, verdict = 'approve') =>
    post(as, `/v1/approvals/${id}/decision`, { verdict, reason: 'Looked at it.' });
  const activate = (id: string, as = 'eve') => post(as, `/v1/identities/${id}/activation`);

  it.each([
    ['privileged', { privileged: true }],
    ['an order-entry one', { dataClasses: ['order-entry', 'pii'] }],
  ])('registers %s as waiting, with an approval asked for in the same transaction', async (_name, changed) => {
    let identity!: AnswerBody;
    const records = await recordsBy(room, async () => (identity = await register(changed)));
    expect(identity.status).toBe('pending');
    expect(records.map(({ type, subject }) => [type, subject])).toEqual([
      ['approval.requested', identity.approvalId],
      ['identity.registered', identity.id],
    ]);
  });

  it('activates it once somebody else agreed, and not before', async () => {
    const { id, approvalId } = await register({ privileged: true });
    const before = await activate(id);
    expect(outcome(before)).toEqual([409, 'approval_required']);
    expect(before.body.approvalId).toBe(approvalId);
    await approve('cora', approvalId);
    const records = await recordsBy(room, async () => {
      expect(outcome(await activate(id))).toEqual([200, 'active']);
    });
    expect(records).toMatchObject([
      { type: 'identity.activated', images: [{}, { identity: { approval_id: approvalId } }] },
    ]);
  });

  it('does not let whoever approved it activate it', async () => {
    const { id, approvalId } = await register({ privileged: true });
    await approve('ada', approvalId);
    expect(outcome(await activate(id, 'ada'))).toEqual([403, 'own_approval']);
    expect(outcome(await activate(id, 'eve'))).toEqual([200, 'active']);
  });

  const CHANGES: readonly [string, (id: string) => Promise<Answer>][] = [
    ['its privilege', (id) => patch(id, { privileged: false, dataClasses: ['order-entry'] })],
    ['its data classes', (id) => patch(id, { dataClasses: ['cardholder-data'] })],
    ['its purpose', (id) => patch(id, { purpose: 'Something else.' })],
    ['the end of its support', (id) => patch(id, { supportExpiresAt: '2030-01-01T00:00:00Z' })],
    [
      'a custodian',
      (id) =>
        post('ada', `/v1/identities/${id}/hand-over`, {
          primaryCustodianId: people.carl,
          backupCustodianId: people.cora,
        }),
    ],
  ];
  const patch = async (id: string, body: unknown, as = 'eve') =>
    room.ask('PATCH', `/v1/identities/${id}`, { as, body, version: (await read(id)).version });
  it.each(CHANGES)('needs another approval when %s changes after the first', async (_name, change) => {
    const { id, approvalId } = await register({ privileged: true });
    await approve('cora', approvalId);
    const changed = await change(id);
    expect(changed.status).toBe(200);
    expect(changed.body.approvalId).not.toBe(approvalId);
    expect(outcome(await activate(id))).toEqual([409, 'approval_required']);
    const decided = await approve('ada', changed.body.approvalId);
    const mayDecide = !changed.body.approvalId || decided.status === 200;
    expect(mayDecide).toBe(_name !== 'a custodian');
  });

  it('closes the open question when what it asks about changes', async () => {
    const { id, approvalId } = await register({ privileged: true });
    const records = await recordsBy(room, () => patch(id, { purpose: 'Something else.' }));
    expect(records.map(({ type }) => type)).toEqual(['approval.cancelled', 'approval.requested', 'identity.changed']);
    const old = await room.ask('GET', `/v1/approvals/${approvalId}`, { as: 'ada' });
    expect(old.body).toMatchObject({ state: 'cancelled', reason: 'superseded' });
    expect(outcome(await approve('cora', approvalId))).toEqual([409, 'approval_closed']);
  });

  it('does not let an author of the request approve it, though somebody else asked last', async () => {
    await room.person('adam', 'administrator');
    const { id } = await register({ privileged: true });
    const { body } = await patch(id, { purpose: 'Something else.' }, 'adam');
    expect(outcome(await approve('adam', body.approvalId))).toEqual([403, 'own_request']);
    expect(outcome(await approve('ada', body.approvalId))).toEqual([200, undefined]);
  });

  it('says so when it was denied, and asks anew for what was changed', async () => {
    const { id, approvalId } = await register({ privileged: true });
    await approve('cora', approvalId, 'deny');
    expect(outcome(await activate(id))).toEqual([403, 'approval_denied']);
    const { body } = await patch(id, { purpose: 'Reads, and settles.' });
    await approve('cora', body.approvalId);
    expect(outcome(await activate(id))).toEqual([200, 'active']);
  });

  it('asks again at activation when nobody decided in time', async () => {
    const { id, approvalId } = await register({ privileged: true });
    room.clock.advance(4 * DAY);
    const asked = await activate(id);
    expect(outcome(asked)).toEqual([409, 'approval_required']);
    expect(asked.body.approvalId).not.toBe(approvalId);
    await approve('cora', asked.body.approvalId);
    expect(outcome(await activate(id))).toEqual([200, 'active']);
  });

  it('does not let an approval wait for ever to be used', async () => {
    const { id, approvalId } = await register({ privileged: true });
    await approve('cora', approvalId);
    room.clock.advance(4 * DAY);
    expect(outcome(await activate(id))).toEqual([409, 'approval_required']);
  });

  it.each([
    ['made privileged', { privileged: true }],
    ['given order entry', { dataClasses: ['order-entry'] }],
  ])('needs the same consent when an active identity is %s afterwards', async (_name, raise) => {
    const { id } = await register();
    const asked = await patch(id, raise);
    expect(outcome(asked)).toEqual([409, 'approval_required']);
    expect(await read(id)).toMatchObject({ privileged: false, dataClasses: [], version: 1 });
    await approve('cora', asked.body.approvalId);
    expect(outcome(await patch(id, { ...raise, purpose: 'And more.' }))).toEqual([409, 'approval_required']);
    expect(outcome(await patch(id, raise))).toEqual([200, 'active']);
  });

  it('makes the change that was approved, once it is sent again', async () => {
    const { id } = await register();
    const asked = await patch(id, { privileged: true });
    await approve('cora', asked.body.approvalId);
    expect((await patch(id, { privileged: true })).body).toMatchObject({
      privileged: true,
      approvalId: asked.body.approvalId,
    });
    await patch(id, { privileged: false });
    const spent = await patch(id, { privileged: true });
    expect(outcome(spent)).toEqual([409, 'approval_required']);
    expect(spent.body.approvalId).not.toBe(asked.body.approvalId);
  });

  it.each([
    ['activated', `UPDATE muster.identities SET status = 'active' WHERE id = $1`, { privileged: true }],
    [
      'activated on somebody else’s approval',
      `UPDATE muster.identities SET status = 'active', approval_id = 'apr_' || repeat('0', 32) WHERE id = $1`,
      { privileged: true },
    ],
    ['given order entry', `UPDATE muster.identities SET data_classes = '{order-entry}' WHERE id = $1`, {}],
  ])('is not %s past the service: the database refuses', async (_name, sql, changed) => {
    const { id } = await register(changed);
    await expect(room.superuser.query(sql, [id])).rejects.toMatchObject({
      constraint: expect.stringMatching(/^identities_(approved|consent)$/) as unknown,
    });
  });
});

describe('changing', () => {
  it('wants the version that was read, and gives the next', async () => {
    const { id } = await register();
    const change = (version?: number) =>
      room.ask('PATCH', `/v1/identities/${id}`, {
        as: 'eve',
        body: { purpose: 'Another.' },
        ...(version !== undefined && { version }),
      });
    expect(outcome(await change())).toEqual([428, 'precondition_required']);
    expect(outcome(await change(7))).toEqual([412, 'version_conflict']);
    const changed = await change(1);
    expect([changed.status, changed.body.version, changed.headers.etag]).toEqual([200, 2, '"v2"']);
    expect(outcome(await change(1))).toEqual([412, 'version_conflict']);
  });

  it('records nothing when nothing differs', async () => {
    const { id, purpose, version } = await register();
    const records = await recordsBy(room, async () => {
      const same = await room.ask('PATCH', `/v1/identities/${id}`, { as: 'eve', body: { purpose }, version });
      expect(same.body.version).toBe(version);
    });
    expect(records).toEqual([]);
  });
});

describe('the life of an identity (INV-5)', () => {
  const REASON = { reason: 'As asked.' };
  const act = (id: string, what: string, as = 'ada') =>
    post(as, `/v1/identities/${id}/${what}`, what === 'activation' ? undefined : REASON);

  const bring: Record<string, (id: string) => Promise<unknown>> = {
    active: async () => undefined,
    suspended: (id) => act(id, 'suspension'),
    retired: (id) => act(id, 'retirement'),
  };
  const TABLE: readonly [string, string, number, string][] = [
    ['active', 'activation', 409, 'wrong_status'],
    ['active', 'suspension', 200, 'suspended'],
    ['active', 'resumption', 409, 'wrong_status'],
    ['active', 'retirement', 200, 'retired'],
    ['suspended', 'activation', 409, 'wrong_status'],
    ['suspended', 'suspension', 409, 'wrong_status'],
    ['suspended', 'resumption', 200, 'active'],
    ['suspended', 'retirement', 200, 'retired'],
    ['retired', 'activation', 409, 'identity_retired'],
    ['retired', 'suspension', 409, 'identity_retired'],
    ['retired', 'resumption', 409, 'identity_retired'],
    ['retired', 'retirement', 409, 'identity_retired'],
  ];
  it.each(TABLE)('%s, then %s: %d %s', async (status, what, code, result) => {
    const { id } = await register();
    await bring[status]!(id);
    expect(outcome(await act(id, what))).toEqual([code, result]);
  });

  it.each(['suspension', 'resumption'])('lets a pending identity be neither active nor stopped: %s', async (what) => {
    const { id } = await register({ privileged: true });
    expect(outcome(await act(id, what))).toEqual([409, 'wrong_status']);
  });

  it('wants a reason', async () => {
    const { id } = await register();
    expect(outcome(await post('ada', `/v1/identities/${id}/suspension`, {}))).toEqual([400, 'request_invalid']);
  });

  it('lets a custodian stop what is theirs, and nothing else', async () => {
    await room.person('cleo', 'custodian');
    const { id } = await register();
    expect(outcome(await act(id, 'suspension', 'cleo'))).toEqual([403, 'not_its_custodian']);
    expect(outcome(await act(id, 'suspension', 'cora'))).toEqual([200, 'suspended']);
    expect(outcome(await act(id, 'resumption', 'carl'))).toEqual([403, 'not_yours_to_resume']);
    expect(outcome(await act(id, 'resumption', 'cora'))).toEqual([200, 'active']);
  });

  it('does not let a custodian lift what an analyst stopped', async () => {
    const { id } = await register();
    await act(id, 'suspension', 'ann');
    expect(await read(id)).toMatchObject({ standing: { issues: false, code: 'suspended' }, statusBy: people.ann });
    expect(outcome(await act(id, 'resumption', 'cora'))).toEqual([403, 'not_yours_to_resume']);
    expect(outcome(await act(id, 'resumption', 'ada'))).toEqual([200, 'active']);
  });

  it('takes back the question when what waits for an answer is retired', async () => {
    const { id, approvalId } = await register({ privileged: true });
    const records = await recordsBy(room, () => act(id, 'retirement'));
    expect(records.map(({ type }) => type)).toEqual(['approval.cancelled', 'identity.retired']);
    expect((await room.ask('GET', `/v1/approvals/${approvalId}`, { as: 'ada' })).body.state).toBe('cancelled');
  });

  it.each([
    ['deletes the row', `DELETE FROM muster.identities WHERE id = $1`, 'identities_stay'],
    ['renames it', `UPDATE muster.identities SET name = 'other' WHERE id = $1`, 'identities_names_stay'],
    ['brings it back', `UPDATE muster.identities SET status = 'active' WHERE id = $1`, 'identities_life'],
  ])('is final in the database: it refuses whoever %s', async (_name, sql, constraint) => {
    const { id } = await register();
    await act(id, 'retirement');
    await expect(room.superuser.query(sql, [id])).rejects.toMatchObject({ constraint });
    await expect(room.superuser.query('TRUNCATE muster.identities CASCADE')).rejects.toMatchObject({
      constraint: 'identities_stay',
    });
  });
});

describe('when people leave (INV-3)', () => {
  let paula: Id<'person'>;
  let basil: Id<'person'>;
  let id: string;
  const depart = (person: string) => post('ada', `/v1/people/${person}/departure`);

  beforeEach(async () => {
    paula = await room.person(`paula-${++made}`, 'custodian');
    basil = await room.person(`basil-${made}`, 'custodian');
    ({ id } = await register({ primaryCustodianId: paula, backupCustodianId: basil }));
  });

  it('promotes the backup of a primary who leaves, and sets the clock to 14 days', async () => {
    const records = await recordsBy(room, () => depart(paula));
    const due = new Date(room.clock.now().getTime() + 14 * DAY * 1000).toISOString();
    expect(await read(id)).toMatchObject({
      status: 'active',
      primaryCustodianId: basil,
      backupCustodianId: null,
      handoverDueAt: due,
    });
    expect(records.map(({ type, subject }) => [type, subject])).toEqual([
      ['identity.handed-over', id],
      ['person.departed', paula],
    ]);
  });

  it('sets the clock when a backup leaves, too', async () => {
    await depart(basil);
    expect(await read(id)).toMatchObject({ status: 'active', primaryCustodianId: paula, backupCustodianId: null });
    expect((await read(id)).handoverDueAt).not.toBeNull();
  });

  it('shortens credentials when the clock has run out, then refuses them, until a backup is named (ISS-6)', async () => {
    await depart(paula);
    room.clock.advance(14 * DAY - 1);
    expect((await read(id)).standing).toEqual({
      issues: true,
      maxTtlSeconds: null,
      code: null,
      reason: null,
      reasons: [],
    });
    room.clock.advance(1);
    expect((await read(id)).standing).toMatchObject({
      issues: true,
      maxTtlSeconds: 900,
      reasons: ['handover_overdue'],
    });
    room.clock.advance(7 * DAY);
    const { standing } = await read(id);
    expect(standing).toMatchObject({ issues: false, maxTtlSeconds: null, code: 'handover_overdue' });
    expect(standing.reason).toContain('name a backup');
    const named = await post('ada', `/v1/identities/${id}/hand-over`, {
      primaryCustodianId: basil,
      backupCustodianId: people.cora,
    });
    expect(named.body).toMatchObject({ handoverDueAt: null, standing: { issues: true, maxTtlSeconds: null } });
  });

  it('suspends it when the last one leaves, and resumes it only with custodians', async () => {
    await depart(paula);
    const records = await recordsBy(room, () => depart(basil));
    expect(records.map(({ type }) => type)).toEqual(['identity.suspended', 'person.departed']);
    expect(await read(id)).toMatchObject({
      status: 'suspended',
      statusReason: 'no_custodian',
      statusBy: 'system:succession',
      primaryCustodianId: null,
    });
    const resumption = (as: string) => post(as, `/v1/identities/${id}/resumption`, { reason: 'Found somebody.' });
    expect(outcome(await resumption('ada'))).toEqual([409, 'custody_incomplete']);
    const custodians = { primaryCustodianId: people.cora, backupCustodianId: people.carl };
    expect(outcome(await post('cora', `/v1/identities/${id}/hand-over`, custodians))).toEqual([
      403,
      'not_its_custodian',
    ]);
    expect(outcome(await post('ada', `/v1/identities/${id}/hand-over`, custodians))).toEqual([200, 'suspended']);
    expect(outcome(await resumption('cora'))).toEqual([200, 'active']);
  });

  it('leaves what is retired as it was', async () => {
    await post('ada', `/v1/identities/${id}/retirement`, { reason: 'Replaced.' });
    await depart(paula);
    expect(await read(id)).toMatchObject({ status: 'retired', primaryCustodianId: paula });
  });

  it('hands over when both leave in two requests at once', async () => {
    const answers = await Promise.all([depart(paula), depart(basil)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await read(id)).toMatchObject({ status: 'suspended', statusReason: 'no_custodian' });
  });

  it('never names somebody custodian who leaves at that moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const leaver = await room.person(`leaver-${++made}`, 'custodian');
      const [named, left] = await Promise.all([
        post('ada', `/v1/identities/${id}/hand-over`, { primaryCustodianId: leaver, backupCustodianId: basil }),
        depart(leaver),
      ]);
      expect(left.status).toBe(200);
      expect([200, 409]).toContain(named.status);
      const { primaryCustodianId } = await read(id);
      expect(primaryCustodianId).not.toBe(leaver);
    }
  });
});

describe('handing over', () => {
  it('is for its custodians and administrators', async () => {
    await room.person('clio', 'custodian');
    const { id } = await register();
    const to = { primaryCustodianId: people.carl, backupCustodianId: people.cora };
    const handOver = (as: string, body: unknown = to) => post(as, `/v1/identities/${id}/hand-over`, body);
    expect(outcome(await handOver('clio'))).toEqual([403, 'not_its_custodian']);
    expect(outcome(await handOver('eve'))).toEqual([403, 'forbidden']);
    expect((await handOver('cora')).body).toMatchObject(to);
    expect(await recordsBy(room, () => handOver('cora'))).toEqual([]);
    expect(outcome(await handOver('cora', { ...to, backupCustodianId: people.carl }))).toEqual([
      400,
      'custodians_equal',
    ]);
  });
});

describe('listing', () => {
  it('filters, searches, and pages in order of name', async () => {
    const environment = 'listing';
    const wanted = ['alpha-feed', 'beta-feed', 'gamma-100_percent'];
    for (const name of wanted) await register({ environment, name });
    const names = [...wanted].sort();
    const feeds = names.filter((name) => name.endsWith('feed'));
    const list = async (query: string) => {
      const { status, body } = await room.ask('GET', `/v1/identities?environment=${environment}&${query}`, {
        as: 'ann',
      });
      expect(status).toBe(200);
      return body;
    };
    const namesOf = (page: AnswerBody) => page.items.map(({ name }) => name);
    const first = await list('limit=2');
    expect(namesOf(first)).toEqual(names.slice(0, 2));
    const second = await list(`limit=2&cursor=${first.nextCursor}`);
    expect([namesOf(second), second.nextCursor]).toEqual([names.slice(2), null]);
    expect(namesOf(await list('q=FEED'))).toEqual(feeds);
    expect(namesOf(await list('q=100_'))).toEqual(['gamma-100_percent']);
    expect(namesOf(await list('q=1__'))).toEqual([]);
    expect(namesOf(await list('privileged=true'))).toEqual([]);
    expect(namesOf(await list(`custodianId=${people.carl}&status=active&kind=bot`))).toEqual(names);
    expect(namesOf(await list(`custodianId=${people.ann}`))).toEqual([]);
  });

  it.each([
    ['q=%20', 'request_invalid'],
    ['cursor=bm90aGluZw', 'cursor_invalid'],
    ['limit=500', 'request_invalid'],
    ['colour=red', 'request_invalid'],
  ])('refuses ?%s', async (query, code) => {
    expect(outcome(await room.ask('GET', `/v1/identities?${query}`, { as: 'eve' }))).toEqual([400, code]);
  });
});
