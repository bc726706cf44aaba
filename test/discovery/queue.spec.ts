import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accountOf } from '../../src/discovery/identities/aws.js';
import { LeakRotation } from '../../src/discovery/index.js';
import { DiscoveryLogFollower } from '../../src/discovery/intake/log-follower.js';
import { UnitOfWork } from '../../src/platform/index.js';
import { type Bearer, TargetWork } from '../../src/targets/index.js';
import { insertRow, newId } from '../inventory/rows.js';
import { DiscoveryRoom, type NotedRotation } from './room.js';
import { accountSeen, tokenSeen } from './seen.js';

/** What people do about what was found. */

interface FindingBody {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly verdict: string;
  readonly because: string;
  readonly lastFour: string | null;
  readonly identityId: string | null;
  readonly assigneeId: string | null;
  readonly placeCount: number;
  readonly dueAt: string | null;
  readonly openedAt: string | null;
  readonly mergedInto: string | null;
}

let room: DiscoveryRoom;
let made = 0;

beforeAll(async () => {
  room = await DiscoveryRoom.open();
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const as = 'analyst';
const get = <Body = FindingBody>(url: string) => room.expected<Body>(200, 'GET', url, { as });
const post = <Body = FindingBody>(url: string, body: unknown, status = 200) =>
  room.expected<Body>(status, 'POST', url, { as, body });
const queue = async (query = '') => (await get<{ items: FindingBody[] }>(`/v1/findings?limit=200&${query}`)).items;

async function found(changed: Parameters<typeof tokenSeen>[1] = {}, source?: Awaited<ReturnType<typeof room.source>>) {
  const secret = `a-secret-made-by-chance-${1000 + (made += 1)}`;
  await room.take(source ?? (await room.source()), tokenSeen(secret, changed));
  const of = await queue('state=any');
  return of.find(({ lastFour }) => lastFour === secret.slice(-4))!;
}

describe('the queue', () => {
  it('holds what needs somebody, due by how far it is to be believed, and counts it by what it is', async () => {
    const low = await found({
      band: 'low',
      because: ['It has less chance in it.'],
      holders: ['google:x@y.iam.gserviceaccount.com'],
    });
    const high = await found({ holders: ['google:z@y.iam.gserviceaccount.com'] });
    const days = ({ dueAt, openedAt }: FindingBody) => (Date.parse(dueAt!) - Date.parse(openedAt!)) / 86_400_000;
    expect([days(high), low.state]).toEqual([3, 'settled']);
    expect((await queue('verdict=shadow-identity')).map(({ id }) => id)).toContain(high.id);
    expect((await queue('assigneeId=me')).map(({ id }) => id)).not.toContain(high.id);
    const { facets } = await get<{ facets: { name: string; value: string; count: number }[] }>('/v1/findings/facets');
    expect(facets).toContainEqual({ name: 'verdict', value: 'shadow-identity', count: 1 });
  });

  it.each(['waiting', 'settled', 'any'])('pages through everything of state %s once', async (state) => {
    const changed = state === 'settled' ? ({ band: 'low', because: ['It has less chance in it.'] } as const) : {};
    for (let index = 0; index < 5; index += 1) await found(changed);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: FindingBody[]; nextCursor: string | null } = await get(
        `/v1/findings?limit=2&state=${state}${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual((await queue(`state=${state}`)).map(({ id }) => id).toSorted());
  });

  it('is searched by words of what it is called and where it stands, and by no digest', async () => {
    const { id, lastFour } = await found({ holders: ['google:finder@y.iam.gserviceaccount.com'] });
    const ids = async (q: string) => (await queue(`q=${encodeURIComponent(q)}`)).map((one) => one.id);
    for (const q of [lastFour!, 'FINDER@y.iam', 'finder values.yaml', id]) expect(await ids(q)).toEqual([id]);
    const { fingerprint } = await get<{ fingerprint: string }>(`/v1/findings/${id}`);
    for (const q of [fingerprint, 'finder elsewhere.yaml', '100%', 'find_r']) expect(await ids(q)).toEqual([]);
    const [row] = await queue('q=finder');
    expect(row).toMatchObject({ identityName: null, place: { path: 'deploy/values.yaml', line: 3 } });
  });

  it('is narrowed by how long things wait, and counts the same', async () => {
    const { id } = await found();
    await room.superuser.query(
      `UPDATE muster.discovery_findings SET opened_at = opened_at - interval '40 days' WHERE id = $1`,
      [id],
    );
    expect((await queue('age=month')).map((one) => one.id)).toEqual([id]);
    expect((await queue('age=new')).map((one) => one.id)).not.toContain(id);
    const { facets } = await get<{ facets: { name: string; value: string; count: number }[] }>('/v1/findings/facets');
    expect(facets).toContainEqual({ name: 'age', value: 'month', count: 1 });
  });

  it('has each step recorded once, and said beside the finding', async () => {
    const { id } = await found();
    const personId = room.personOf('analyst');
    expect(await post(`/v1/findings/${id}/assignment`, { personId })).toMatchObject({ assigneeId: personId });
    await post(`/v1/findings/${id}/comments`, { words: 'Asked the team.' });
    expect(await post(`/v1/findings/${id}/assignment`, { personId: null })).toMatchObject({ assigneeId: null });
    const { items } = await get<{ items: { kind: string; words: string | null }[] }>(`/v1/findings/${id}/events`);
    expect(items.map(({ kind }) => kind)).toEqual(['assigned', 'commented', 'assigned']);
    expect([await room.records(id, 'finding.assigned'), await room.records(id, 'finding.commented')]).toEqual([2, 1]);
  });

  it('lets what was dismissed rest until its day, and no longer', async () => {
    const { id } = await found();
    const until = new Date(room.clock.now().getTime() + 5 * 86_400_000).toISOString();
    const years = new Date(room.clock.now().getTime() + 700 * 86_400_000).toISOString();
    const body = { reason: 'It is gone next week.', until: years };
    expect(await post(`/v1/findings/${id}/dismissal`, body, 400)).toMatchObject({ code: 'dismissal_too_long' });
    expect(await post(`/v1/findings/${id}/dismissal`, { ...body, until })).toMatchObject({
      state: 'dismissed',
      dueAt: null,
    });
    await room.get(DiscoveryLogFollower).turn();
    expect(await get(`/v1/findings/${id}`)).toMatchObject({ state: 'dismissed' });
    room.clock.forward(6);
    await room.get(DiscoveryLogFollower).turn();
    expect(await get(`/v1/findings/${id}`)).toMatchObject({ state: 'open' });
  });

  it('merges what people know to be one, never two secrets, and takes that back', async () => {
    const [one, other] = [await found(), await found()];
    const body = { intoId: other.id, reason: 'The same key.' };
    expect(await post(`/v1/findings/${one.id}/merge`, body, 409)).toMatchObject({ code: 'two_secrets' });
    await room.take(await room.source(), tokenSeen(null, { keyIds: ['key:vendor:only-its-number'] }));
    const [numbered] = (await queue('verdict=unattributed')).filter(({ lastFour }) => lastFour === null);
    expect(await post(`/v1/findings/${numbered!.id}/merge`, body)).toMatchObject({
      state: 'merged',
      mergedInto: other.id,
    });
    expect(await get(`/v1/findings/${other.id}`)).toMatchObject({ placeCount: 2 });
    expect(await post(`/v1/findings/${numbered!.id}/assignment`, { personId: null }, 409)).toMatchObject({
      code: 'finding_over',
    });
    expect(await post(`/v1/findings/${numbered!.id}/split`, { reason: 'It was not.' })).toMatchObject({
      state: 'open',
      mergedInto: null,
    });
  });
});

describe('adoption', () => {
  it('gives the facts of a registration, and links what is registered by them', async () => {
    const named = 'google:importer@prod-project.iam.gserviceaccount.com';
    const shadow = await found({ holders: [named] });
    expect(shadow).toMatchObject({ verdict: 'shadow-identity' });
    const draft = await get<{ name: string; aliases: string[]; registersKey: boolean }>(
      `/v1/findings/${shadow.id}/draft`,
    );
    expect(draft).toMatchObject({ name: 'importer', kind: 'service-account', aliases: [named], registersKey: true });
    const { id: identityId } = await room.identity();
    expect(await post(`/v1/findings/${shadow.id}/adoption`, { identityId })).toMatchObject({
      verdict: 'misplaced',
      identityId,
    });
    expect(await room.records(shadow.id, 'finding.adopted')).toBe(1);
    expect(await found({ holders: [named] })).toMatchObject({ verdict: 'shadow-credential', identityId });
  });

  it('is refused for what nobody has to answer for, before anything is filled in', async () => {
    const because = ['It has less chance in it.'];
    const sample = await found({
      band: 'low',
      because,
      holders: ['google:sample@prod-project.iam.gserviceaccount.com'],
    });
    expect(sample).toMatchObject({ verdict: 'placeholder' });
    const { id: identityId } = await room.identity();
    const refused = await post(`/v1/findings/${sample.id}/adoption`, { identityId }, 409);
    expect(refused).toMatchObject({ code: 'nothing_to_adopt' });
    const draft = await room.expected<FindingBody>(409, 'GET', `/v1/findings/${sample.id}/draft`, { as });
    expect(draft).toMatchObject({ code: 'nothing_to_adopt' });
  });

  it('suggests who answers for what lies beside it', async () => {
    const source = await room.source();
    const { id } = await room.identity();
    const known = await found({ holders: ['google:neighbour@prod-project.iam.gserviceaccount.com'] }, source);
    await post(`/v1/findings/${known.id}/adoption`, { identityId: id });
    const { id: beside } = await found({}, source);
    const { custodians } = await get<{ custodians: { personId: string }[] }>(`/v1/findings/${beside}/draft`);
    expect(custodians.map(({ personId }) => personId)).toEqual([room.personOf('custodian')]);
  });
});

describe('posture', () => {
  it('tells what is wrong with an account beyond whose it is, and which rights would be enough', async () => {
    const { id: identityId } = await room.identity();
    const name = 'aws:029608264753:user/too-much';
    await room.expected(201, 'POST', `/v1/identities/${identityId}/aliases`, {
      as: 'administrator',
      body: { identifier: name },
    });
    await room.superuser.query(
      `INSERT INTO muster.grants (id, identity_id, target, scope, purpose, added_by, added_at)
       SELECT 'grt_' || replace(gen_random_uuid()::text, '-', ''), $1, t.name, 's3:GetObject on reports', 'Reads.', 'system:test', now()
       FROM unnest(ARRAY['aws', 'muster']) AS t (name)`,
      [identityId],
    );
    const grants = [
      { privilege: 's3:GetObject', resource: 'reports' },
      { privilege: 'iam:PassRole', resource: '*' },
    ];
    const { facts } = accountSeen(name);
    await room.take(
      await room.source(),
      accountSeen(name, { grants, facts: { ...facts, thirdParty: true, privileged: true } }),
    );
    const [account] = (await queue('state=settled&kind=account')).filter((one) => one.identityId === identityId);
    const posture = await get<{ concerns: { check: string }[]; rights: unknown }>(
      `/v1/findings/${account!.id}/posture`,
    );
    expect(posture.concerns.map(({ check }) => check)).toEqual(['NHI3-vulnerable-third-party', 'NHI5-overprivileged']);
    expect(posture.rights).toMatchObject({ unregistered: [grants[1]], absent: [], proposed: [grants[0]] });
    const { isAll, checks } = await get<{
      isAll: boolean;
      checks: { check: string; counts: { high: number }; found: { findingId: string }[] }[];
    }>('/v1/findings/posture');
    const of = (check: string) => checks.find((one) => one.check === check)!;
    expect([isAll, checks.length, of('NHI3-vulnerable-third-party').counts.high]).toEqual([true, 10, 1]);
    expect(of('NHI5-overprivileged').found.map(({ findingId }) => findingId)).toEqual([account!.id]);
  });
});

describe('retirement', () => {
  it('says what people are to do where nothing reaches, and is confirmed by the next look', async () => {
    const source = await room.source();
    await room.take(source, accountSeen('aws:029608264753:user/left-over'));
    const [account] = (await queue('kind=account')).filter(({ because }) => because.includes('account left-over'));
    expect(await get(`/v1/findings/${account!.id}/retirement`)).toMatchObject({ way: 'steps', rotationId: null });
    const { steps } = await post<{ steps: string[] }>(`/v1/findings/${account!.id}/retirement`, {
      reason: 'Nobody needs it.',
    });
    expect(steps.join('\n')).toContain('aws iam list-access-keys --user-name left-over');
    const again = await room.completed(source);
    expect(await get(`/v1/findings/${account!.id}`)).toMatchObject({ state: 'retiring' });
    await room.completed(again);
    expect(await get(`/v1/findings/${account!.id}`)).toMatchObject({ state: 'closed' });
    const { items } = await get<{ items: { kind: string; data: object }[] }>(`/v1/findings/${account!.id}/events`);
    expect(items[0]).toMatchObject({ kind: 'resolved', data: { state: 'closed', wasState: 'retiring' } });
    const { weeks, found, ended } = await get<{
      weeks: number;
      found: { week: number; verdict: string; count: number }[];
      ended: { week: number; verdict: string; count: number }[];
    }>('/v1/findings/trends');
    const last = { week: weeks - 1, verdict: 'shadow-identity' };
    expect(ended.find(({ week, verdict }) => week === last.week && verdict === last.verdict)).toMatchObject({
      count: 1,
    });
    expect(found.map(({ verdict }) => verdict)).not.toContain('registered');
  });

  /** An account as its own system lists it, whose name is its identity's by an alias, or by a target. */
  async function account(name: string, identityId?: string, system?: string): Promise<FindingBody> {
    if (identityId !== undefined)
      await room.expected(201, 'POST', `/v1/identities/${identityId}/aliases`, {
        ...{ as: 'administrator', body: { identifier: name } },
      });
    await room.take(await room.source(), accountSeen(name, system === undefined ? {} : { system }));
    const { rows } = await room.superuser.query('SELECT f.id FROM muster.discovery_findings f WHERE f.key = $1', [
      `account:${name}`,
    ]);
    return get(`/v1/findings/${(rows[0] as { id: string }).id}`);
  }

  /** What targets were asked to close, without going there. */
  function closing(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Bearer[] {
    const asked: Bearer[] = [];
    room.get(TargetWork).apply = async (_actor, bearer, _work, noted) => {
      asked.push(bearer);
      await meanwhile();
      await room.get(UnitOfWork).run(noted);
    };
    return asked;
  }

  const retire = (id: string, status = 200) =>
    post<{ way: string; finding: FindingBody; code: string }>(
      `/v1/findings/${id}/retirement`,
      { reason: 'Leaked.' },
      status,
    );

  it('closes the account itself, on its own server, and never one of that name elsewhere', async () => {
    const { id: identityId } = await room.identity();
    const targetId = await room.target('postgresql', 'new.example:5432/app as muster', { app: identityId });
    const asked = closing();
    await retire((await account('postgresql:old.example:5432:app', identityId)).id);
    expect(asked).toEqual([]);
    expect(await retire((await account('postgresql:new.example:5432:app')).id)).toMatchObject({
      finding: { state: 'retiring' },
    });
    expect(asked).toEqual([{ targetId, identityId }]);
  });

  it.each([
    ['postgresql', 'colon.example:5432/app as muster', 'ledger:w', 'postgresql:colon.example:5432:ledger:w'],
    ['mysql', 'my.example:3306 as muster', 'app@%', 'mysql:my.example:3306:app'],
    [
      'aws-iam',
      'iam.amazonaws.com:443 as AKIAQYLPMN5HHHFPZAM2',
      'CI',
      `aws:${accountOf('AKIAQYLPMN5HHHFPZAM2')}:user/ci`,
    ],
  ])('knows an account of %s at %s that is written %s', async (kind, place, written, name) => {
    const { id: identityId } = await room.identity();
    const targetId = await room.target(kind, place, { [written]: identityId });
    const asked = closing();
    await retire((await account(name)).id);
    expect(asked).toEqual([{ targetId, identityId }]);
  });

  it('closes one that its server lists where the target lies, by whatever other name the server is called', async () => {
    const { id: identityId } = await room.identity();
    const targetId = await room.target('postgresql', '127.0.0.1:6543/app as muster', { app: identityId });
    const asked = closing();
    await retire((await account('postgresql:ours.example:5432:app', identityId, 'postgresql 127.0.0.1:5432')).id);
    expect(asked).toEqual([]);
    await retire((await account('postgresql:theirs.example:6543:app', identityId, 'postgresql 127.0.0.1:6543')).id);
    expect(asked).toEqual([{ targetId, identityId }]);
  });

  it('rotates the account that it opens, and never one of that name elsewhere', async () => {
    const { id: identity_id } = await room.identity();
    const target_id = await room.target('postgresql', 'turns.example:5432/app as muster', { app: identity_id });
    const [rotation_id, at] = [newId('rotation'), new Date()];
    await insertRow(room.superuser, 'muster.rotations', {
      ...{ id: rotation_id, name: rotation_id, identity_id, target_id, accounts: ['app'], observe_seconds: 60 },
      ...{ consumer_deadline_seconds: 60, status: 'active', version: 1, created_by: 'system:test' },
      ...{ created_at: at, changed_at: at },
    });
    await insertRow(room.superuser, 'muster.rotation_accounts', { rotation_id, target_id, account: 'app' });
    const { rotated } = room.get(LeakRotation) as NotedRotation;
    await room.expected(201, 'POST', `/v1/identities/${identity_id}/aliases`, {
      ...{ as: 'administrator', body: { identifier: 'postgresql:left.example:5432:app' } },
    });
    const elsewhere = await found({ holders: ['postgresql:left.example:5432:app'] });
    expect(elsewhere).toMatchObject({ identityId: identity_id });
    await retire(elsewhere.id);
    expect(rotated).toEqual([]);
    const leaked = await found({ holders: ['postgresql:turns.example:5432:app'] });
    await retire(leaked.id);
    expect(rotated).toEqual([rotation_id]);
    await room.superuser.query(
      `UPDATE muster.discovery_findings SET state = 'closed', retirement = NULL, opened_at = NULL, due_at = NULL WHERE id = $1`,
      [leaked.id],
    );
    expect(await retire(leaked.id, 409)).toMatchObject({ code: 'finding_over' });
    expect(rotated).toEqual([rotation_id]);
    // By another name of the server, which the list of that server tells.
    const names = ['postgresql:turns.example:5432:app', 'postgresql:turns.internal:5432:app'];
    await room.take(await room.source(), accountSeen(names[0]!, { identifiers: names as [string, string] }));
    await retire((await found({ holders: [names[1]!] })).id);
    expect(rotated).toEqual([rotation_id, rotation_id]);
  });

  it('that comes to its end while it is carried out is told as it is, with the record of what was done', async () => {
    const { id: identityId } = await room.identity();
    await room.target('postgresql', 'race.example:5432/app as muster', { app: identityId });
    const { id } = await account('postgresql:race.example:5432:app');
    closing(() =>
      room.superuser.query(
        `UPDATE muster.discovery_findings SET state = 'closed', opened_at = NULL, due_at = NULL WHERE id = $1`,
        [id],
      ),
    );
    expect(await retire(id)).toMatchObject({ finding: { state: 'closed' } });
    expect(await room.records(id, 'finding.retired')).toBe(0);
  });
});
