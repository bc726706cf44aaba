import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Id } from '../../src/kernel/index.js';
import { SearchJobs } from '../../src/inventory/search/search.jobs.js';
import { wordsOf } from '../../src/inventory/search/domain/words.js';
import { FacetsRepository } from '../../src/inventory/search/facets.repository.js';
import { SearchRepository } from '../../src/inventory/search/search.repository.js';
import { type Budget, type IdentityQuestion, IdentitySearch } from '../../src/inventory/search/search.service.js';
import { type Answer, openRoom, recordsBy, type Room } from './room.js';
import { identityRow, insertRow } from './rows.js';

/** Finding identities by what they are called, what they are for and how they stand; and counting what they are like. */

const DAY_MILLISECONDS = 86_400_000;

interface Page {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly nextCursor: string | null;
  readonly estimatedTotal: number;
  readonly totalIsExact: boolean;
}
interface Facet {
  readonly value: string;
  readonly count: number;
  readonly atLeast?: true;
}
type Facets = Readonly<Record<'status' | 'kind' | 'environment' | 'team' | 'criticality' | 'dataClass', Facet[]>> & {
  readonly total: Omit<Facet, 'value'>;
};

let room: Room;
let people: Record<'eve' | 'cora' | 'carl' | 'dora', Id<'person'>>;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  people = {
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
    dora: await room.person('dora', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const get = (url: string, as = 'eve'): Promise<Answer> => room.ask('GET', url, { as });

async function list(query: string, as = 'eve'): Promise<Page> {
  const { status, text } = await get(`/v1/identities?${query}`, as);
  expect([query, status, text]).toEqual([query, 200, text]);
  return JSON.parse(text) as Page;
}

async function facets(query: string): Promise<Facets> {
  const { status, text } = await get(`/v1/identities/facets?${query}`);
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text) as Facets;
}

/** Text of any characters; fast-check's own of that kind first numbers a million of them, for seconds. */
const CHARACTER = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
const TYPED = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.array(CHARACTER, { maxLength: 40 }).map((characters) => characters.join('')),
);

const namesOf = ({ items }: Page) => items.map(({ name }) => name);

/** Every page, one after the other. */
async function all(query: string, as = 'eve', between: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await list(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`, as);
    names.push(...namesOf(page));
    cursor = page.nextCursor;
    await between();
  }
  return names;
}

/** Past registration, so that every state can be had; still past no constraint. */
async function insert(changed: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const row = identityRow(room.teamId, {
    primary_custodian_id: people.cora,
    backup_custodian_id: people.carl,
    ...changed,
  });
  await insertRow(room.superuser, 'muster.identities', row);
  return row.id;
}

/** A place of its own for each test: an environment. */
const newEnvironment = () => `env-${++made}`;

describe('searching', () => {
  const environment = 'words';
  const in_ = (query: string) => list(`environment=${environment}&${query}`);

  beforeAll(async () => {
    const rows = [
      ['pay-clear', 'Clears payments at night.'],
      ['bank-pay', 'Pays Über-Bank in euro.'],
      ['ledger-feed', 'Feeds the ledger with 100_percent of pay.'],
      ['p2', 'Small.'],
    ] as const;
    for (const [name, purpose] of rows)
      await insert({ environment, name, purpose, spiffe_id: `spiffe://muster.test/words/Team-A/${name}` });
  });

  it.each([
    ['pay', ['pay-clear', 'bank-pay', 'ledger-feed'], 'name, then the rest in order of name'],
    ['PAY', ['pay-clear', 'bank-pay', 'ledger-feed'], 'capitals do not matter'],
    ['clears night', ['pay-clear'], 'every word, in any order'],
    ['night clears', ['pay-clear'], 'every word, in any order'],
    ['clears euro', [], 'every word must be there'],
    ['feeds 00', ['ledger-feed'], 'short words beside long ones count'],
    ['über', ['bank-pay'], 'letters beyond ASCII, whatever their case'],
    ['100_p', ['ledger-feed'], 'what a pattern would read as any character'],
    ['1%p', [], 'what a pattern would read as any text'],
    ['p', ['p2', 'pay-clear'], 'short: the beginning of the name'],
    ['ay', [], 'short: only its beginning'],
    ['team-a/ledger', ['ledger-feed'], 'part of the SPIFFE id'],
    ['spiffe://muster.test/words/Team-A/p', ['p2', 'pay-clear'], 'the beginning of the SPIFFE id'],
    ['clearspiffe', [], 'nothing runs from the name into the SPIFFE id'],
    ['feeds the ledger with 100_percent', ['ledger-feed'], 'a long sentence'],
    ['ledger-feed', ['ledger-feed'], 'the whole name'],
    ['zzledger-feed', [], 'a long word is looked for whole, not by its end'],
  ])('finds %j: %j (%s)', async (q, found) => {
    const page = await in_(`q=${encodeURIComponent(q)}`);
    expect([namesOf(page), page.estimatedTotal, page.totalIsExact]).toEqual([found, found.length, true]);
    expect([...namesOf(await in_(`q=${encodeURIComponent(q)}&sort=name`))]).toEqual([...found].sort());
  });

  it('finds an identity by its id, or the beginning of it', async () => {
    const id = await insert({ environment, name: 'by-id' });
    expect(namesOf(await list(`q=${id}`))).toEqual(['by-id']);
    expect(namesOf(await list(`q=${id.slice(0, 30).toUpperCase()}`))).toContain('by-id');
    expect(namesOf(await list(`q=mid_${'0'.repeat(32)}`))).toEqual([]);
  });

  it('holds that what is typed is text', async () => {
    await fc.assert(
      fc.asyncProperty(TYPED, async (text) => {
        expect([200, 400]).toContain((await get(`/v1/identities?q=${encodeURIComponent(text.toWellFormed())}`)).status);
      }),
      { numRuns: 40 },
    );
  });
});

describe('filtering', () => {
  it('narrows by each property, and by those that hold together', async () => {
    const environment = newEnvironment();
    const teamId = await otherTeam();
    const ended = new Date(room.clock.now().getTime() - DAY_MILLISECONDS);
    await insert({ environment, name: 'plain' });
    await insert({ environment, name: 'waiting', status: 'pending', privileged: true, data_classes: ['order-entry'] });
    await insert({ environment, name: 'other-team', team_id: teamId, kind: 'workload', criticality: 'low' });
    await insert({ environment, name: 'doras', primary_custodian_id: people.dora });
    await insert({ environment, name: 'ended', support_expires_at: ended, data_classes: ['pii'] });
    const found = async (query: string, as = 'eve') =>
      [...namesOf(await list(`environment=${environment}&${query}`, as))].sort();
    expect(await found('status=pending')).toEqual(['waiting']);
    expect(await found('kind=workload')).toEqual(['other-team']);
    expect(await found(`teamId=${teamId}`)).toEqual(['other-team']);
    expect(await found('criticality=low')).toEqual(['other-team']);
    expect(await found('dataClass=pii')).toEqual(['ended']);
    expect(await found('privileged=true')).toEqual(['waiting']);
    expect(await found('orderEntry=true')).toEqual(['waiting']);
    expect(await found('orderEntry=false&status=active')).toEqual(['doras', 'ended', 'other-team', 'plain']);
    expect(await found(`custodianId=${people.dora}`)).toEqual(['doras']);
    expect(await found('custodianId=me', 'dora')).toEqual(['doras']);
    expect(await found('custodianId=me', 'carl')).toHaveLength(5);
    expect(await found('custodianId=me')).toEqual([]);
    expect(await found('standing=refused')).toEqual(['ended', 'waiting']);
    expect(await found('standing=refused&status=active')).toEqual(['ended']);
    expect(await found('standing=refused&status=pending')).toEqual(['waiting']);
    expect(await found('standing=issues')).toEqual(['doras', 'other-team', 'plain']);
    expect(await found('standing=issues&status=pending')).toEqual([]);
    expect(await found('q=wait&status=active')).toEqual([]);
  });

  it('calls refused what issuance refuses, and issuing what it does not', async () => {
    const environment = newEnvironment();
    const now = room.clock.now().getTime();
    for (const [n, milliseconds] of [-1000, 0, 999, 1000, DAY_MILLISECONDS].entries())
      await insert({ environment, name: `ends-${n}`, support_expires_at: new Date(now + milliseconds) });
    for (const name of await all(`environment=${environment}&standing=refused`)) expect(await issues(name)).toBe(false);
    for (const name of await all(`environment=${environment}&standing=issues`)) expect(await issues(name)).toBe(true);
    expect((await all(`environment=${environment}&standing=refused`)).length).toBe(3);
    expect((await all(`environment=${environment}&standing=issues`)).length).toBe(2);

    async function issues(name: string): Promise<boolean> {
      const [one] = (await list(`environment=${environment}&q=${name}`)).items;
      const { text } = await get(`/v1/identities/${one!.id}`);
      return (JSON.parse(text) as { standing: { issues: boolean } }).standing.issues;
    }
  });

  it('shows people what wants something of them: to be activated, handed over, verified', async () => {
    const environment = newEnvironment();
    const id = await insert({ environment, name: 'holds-unverified', primary_custodian_id: people.dora });
    await insert({ environment, name: 'waits', status: 'pending', backup_custodian_id: people.dora });
    await insert({ environment, name: 'is-well', primary_custodian_id: people.dora });
    await insert({ environment, name: 'is-not-hers', status: 'pending' });
    await room.ask('POST', `/v1/identities/${id}/grants`, {
      as: 'eve',
      body: { target: 'orders', scope: 'write', purpose: 'Sends.' },
    });
    const leaver = await room.person('leaver', 'custodian');
    await insert({
      ...{ environment, name: 'was-left', primary_custodian_id: people.dora, backup_custodian_id: leaver },
    });
    await room.person('ada', 'administrator');
    await room.ask('POST', `/v1/people/${leaver}/departure`, { as: 'ada', body: { reason: 'Moved on.' } });
    const needs = await all(`environment=${environment}&needs=me`, 'dora');
    expect(needs.sort()).toEqual(['holds-unverified', 'waits', 'was-left']);
    expect(await all(`environment=${environment}&standing=handover-due`)).toEqual(['was-left']);
    expect((await all(`environment=${environment}&sort=handoverDueAt`))[0]).toBe('was-left');
  });

  it.each([
    ['q=', 'empty words'],
    ['q=%20%20', 'blank words'],
    ['q=%00', 'a NUL'],
    ['q=%E2%80%AEtxt', 'text that reads otherwise than it is written'],
    [`q=${'x'.repeat(201)}`, 'words without end'],
    ['q=a&q=b', 'words twice'],
    ['search=pay', 'the name it had before'],
    ['status=gone', 'an unknown status'],
    ['environment=Prod!', 'an environment that cannot be'],
    ['teamId=me', 'a team called me'],
    ['custodianId=you', 'somebody who is no id'],
    ['privileged=1', 'a number for yes'],
    ['orderEntry=yes', 'yes for true'],
    ['standing=fine', 'an unknown standing'],
    ['needs=everybody', 'needs of others'],
    ['sort=criticality', 'an unknown order'],
    ['sort=-name', 'an order backwards'],
    ['limit=0', 'no items'],
  ])('refuses ?%s (%s)', async (query) => {
    const { status, body } = await get(`/v1/identities?${query}`);
    expect([status, body.code]).toEqual([400, 'request_invalid']);
    if (!/^(sort|limit)/.test(query)) expect((await get(`/v1/identities/facets?${query}`)).status).toBe(400);
  });
});

describe('paging', () => {
  const SORTS = ['match', 'name', 'registeredAt', 'handoverDueAt'] as const;

  it.each(SORTS)('visits each identity once in order of %s, while others come and change', async (sort) => {
    const environment = newEnvironment();
    const expected: string[] = [];
    for (let n = 0; n < 12; n++) {
      const name = `${['alpha', 'set', 'zeta', 'set'][n % 4]}-${environment}-${n}`;
      await insert({
        ...{ environment, name, purpose: 'Settles.', created_at: new Date(1_000_000 * (n % 5)) },
        ...(n % 3 === 0 && { status: 'pending' }),
      });
      expected.push(name);
    }
    for (const query of [`sort=${sort}`, `sort=${sort}&q=set`]) {
      let turn = 0;
      const visited = await all(`environment=${environment}&limit=5&${query}`, 'eve', async () => {
        turn += 1;
        await insert({ environment, name: `newcomer-${++made}`, purpose: 'Settles.', created_at: new Date(turn) });
        await room.superuser.query(
          `UPDATE muster.identities SET criticality = 'low', version = version + 1 WHERE environment = $1`,
          [environment],
        );
      });
      const known = visited.filter((name) => expected.includes(name));
      expect([...known].sort()).toEqual([...expected].sort());
      expect(new Set(visited).size).toBe(visited.length);
    }
  });

  it('visits each identity once in every order, however few rows a page may look at', async () => {
    const environment = newEnvironment();
    for (let n = 0; n < 30; n++)
      await insert({
        ...{ environment, name: `${'dbca'[n % 4]}-${environment}-${n}`, created_at: new Date(1_000 * (n % 7)) },
        ...{ purpose: n % 2 === 0 ? 'Rare one.' : 'Other.', status: n % 5 === 0 ? 'pending' : 'active' },
      });
    const arbitrary = fc.record({
      sort: fc.constantFrom(...SORTS),
      q: fc.constantFrom(undefined, 'rare', `b-${environment}`, 'a', 'one other'),
      status: fc.constantFrom(undefined, 'pending' as const),
      teamId: fc.constantFrom(undefined, room.teamId),
      limit: fc.integer({ min: 1, max: 8 }),
      firstWindow: fc.integer({ min: 1, max: 12 }),
      window: fc.integer({ min: 1, max: 12 }),
      collected: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ sort, q, status, teamId, limit, ...budget }) => {
        const filter = { environment, status, teamId, words: q === undefined ? undefined : wordsOf(q) };
        const of = (search: IdentitySearch, count: number) =>
          visit(search, { filter, sort, after: undefined, limit: count });
        expect(await of(new FrugalSearch(budget), limit)).toEqual(await of(new FrugalSearch(), 200));
      }),
      { numRuns: 60 },
    );
  });

  it('gives a page as far as it has come, where many meet the filter but none of those that come first', async () => {
    const environment = newEnvironment();
    for (let n = 0; n < 12; n++)
      await insert({
        environment,
        name: `${n < 6 ? 'a' : 'z'}-${environment}-${n}`,
        purpose: n < 6 ? 'One.' : 'Crowd.',
      });
    const search = new FrugalSearch({ firstWindow: 2, window: 1, collected: 3 });
    const filter = { environment, words: wordsOf('crowd') };
    const first = await search.list({ filter, sort: 'name', after: undefined, limit: 2 });
    expect(first.identities).toEqual([]);
    expect(first.next).toMatchObject(['name', expect.any(String), 0, expect.any(String), expect.any(String), 'broad']);
    expect(await visit(search, { filter, sort: 'name', after: undefined, limit: 2 })).toHaveLength(6);
  });

  it('orders by name from A to Z, by registration from the newest, by words from those that begin so', async () => {
    const environment = newEnvironment();
    for (const [name, day] of [
      ['beta-x', 1],
      ['alpha-x', 3],
      ['x-ray', 2],
    ] as const)
      await insert({ environment, name, created_at: new Date(day * DAY_MILLISECONDS), purpose: 'x-ray of things.' });
    expect(await all(`environment=${environment}&sort=name`)).toEqual(['alpha-x', 'beta-x', 'x-ray']);
    expect(await all(`environment=${environment}&sort=registeredAt`)).toEqual(['alpha-x', 'x-ray', 'beta-x']);
    expect(await all(`environment=${environment}&q=x-ray`)).toEqual(['x-ray', 'alpha-x', 'beta-x']);
    expect(await all(`environment=${environment}&q=x-ray&limit=1`)).toEqual(['x-ray', 'alpha-x', 'beta-x']);
    expect(await all(`environment=${environment}&sort=registeredAt&limit=1`)).toEqual(['alpha-x', 'x-ray', 'beta-x']);
  });

  it('takes a cursor for the query that it came from, and for no other', async () => {
    const environment = newEnvironment();
    for (let n = 0; n < 3; n++) await insert({ environment, name: `page-${environment}-${n}`, kind: 'bot' });
    const query = `environment=${environment}&sort=name&limit=1`;
    const { nextCursor } = await list(query);
    expect(namesOf(await list(`${query}&cursor=${nextCursor}`))).toEqual([`page-${environment}-1`]);
    expect(namesOf(await list(`${query.replace('limit=1', 'limit=2')}&cursor=${nextCursor}`))).toHaveLength(2);
    for (const other of [
      query.replace('sort=name', 'sort=registeredAt'),
      query.replace('&sort=name', ''),
      `${query}&kind=bot`,
      `${query}&q=page`,
      query.replace(environment, 'words'),
    ]) {
      const { status, body } = await get(`/v1/identities?${other}&cursor=${nextCursor}`);
      expect([other, status, body.code]).toEqual([other, 400, 'cursor_of_another_query']);
    }
  });

  it('does not take the cursor of another caller who said “me”', async () => {
    await insert({ name: 'for-me-1' });
    await insert({ name: 'for-me-2' });
    const { nextCursor } = await list('custodianId=me&limit=1', 'cora');
    const { body } = await get(`/v1/identities?custodianId=me&limit=1&cursor=${nextCursor}`, 'carl');
    expect(body.code).toBe('cursor_of_another_query');
  });

  it('refuses every forged cursor as one', async () => {
    const { nextCursor } = await list('sort=registeredAt&limit=1');
    const position = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as unknown[];
    const forged = (at: number, value: unknown) => position.map((part, place) => (place === at ? value : part));
    for (const wrong of [
      forged(0, 'handoverDueAt'),
      forged(1, '0'.repeat(16)),
      forged(2, 1),
      forged(2, -1),
      forged(2, 0.5),
      forged(3, 'yesterday'),
      forged(3, '99999999999999999'),
      forged(3, 7),
      forged(4, "mid_' OR true"),
      forged(4, ''),
      forged(5, 'narrow'),
      position.slice(0, 5),
      [...position, 1],
      {},
    ]) {
      const cursor = Buffer.from(JSON.stringify(wrong)).toString('base64url');
      const { status, body } = await get(`/v1/identities?sort=registeredAt&limit=1&cursor=${cursor}`);
      expect([wrong, status, body.code]).toEqual([wrong, 400, expect.stringMatching(/^cursor_/)]);
    }
  });
});

describe('counting', () => {
  it('counts what meets the filter by status, kind, environment, team, criticality and data class', async () => {
    const environment = newEnvironment();
    const teamId = await otherTeam();
    await insert({ environment, name: `${environment}-1`, data_classes: ['customer-information', 'pii'] });
    await insert({ environment, name: `${environment}-2`, status: 'pending', kind: 'workload', team_id: teamId });
    await insert({ environment, name: `${environment}-3`, criticality: 'low', data_classes: ['pii'] });
    const expected = {
      total: { count: 3 },
      status: [
        { value: 'active', count: 2 },
        { value: 'pending', count: 1 },
      ],
      kind: [
        { value: 'bot', count: 2 },
        { value: 'workload', count: 1 },
      ],
      environment: [{ value: environment, count: 3 }],
      team: [
        { value: room.teamId, count: 2 },
        { value: teamId, count: 1 },
      ],
      criticality: [
        { value: 'high', count: 2 },
        { value: 'low', count: 1 },
      ],
      dataClass: [
        { value: 'pii', count: 2 },
        { value: 'customer-information', count: 1 },
      ],
    };
    expect(await facets(`environment=${environment}`)).toEqual(expected);
    // By words nothing is kept: counted one by one, the same comes out.
    expect(await facets(`q=${environment}`)).toEqual(expected);
    expect((await facets(`environment=${environment}&criticality=high&dataClass=pii`)).total).toEqual({ count: 1 });
    expect((await facets(`environment=${environment}&teamId=${teamId}`)).status).toEqual([
      { value: 'pending', count: 1 },
    ]);
  });

  it('keeps its counts true through every change, put together or not', async () => {
    const environment = newEnvironment();
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push(await insert({ environment, name: `${environment}-${n}` }));
    await room.ask('POST', `/v1/identities/${ids[0]}/retirement`, { as: 'eve', body: { reason: 'Replaced.' } });
    await room.ask('POST', `/v1/identities/${ids[1]}/suspension`, { as: 'eve', body: { reason: 'A look.' } });
    const same = async () => {
      const { rows } = await room.superuser.query(
        `SELECT count(*) AS wrong FROM (
           SELECT status, kind, environment, criticality, privileged, data_classes, count(*) AS n FROM muster.identities
             GROUP BY 1, 2, 3, 4, 5, 6
           EXCEPT SELECT status, kind, environment, criticality, privileged, data_classes, sum(difference)
             FROM muster.identity_counts GROUP BY 1, 2, 3, 4, 5, 6) AS differing`,
      );
      expect(rows).toEqual([{ wrong: '0' }]);
      expect((await facets(`environment=${environment}`)).status).toEqual([
        { value: 'active', count: 2 },
        { value: 'retired', count: 1 },
        { value: 'suspended', count: 1 },
      ]);
    };
    await same();
    const rows = async () =>
      Number((await room.superuser.query<{ n: string }>('SELECT count(*) n FROM muster.identity_counts')).rows[0]!.n);
    const before = await rows();
    await room.superuser.query('SELECT muster.settle_identity_counts() FROM generate_series(1, 2)');
    expect(await rows()).toBeLessThan(before);
    await same();
    await new SearchJobs({ every: () => {} } as never, room.unitOfWork, new FacetsRepository()).settle();
    await same();
  });

  it('says where counting stopped', async () => {
    const environment = newEnvironment();
    await room.superuser.query(
      `INSERT INTO muster.identities (id, spiffe_id, name, kind, environment, team_id, purpose, criticality, data_classes,
         privileged, status, status_by, requested_by, authors, version, created_at, changed_at)
       SELECT 'mid_' || lpad(to_hex(n), 32, '0'), 'spiffe://muster.test/many/' || n, 'many-' || n, 'bot', $1, $2,
         'Many such.', 'low', '{}', false, 'pending', 'system:test', 'system:test', '{}', 1, now(), now()
       FROM generate_series(1, 2500) n`,
      [environment, room.teamId],
    );
    const { total, status, criticality } = await facets(`q=many`);
    expect([total, status, criticality]).toEqual([
      { count: 2001, atLeast: true },
      [{ value: 'pending', count: 2001, atLeast: true }],
      [{ value: 'low', count: 2001, atLeast: true }],
    ]);
    expect((await facets(`environment=${environment}`)).total).toEqual({ count: 2500 });
    const visited = await all('q=many&limit=200&sort=name');
    expect([visited.length, new Set(visited).size]).toEqual([2500, 2500]);
  });
});

describe('views', () => {
  const view = (changed: Readonly<Record<string, unknown>> = {}) => ({
    name: `Mine ${++made}`,
    query: { q: 'settle', status: 'active', custodianId: 'me', sort: 'name' },
    ...changed,
  });
  const keep = (body: unknown, as = 'cora') => room.ask('POST', '/v1/views', { as, body });
  const seenBy = async (as: string) => (await get('/v1/views?limit=200', as)).body.items.map(({ name }) => name);

  it('keeps a search for its owner, changes and removes it, each recorded once', async () => {
    let kept!: Answer;
    const created = await recordsBy(room, async () => (kept = await keep(view({ name: 'Mine' }))));
    expect([kept.status, kept.body]).toMatchObject([
      201,
      { name: 'Mine', ownerId: people.cora, teamId: null, version: 1 },
    ]);
    expect(created).toMatchObject([{ type: 'view.created', actor: people.cora, subject: kept.body.id }]);
    expect([await seenBy('cora'), await seenBy('carl')]).toEqual([expect.arrayContaining(['Mine']), []]);
    const url = `/v1/views/${kept.body.id}`;
    const change = () => room.ask('PATCH', url, { as: 'cora', version: 1, body: { name: 'Ours' } });
    expect(await recordsBy(room, change)).toMatchObject([{ type: 'view.changed', subject: kept.body.id }]);
    expect((await change()).body.code).toBe('version_conflict');
    const nothing = () => room.ask('PATCH', url, { as: 'cora', version: 2, body: { name: 'Ours' } });
    expect(await recordsBy(room, nothing)).toEqual([]);
    for (const [method, extra] of [
      ['PATCH', { version: 2, body: { name: 'Stolen' } }],
      ['DELETE', {}],
    ] as const)
      expect((await room.ask(method, url, { as: 'carl', ...extra })).body.code).toBe('view_not_found');
    const removal = () => room.ask('DELETE', url, { as: 'cora' });
    expect(await recordsBy(room, removal)).toMatchObject([{ type: 'view.removed', subject: kept.body.id }]);
    expect(await seenBy('cora')).not.toContain('Ours');
  });

  it('shares a view with a team that its owner belongs to, for as long as there is that team', async () => {
    const teamId = await otherTeam();
    expect((await keep(view({ teamId }))).body.code).toBe('not_in_team');
    await room.superuser.query('INSERT INTO muster.team_members SELECT $1, unnest($2::text[])', [
      teamId,
      [people.cora, people.carl],
    ]);
    const { body } = await keep(view({ name: 'Our team’s', teamId }));
    expect([await seenBy('carl'), await seenBy('dora')]).toEqual([['Our team’s'], []]);
    expect((await room.ask('DELETE', `/v1/views/${body.id}`, { as: 'carl' })).status).toBe(404);
    await room.superuser.query('DELETE FROM muster.teams WHERE id = $1', [teamId]);
    expect([await seenBy('carl'), (await seenBy('cora')).includes('Our team’s')]).toEqual([[], true]);
  });

  it.each([
    ['no name', { name: ' ' }],
    ['no search', { query: undefined }],
    ['a search by what is no filter', { query: { colour: 'red' } }],
    ['a page of a search', { query: { cursor: 'x' } }],
    ['a filter of another type', { query: { privileged: true } }],
    ['an unknown status', { query: { status: 'gone' } }],
    ['something beside it', { owner: 'me' }],
  ])('refuses %s', async (_what, changed) => {
    const { status, body } = await keep(view(changed));
    expect([status, body.code]).toEqual([400, 'request_invalid']);
  });

  it('gives one person one view of a name, and a hundred in all', async () => {
    await keep(view({ name: 'Twice' }), 'dora');
    expect((await keep(view({ name: 'twice' }), 'dora')).body.code).toBe('view_name_taken');
    expect((await keep(view({ name: 'Twice' }), 'carl')).status).toBe(201);
    for (let n = 0; n < 99; n++) await keep(view(), 'dora');
    expect((await keep(view(), 'dora')).body.code).toBe('views_full');
  });

  it('keeps what the list takes: the search runs as it was kept', async () => {
    const { body } = await keep(view());
    const { query } = body as unknown as { query: Record<string, string> };
    expect((await get(`/v1/identities?${new URLSearchParams(query).toString()}`, 'cora')).status).toBe(200);
  });
});

/** The real search, which may look at fewer rows. */
class FrugalSearch extends IdentitySearch {
  protected override readonly budget: Budget;

  constructor(budget: Partial<Budget> = {}) {
    super(room.unitOfWork, new SearchRepository(), new FacetsRepository(), room.clock);
    const plenty = {
      firstWindow: 5_000,
      collected: 5_000,
      window: 5_000,
      lookedUp: 5_000,
      counted: 1,
      countedByWords: 1,
    };
    this.budget = { ...plenty, patienceMilliseconds: 0, ...budget };
  }
}

async function visit(search: IdentitySearch, question: IdentityQuestion): Promise<string[]> {
  const names: string[] = [];
  for (let after = question.after, more = true; more;) {
    const { identities, next } = await search.list({ ...question, after });
    names.push(...identities.map(({ name }) => name));
    after = next;
    more = next !== undefined;
  }
  return names;
}

async function otherTeam(): Promise<Id<'team'>> {
  const { rows } = await room.superuser.query<{ id: Id<'team'> }>(
    `INSERT INTO muster.teams (id, name, version, created_at)
     SELECT 'tem_' || md5($1), $1, 1, now() RETURNING id`,
    [`team-${++made}`],
  );
  return rows[0]!.id;
}
