import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { type Answer, openRoom, type Room } from './room.js';

/** Finding identities by what they are called, what they are for and how they stand; and counting them. */

let room: Room;
let people: Record<'ada' | 'eve' | 'cora' | 'carl', Id<'person'>>;

beforeAll(async () => {
  room = await openRoom();
  people = {
    ada: await room.person('ada', 'administrator'),
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const get = (url: string, as = 'eve'): Promise<Answer> => room.ask('GET', url, { as });

describe('facets', () => {
  it('counts', async () => {
    const { status, body } = await get('/v1/identities/facets');
    expect([status, body]).toEqual([200, expect.anything()]);
    expect((await get('/v1/identities/facets?q=settle')).status).toBe(200);
    expect((await get('/v1/identities/facets?criticality=high')).status).toBe(200);
    for (const sort of ['match', 'name', 'registeredAt', 'handoverDueAt'])
      for (const query of [
        '',
        'q=set',
        'q=s',
        'needs=me',
        'standing=refused',
        'standing=issues',
        'orderEntry=false',
        'q=mid_0',
      ])
        expect([query, (await get(`/v1/identities?sort=${sort}&${query}`)).status]).toEqual([query, 200]);
  });
});

describe('timeline', () => {
  it('tells', async () => {
    const made = await room.ask('POST', '/v1/identities', {
      as: 'eve',
      body: { name: 'tell-tale', kind: 'bot', environment: 'test', teamId: room.teamId, purpose: 'Tells.', primaryCustodianId: people.cora, backupCustodianId: people.carl },
    });
    const { status, body } = await get(`/v1/identities/${made.body.id}/timeline`);
    expect([status, body]).toEqual([200, expect.anything()]);
    console.log(JSON.stringify(body), JSON.stringify((await get(`/v1/identities/${made.body.id}/reach`)).body));
  });
});
