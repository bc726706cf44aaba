import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { SignedIn } from '../harness/cast.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { newHome, ServiceProcess } from '../harness/service-process.js';
import type { Visitor } from '../harness/visitor.js';
import { load } from '../soak/inventory/load.js';
import { percentile } from './closed-loop.js';
import { type Figures, figure } from './figures.js';
import { runningIn } from './installation.js';
import type { Options } from './options.js';
import { cpuSecondsOf } from './processes.js';

const ENVIRONMENT = {
  NODE_ENV: 'production',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};
const GRANTS = 3;
const SIGNED_IN_AT_ONCE = 8;
const READERS = 4;
const READS = 400;
/** How many items each custodian decides, all custodians at once. */
const DECIDED = 5;
const DAY_MILLISECONDS = 86_400_000;
const KILOBYTES_PER_MEGABYTE = 1e6 / 1024;

/**
 * A review of a large inventory: how long it takes to freeze, in how much memory; how fast its tables are read; and whether
 * anything is lost when every custodian decides and signs at the same time.
 */
export async function benchReviews(options: Options, figures: Figures): Promise<void> {
  const home = await newHome();
  const service = await ServiceProcess.start(home, ENVIRONMENT);
  let superuser: Client | undefined;
  try {
    await service.ready();
    superuser = new Client({ connectionString: await embeddedSuperuserUrl(home) });
    await superuser.connect();
    const house = await furnish(service, superuser, options);
    const postmasterPid = await postmasterOf(superuser);
    const campaignId = await benchStaging(service, postmasterPid, house, figures);
    await benchReading(house, campaignId, superuser, figures);
    await benchDeciding(house, campaignId, superuser, figures);
  } finally {
    await superuser?.end();
    await service.stop();
    await home.remove();
  }
}

interface House {
  readonly analyst: SignedIn;
  readonly managementId: string;
  readonly custodians: readonly SignedIn[];
}

/** So many custodians who signed in, and identities, each with a certificate and three grants, one of them unused. */
async function furnish(
  { cast }: ServiceProcess,
  superuser: Client,
  { identities, custodians: count }: Options,
): Promise<House> {
  const administrator = await cast.administrator();
  const analyst = await cast.signInAs('analyst');
  const custodians: SignedIn[] = [];
  await together(SIGNED_IN_AT_ONCE, Array.from({ length: count }), async () => {
    custodians.push(await cast.signInAs('custodian'));
  });
  const team = await administrator.visitor.post<{ id: string }>('/v1/teams', { name: 'payments' });
  const { items } = await analyst.visitor.get<{ items: { id: string; kind: string }[] }>('/v1/authorities');
  const authorityId = items.find(({ kind }) => kind === 'issuing')!.id;
  await load(superuser, { custodians: custodians.map(({ id }) => id), teamId: team.id, authorityId }, identities);
  await superuser.query(
    `INSERT INTO muster.grants (id, identity_id, target, scope, purpose, added_by, added_at, last_used_at)
     SELECT 'grt_0190' || substr(md5(i.id || n), 1, 8) || '7' || substr(md5(i.id || n), 9, 19), i.id, 'ledger', 'scope-' || n,
       'Books what is settled.', 'system:bench', now() - interval '200 days', CASE WHEN n > 1 THEN now() - interval '3 days' END
     FROM muster.identities i, generate_series(1, ${GRANTS}) AS n`,
  );
  await superuser.query('VACUUM ANALYZE muster.grants');
  return { analyst, managementId: administrator.id, custodians };
}

async function postmasterOf(superuser: Client): Promise<number> {
  const { rows } = await superuser.query<{ data_directory: string }>('SHOW data_directory');
  return runningIn(rows[0]!.data_directory).postmasterPid;
}

/** Begins a review of everything and waits until it is open. */
async function benchStaging(
  { pid }: ServiceProcess,
  postmasterPid: number,
  { analyst: { visitor }, managementId }: House,
  figures: Figures,
): Promise<string> {
  const dueAt = new Date(Date.now() + 14 * DAY_MILLISECONDS).toISOString();
  const before = residentOf(pid);
  let most = before;
  const cpuSeconds = () => cpuSecondsOf(pid).all + cpuSecondsOf(postmasterPid).all;
  const cpuBefore = cpuSeconds();
  const startedAt = performance.now();
  const { id } = await visitor.post<{ id: string }>('/v1/review-campaigns', {
    ...{ name: 'Everything', scope: {}, dueAt, managementId },
  });
  const read = () => visitor.get<{ state: string; population: number }>(`/v1/review-campaigns/${id}`);
  let campaign = await read();
  while (campaign.state === 'staging') {
    await sleep(100);
    most = Math.max(most, residentOf(pid));
    campaign = await read();
  }
  figures.print('staging', [
    figure('population', campaign.population, '1'),
    figure('staging_s', (performance.now() - startedAt) / 1000, 's'),
    figure('staging_cpu_s', cpuSeconds() - cpuBefore, 's'),
    figure('rss_before_mb', before, 'MB'),
    figure('rss_mb', most, 'MB'),
  ]);
  return id;
}

/** Each table of a review, read again and again by several at once. */
async function benchReading(
  { analyst, custodians }: House,
  campaignId: string,
  superuser: Client,
  figures: Figures,
): Promise<void> {
  await superuser.query('ANALYZE muster.review_items');
  const { rows } = await superuser.query<{ name: string }>(
    'SELECT name FROM muster.review_items WHERE campaign_id = $1 ORDER BY md5(id) LIMIT 1',
    [campaignId],
  );
  const { visitor: watching } = analyst;
  const { visitor: deciding } = custodians[0]!;
  const items = `/v1/review-items?campaignId=${campaignId}`;
  const tables: readonly (readonly [string, Visitor, string])[] = [
    ['campaigns', watching, '/v1/review-campaigns'],
    ['campaign', watching, `/v1/review-campaigns/${campaignId}`],
    ['progress by custodian', watching, `/v1/review-campaigns/${campaignId}/custodians`],
    ['queue of a custodian', deciding, '/v1/review-items?reviewer=me&state=open'],
    ['what waits for a custodian', deciding, '/v1/review-queue'],
    ['items', watching, items],
    ['items by name', watching, `${items}&sort=name`],
    ['items by last use', watching, `${items}&sort=last-used&state=open`],
    ['items by unused grants', watching, `${items}&sort=unused-grants`],
    ['items decided', watching, `${items}&state=submitted`],
    ['search, many', watching, `${items}&q=payments`],
    ['search, one', watching, `${items}&q=${rows[0]!.name}`],
    ['search, none', watching, `${items}&q=nowhere`],
  ];
  for (const [name, visitor, path] of tables) {
    const taken: number[] = [];
    await together(READERS, Array.from({ length: READS }), async () => {
      const at = performance.now();
      await visitor.get(path);
      taken.push(performance.now() - at);
    });
    taken.sort((one, other) => one - other);
    figures.print(name, [
      figure('p50_ms', percentile(taken, 0.5), 'ms'),
      figure('p99_ms', percentile(taken, 0.99), 'ms'),
    ]);
  }
}

/** Every custodian reads, decides and signs, all of them at once; afterwards nothing may be missing. */
async function benchDeciding(
  { custodians }: House,
  campaignId: string,
  superuser: Client,
  figures: Figures,
): Promise<void> {
  const taken: number[] = [];
  const failures: string[] = [];
  const startedAt = performance.now();
  await Promise.all(
    custodians.map(({ visitor }) =>
      decideAndSign(visitor, campaignId, taken).catch((error: unknown) => failures.push(String(error))),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  taken.sort((one, other) => one - other);
  const { rows } = await superuser.query<{ submitted: string; told: string }>(
    `SELECT (SELECT count(*) FROM muster.review_items WHERE campaign_id = $1 AND state = 'submitted') AS submitted,
       (SELECT coalesce(sum(jsonb_array_length(i.images::jsonb -> 1 -> 'decisions')), 0) FROM audit.records r
        JOIN audit.images i USING (n) WHERE r.leaf::jsonb ->> 'type' = 'review.submitted') AS told`,
    [campaignId],
  );
  const expected = (custodians.length - failures.length) * DECIDED;
  if (failures.length > 0)
    process.stderr.write(`${failures.length} could not decide, the first with: ${failures[0]}\n`);
  figures.print(`${custodians.length} custodians at once`, [
    figure('decisions', Number(rows[0]!.submitted), '1'),
    figure('lost', Math.abs(expected - Number(rows[0]!.submitted)) + Math.abs(expected - Number(rows[0]!.told)), '1'),
    figure('failed', failures.length, '1'),
    figure('deciding_s', seconds, 's'),
    figure('decision_p50_ms', percentile(taken, 0.5), 'ms'),
    figure('decision_p99_ms', percentile(taken, 0.99), 'ms'),
  ]);
  process.exitCode = failures.length === 0 && expected === Number(rows[0]!.submitted) ? 0 : 1;
}

async function decideAndSign(visitor: Visitor, campaignId: string, taken: number[]): Promise<void> {
  const list = `/v1/review-items?reviewer=me&state=open&campaignId=${campaignId}&limit=${DECIDED}`;
  const { items } = await visitor.get<{ items: { id: string }[] }>(list);
  for (const { id } of items) {
    const at = performance.now();
    await visitor.get(`/v1/review-items/${id}`);
    const { status, bytes } = await visitor.call('PUT', `/v1/review-items/${id}/decision`, { decision: 'keep' });
    if (status !== 200) throw new Error(`A decision was answered ${status}: ${bytes.toString('utf8')}`);
    taken.push(performance.now() - at);
  }
  const submission = `/v1/review-campaigns/${campaignId}/submission`;
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(submission);
  await visitor.post(`${submission}s`, { digest, count });
}

/** Does the work for each, so many at a time. */
async function together<Item>(many: number, all: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = all.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: many }, worker));
}

/** Resident memory of one process, MB. */
function residentOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / KILOBYTES_PER_MEGABYTE;
}
