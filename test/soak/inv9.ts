import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Scene } from '../promises/cases/index.js';
import { quantile } from '../promises/cases/revocation-race.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import type { Visitor } from '../harness/visitor.js';
import { tell } from './figures.js';
import { load } from './inventory/load.js';

/** How many identities, about as many credentials, and how often each question is asked. */
const IDENTITIES = Number(process.env.SOAK_IDENTITIES ?? 1_000_000);
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 200);
const CUSTODIANS = 20;
/** What a person still takes for at once. */
const LIMIT_P99_MILLISECONDS = 1_000;

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor?: string | null;
}

let home: Home;
let service: ServiceProcess;
let scene: Scene;
let asker: Visitor;
let custodians: string[];
/** From all over the inventory. */
let some: readonly { readonly id: string; readonly name: string }[];
let cursors: string[];

beforeAll(async () => {
  home = await newHome();
  service = await ServiceProcess.start(home, {
    RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  });
  await service.ready();
  const administrator = await service.cast.administrator();
  scene = await Scene.open({ place: service, administrator, superuserUrl: await embeddedSuperuserUrl(home) });
  custodians = await Promise.all(Array.from({ length: CUSTODIANS }, async () => (await scene.person('custodian')).id));
  const authorityId = (await scene.revocationList()).replace(/\.crl$/, '');
  const startedAt = performance.now();
  await load(scene.superuser, { custodians, teamId: scene.team.id, authorityId }, IDENTITIES);
  tell('inv9', 'load', [['duration_s', (performance.now() - startedAt) / 1000, 's']]);
  asker = scene.auditor.visitor;
  some = await sampled();
  cursors = await cursorsFrom(asker);
});
afterAll(async () => {
  await scene?.close();
  await service?.stop();
  await home?.remove();
});

async function sampled(): Promise<typeof some> {
  const { rows } = await scene.superuser.query<{ id: string; name: string }>(
    'SELECT id, name FROM muster.identities TABLESAMPLE SYSTEM (1) ORDER BY md5(id) LIMIT $1',
    [ROUNDS],
  );
  return rows;
}

/** Where ten pages in a row end. */
async function cursorsFrom(visitor: Visitor): Promise<string[]> {
  const found: string[] = [];
  for (let page = 0; page < 10; page += 1) {
    const after = found.length === 0 ? '' : `&cursor=${encodeURIComponent(found.at(-1)!)}`;
    const { nextCursor } = await visitor.get<Page>(`/v1/identities?limit=100${after}`);
    if (nextCursor) found.push(nextCursor);
  }
  return found;
}

const any = <Thing>(things: readonly Thing[], round: number): Thing => things[round % things.length]!;
/** A line for each question: what it is called, and its path in a round. */
const QUESTIONS: readonly (readonly [name: string, path: (round: number) => string])[] = [
  ['list, first page', () => '/v1/identities?limit=100'],
  ['list, a later page', (round) => `/v1/identities?limit=100&cursor=${encodeURIComponent(any(cursors, round))}`],
  ['filter, status', () => '/v1/identities?status=suspended&limit=100'],
  ['filter, kind and environment', () => '/v1/identities?kind=bot&environment=production&limit=100'],
  ['filter, custodian', (round) => `/v1/identities?custodianId=${any(custodians, round)}&limit=100`],
  ['filter, criticality and data class', () => '/v1/identities?criticality=critical&dataClass=pii&limit=100'],
  ['search, one of them', (round) => `/v1/identities?q=${any(some, round).name}&limit=100`],
  ['search, an eighth of all', () => '/v1/identities?q=payments&limit=100'],
  ['search, words that few hold together', () => '/v1/identities?q=payments%20bot%20777&limit=100'],
  [
    'search, many by words and none by filters',
    () => '/v1/identities?q=payments&kind=workload&status=suspended&limit=100',
  ],
  ['search, many that come last', () => '/v1/identities?q=settlement&sort=name&limit=100'],
  ['search, a short beginning', () => '/v1/identities?q=pa&limit=100'],
  ['order, the newest first', () => '/v1/identities?sort=registeredAt&limit=100'],
  ['order, the first hand-over first', () => '/v1/identities?sort=handoverDueAt&limit=100'],
  ['filter, active and yet refused', () => '/v1/identities?status=active&standing=refused&limit=100'],
  ['counts', () => '/v1/identities/facets'],
  ['counts, filtered', () => '/v1/identities/facets?environment=production&criticality=critical'],
  ['counts, by words', () => '/v1/identities/facets?q=payments'],
  ['timeline', (round) => `/v1/identities/${any(some, round).id}/timeline`],
  ['reach', (round) => `/v1/identities/${any(some, round).id}/reach`],
  ['read', (round) => `/v1/identities/${any(some, round).id}`],
  ['ledger, valid now', () => '/v1/ledger?limit=100'],
  ['ledger, an identity', (round) => `/v1/ledger?identityId=${any(some, round).id}&state=all&limit=100`],
  ['ledger, a custodian', (round) => `/v1/ledger?custodianId=${any(custodians, round)}&limit=100`],
  ['ledger, valid an hour ago', () => `/v1/ledger?validAt=${anHourAgo()}&limit=100`],
];

function anHourAgo(): string {
  return new Date(Date.now() - 3_600_000).toISOString();
}

it.each(QUESTIONS)(`answers within a second among ${IDENTITIES} identities: %s (INV-9)`, async (name, path) => {
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const askedAt = performance.now();
    const { status } = await asker.call('GET', path(round));
    taken.push(performance.now() - askedAt);
    expect(status).toBe(200);
  }
  tell('inv9', name, [
    ['identities', IDENTITIES, '1'],
    ['p50_ms', quantile(taken, 0.5), 'ms'],
    ['p99_ms', quantile(taken, 0.99), 'ms'],
  ]);
  expect(quantile(taken, 0.99)).toBeLessThan(LIMIT_P99_MILLISECONDS);
});
