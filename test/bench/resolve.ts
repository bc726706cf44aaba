import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from 'pg';
import type { CredentialSeen } from '../../src/discovery/domain/observation.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { answersOf } from '../../src/discovery/domain/resolution/registry.js';
import { credentialThing, type Thing } from '../../src/discovery/domain/resolution/thing.js';
import { askedFor, resolve, type Verdict } from '../../src/discovery/domain/resolution/verdict.js';
import { RegistryRepository } from '../../src/discovery/intake/registry.repository.js';
import { UnitOfWork } from '../../src/platform/index.js';
import { judged } from '../discovery/judged-firm.js';
import { plantFirm } from '../discovery/planted-firm.js';
import { openDataSource } from '../harness/data-source.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { newHome, ServiceProcess } from '../harness/service-process.js';
import { type Figures, figure } from './figures.js';
import type { Options } from './options.js';
import { benchPush } from './push.js';
import { cpuSecondsOf } from './processes.js';

/** Identities of a planted firm. */
const FIRM = 20_000;
const FINDINGS = 100_000;
const AT_ONCE = 2_000;
const HOLDERS = 200_000;
const SMALL = 10_000;
const NOBODY: ReadonlyMap<string, readonly (readonly string[])[]> = new Map();

/**
 * How long it takes to say what 100,000 findings are where so many credentials are registered: merging, looking up on a real
 * database, and judging; and how memory grows with it. What scanning and storing take is no part of it.
 */
export async function benchResolve(options: Options, figures: Figures): Promise<void> {
  judgeFirm(figures);
  const home = await newHome();
  const service = await ServiceProcess.start(home, { NODE_ENV: 'production', MUSTER_ROLES: 'api,migrate' });
  let superuser: Client | undefined;
  try {
    await service.ready();
    const url = await embeddedSuperuserUrl(home);
    superuser = new Client({ connectionString: url });
    await superuser.connect();
    await furnish(superuser, options.identities);
    await measure(url, options.identities, figures);
    await superuser.end();
    superuser = undefined;
    await service.stop();
    await benchPush(home, options.identities, figures);
  } finally {
    await superuser?.end();
    await service.stop();
    await home.remove();
  }
}

/** A firm that was made up by what knows neither rules nor resolver: how much of it is told as it was planted. */
function judgeFirm(figures: Figures): void {
  const firm = plantFirm(23, FIRM);
  const startedAt = performance.now();
  const { things, split, merged, lost, wrong } = judged(firm);
  figures.print(`planted firm of ${FIRM}`, [
    figure('things', things, 'things'),
    figure(
      'sightings',
      firm.things.reduce((sum, { seen }) => sum + seen.length, 0),
      'sightings',
    ),
    figure('split', split, 'things'),
    figure('merged', merged, 'things'),
    figure('registered_lost', lost, 'credentials'),
    figure('verdict_and_identity_exact', 1 - wrong / things, '1'),
    figure('judged_s', (performance.now() - startedAt) / 1000, 's'),
  ]);
}

/** Six in ten are keys, one a certificate, three are names; so that findings can be made up for them, each is made of its number. */
async function furnish(superuser: Client, registered: number): Promise<void> {
  await superuser.query('SET session_replication_role = replica');
  await superuser.query(
    `INSERT INTO muster.identities (id, spiffe_id, name, kind, environment, team_id, purpose, criticality, data_classes,
       privileged, status, status_by, requested_by, authors, version, created_at, changed_at)
     SELECT 'mid_' || lpad(to_hex(n), 32, '0'), 'spiffe://firm.example/bot-' || n, 'bot-' || n, 'bot', 'production',
       'tem_' || repeat('0', 32), 'Settles.', 'low', '{}', false, 'active', 'system:bench', 'system:bench', '{}', 1, now(), now()
     FROM generate_series(1, $1::integer) AS n`,
    [HOLDERS],
  );
  await superuser.query(
    `INSERT INTO muster.credentials (id, kind, identity_id, system, fingerprint, fingerprint_key_id, registered_by, not_before, expires_at)
     SELECT 'key_' || lpad(to_hex(n), 32, '0'), 'registered-key', 'mid_' || lpad(to_hex(1 + n % ${HOLDERS}), 32, '0'), 'vendor',
       sha256(('key ' || n)::bytea), 'k', 'system:bench', now(), 'infinity'
     FROM generate_series(1, $1::integer) AS n WHERE n % 10 < 6`,
    [registered],
  );
  await superuser.query(
    `INSERT INTO muster.credentials (id, kind, identity_id, profile, authority_id, serial_number, spki_sha256, tbs_sha256, not_before, expires_at)
     SELECT 'crt_' || lpad(to_hex(n), 32, '0'), 'certificate', 'mid_' || lpad(to_hex(1 + n % ${HOLDERS}), 32, '0'), 'workload',
       'aut_' || repeat('0', 32), lpad(to_hex(n), 16, '0'), sha256(('key ' || n)::bytea), sha256('tbs'), now(), now() + interval '1 day'
     FROM generate_series(1, $1::integer) AS n WHERE n % 10 = 6`,
    [registered],
  );
  await superuser.query(
    `INSERT INTO muster.identity_aliases (id, identity_id, identifier, system, added_by, added_at)
     SELECT 'als_' || lpad(to_hex(n), 32, '0'), 'mid_' || lpad(to_hex(1 + n % ${HOLDERS}), 32, '0'),
       'aws:029608264753:user/bot-' || n, 'aws:029608264753', 'system:bench', now()
     FROM generate_series(1, $1::integer) AS n WHERE n % 10 > 6`,
    [registered],
  );
  await superuser.query('RESET session_replication_role');
  for (const table of ['identities', 'credentials', 'identity_aliases'])
    await superuser.query(`VACUUM ANALYZE muster.${table}`);
}

async function measure(url: string, registered: number, figures: Figures): Promise<void> {
  const dataSource = await openDataSource(url);
  const unitOfWork = new UnitOfWork(dataSource);
  const registry = new RegistryRepository();
  const counts: Partial<Record<Verdict, number>> = {};
  const run = async (from: number, to: number): Promise<number> => {
    const startedAt = performance.now();
    for (let first = from; first < to; first += AT_ONCE) {
      const merging = new Merging();
      merging.take(Array.from({ length: AT_ONCE }, (_, index) => thingOf(first + index, registered)));
      const things = merging.all();
      const names = [...new Set(things.flatMap((thing) => [...askedFor(thing, NOBODY)]))];
      const answers = answersOf(await unitOfWork.read((tx) => registry.lookUp(tx, names)));
      for (const thing of things) {
        const { verdict } = resolve(thing, { exposed: 1, places: 1 }, { registry: answers, holders: NOBODY });
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
    }
    return (performance.now() - startedAt) / 1000;
  };
  try {
    const warmUp = await run(0, SMALL);
    const before = process.memoryUsage.rss();
    for (const verdict of Object.keys(counts) as Verdict[]) delete counts[verdict];
    const backend = await unitOfWork.readOne((tx) => tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'));
    const server = cpuSecondsOf(backend[0]!.pid).own;
    const heapBefore = heapLeft();
    const cpu = process.cpuUsage();
    const first = await run(0, FINDINGS / 2);
    const halfway = process.memoryUsage.rss();
    const seconds = first + (await run(FINDINGS / 2, FINDINGS));
    const { user, system } = process.cpuUsage(cpu);
    const serverSeconds = cpuSecondsOf(backend[0]!.pid).own - server;
    figures.print(`${registered} registered`, [
      figure('findings', FINDINGS, 'findings'),
      figure('resolve_s', seconds, 's'),
      figure('findings_per_s', FINDINGS / seconds, '1/s'),
      figure('first_10000_s', warmUp, 's'),
      figure('node_cpu_s', (user + system) / 1e6, 's'),
      figure('postgresql_cpu_s', serverSeconds, 's'),
      figure('load_average_1min', loadavg()[0]!, '1'),
      figure('rss_before_mib', before / 2 ** 20, 'MiB'),
      figure('rss_halfway_mib', halfway / 2 ** 20, 'MiB'),
      figure('rss_after_mib', process.memoryUsage.rss() / 2 ** 20, 'MiB'),
      figure('heap_before_mib', heapBefore / 2 ** 20, 'MiB'),
      figure('heap_after_mib', heapLeft() / 2 ** 20, 'MiB'),
      ...Object.entries(counts).map(([verdict, count]) => figure(verdict, count, 'findings')),
    ]);
  } finally {
    await dataSource.destroy();
  }
}

/** What is left once everything is collected that nobody needs: resident memory grows as far as V8 lets it. */
function heapLeft(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Seven in ten are somebody's, one in ten of an account that nobody registered, the rest says nothing. */
function thingOf(number: number, registered: number): Thing {
  const of = 1 + ((number * 7_919) % registered);
  const isOurs = number % 10 < 7;
  const digest = createHash('sha256')
    .update(`key ${isOurs ? of : -number}`)
    .digest('hex');
  const isPair = isOurs && of % 10 === 6;
  const name = `aws:029608264753:user/bot-${isOurs ? of : -number}`;
  return credentialThing({
    ...SEEN,
    fingerprint: isPair
      ? null
      : isOurs && of % 10 > 6
        ? createHash('sha256').update(`shadow ${number}`).digest('hex')
        : digest,
    publicKey: isPair ? digest : null,
    keyIds: [`aws-key:AKIA${number}`],
    holders: (isOurs && of % 10 > 6) || number % 10 === 7 ? [name] : [],
  });
}

const SEEN: Omit<CredentialSeen, 'digest'> = {
  ...{
    kind: 'credential',
    rule: 'vendor-token',
    vendor: 'Vendor',
    name: 'token',
    secretKind: 'token',
    basis: 'documented',
  },
  ...{ band: 'high', because: ['Its form is the one that its vendor documents.'], guessable: false, lastFour: 'a1b2' },
  ...{ publicKey: null, keyIds: [], serials: [], clues: [], holders: [], suppressed: null },
  place: { path: 'deploy/values.yaml', line: 1, within: [], commit: null, commitCount: 0, unreachable: false },
};
