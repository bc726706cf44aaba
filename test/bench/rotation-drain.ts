import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { newHome, ServiceProcess } from '../harness/service-process.js';
import { RotatingServer } from '../rotation/server.js';
import { load } from '../soak/inventory/load.js';
import { type Figures, figure } from './figures.js';
import { profiling } from './installation.js';
import type { Options } from './options.js';
import { cpuSecondsOf, memoryOf } from './processes.js';

const LOOK_MILLISECONDS = 1_000;

/**
 * How fast pairs of roles on one PostgreSQL rotate that are all due at once, each watched for a second and used by nobody:
 * begun, made, proved, withdrawn and seen dead by the service as its users start it. What is not over after so many seconds is
 * told as such: all were due, and the rate is of those that finished.
 */
export async function benchDrain({ due, drainSeconds, profiles }: Options, figures: Figures): Promise<void> {
  const home = await newHome();
  const environment = { NODE_ENV: 'production', ...(profiles && profiling(profiles)) };
  const service = await ServiceProcess.start(home, environment);
  let superuser: Client | undefined;
  let server: RotatingServer | undefined;
  try {
    await service.ready();
    server = await RotatingServer.start();
    superuser = new Client({ connectionString: await embeddedSuperuserUrl(home) });
    await superuser.connect();
    await furnish(service, superuser, server, due);
    const postmaster = Number(
      (await readFile(path.join(home.data, 'postgresql/postmaster.pid'), 'utf8')).split('\n')[0],
    );
    const target = await postmasterOf(server);
    const before = [service.pid, postmaster, target].map((pid) => cpuSecondsOf(pid).all);
    const startedAt = performance.now();
    if (profiles !== undefined) process.kill(service.pid, 'SIGUSR2');
    await superuser.query('UPDATE muster.rotations SET next_due_at = now()');
    let [peak, finished] = [0, 0];
    while (finished < due && (performance.now() - startedAt) / 1000 < drainSeconds) {
      await sleep(LOOK_MILLISECONDS);
      finished = await countOf(superuser, `state = 'finished'`);
      peak = Math.max(peak, memoryOf(service.pid).rssMegabytes);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const after = [service.pid, postmaster, target].map((pid) => cpuSecondsOf(pid).all);
    const [own, database, targets] = after.map((cpu, index) => ((cpu - before[index]!) / finished) * 1000);
    figures.print(`${due} due at once`, [
      figure('finished', finished, 'rotations'),
      figure('stuck', await countOf(superuser, `state = 'stuck'`), 'rotations'),
      figure('tried_again', await countOf(superuser, TRIED_AGAIN), 'rotations'),
      figure('drained_s', seconds, 's'),
      figure('rotations_per_s', finished / seconds, '1/s'),
      figure('service_cpu_s_per_1000', own!, 's/1000'),
      figure('postgresql_cpu_s_per_1000', database!, 's/1000'),
      figure('target_cpu_s_per_1000', targets!, 's/1000'),
      figure('rss_mb', peak, 'MB'),
    ]);
  } finally {
    await superuser?.end();
    await service.stop();
    await server?.stop();
    await home.remove();
  }
}

const TRIED_AGAIN = `attempts > 0 OR EXISTS (
  SELECT FROM muster.rotation_steps s WHERE s.run_id = rotation_runs.id AND s.attempts > 0)`;

async function countOf(superuser: Client, condition: string): Promise<number> {
  const { rows } = await superuser.query<{ count: string }>(
    `SELECT count(*) FROM muster.rotation_runs WHERE ${condition}`,
  );
  return Number(rows[0]!.count);
}

async function postmasterOf({ superuser }: RotatingServer): Promise<number> {
  const { rows } = await superuser.query<{ file: string }>(`SELECT pg_read_file('postmaster.pid') AS file`);
  return Number(rows[0]!.file.split('\n')[0]);
}

/** An active identity, its pair of roles and their rotation, so many times; nothing is due. */
async function furnish(service: ServiceProcess, superuser: Client, server: RotatingServer, due: number) {
  const { id: administrator, visitor } = await service.cast.administrator();
  const { id: other } = await service.cast.signInAs('custodian');
  const engineer = await service.cast.signInAs('platform-engineer');
  const team = await engineer.visitor.post<{ id: string }>('/v1/teams', { name: 'bench' });
  const target = await visitor.post<{ id: string }>('/v1/targets', {
    ...{ name: 'bench', kind: 'postgresql', url: server.superuserUrl, ownerId: administrator },
    privateNetwork: { reason: 'The bench runs it on loopback.' },
  });
  await server.superuser.query(
    `DO $$ BEGIN FOR n IN 1..${due} LOOP
       EXECUTE format('CREATE ROLE blue_%s LOGIN', n); EXECUTE format('CREATE ROLE green_%s NOLOGIN', n);
       -- Each is a lock until then.
       IF n % 500 = 0 THEN COMMIT; END IF;
     END LOOP; END $$`,
  );
  const { rows } = await superuser.query<{ id: string }>(`SELECT id FROM muster.authorities WHERE kind = 'issuing'`);
  await load(superuser, { custodians: [administrator, other], teamId: team.id, authorityId: rows[0]!.id }, due);
  await superuser.query('SET session_replication_role = replica');
  await superuser.query(`UPDATE muster.identities SET status = 'active' WHERE requested_by = 'system:soak'`);
  await superuser.query(
    `INSERT INTO muster.target_accounts (id, target_id, identity_id, account, added_by, added_at)
     SELECT 'acc_' || md5(color || i.id), $1, i.id, color || '_' || i.n, 'system:bench', now()
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM muster.identities WHERE requested_by = 'system:soak') AS i,
       unnest(ARRAY['blue', 'green']) AS color`,
    [target.id],
  );
  await superuser.query(
    `INSERT INTO muster.rotations (id, name, identity_id, target_id, accounts, schedule, pair, calendar_ids, observe_seconds,
       consumer_deadline_seconds, status, next_due_at, version, created_by, created_at, changed_at)
     SELECT 'rot_' || substr(i.id, 5), 'rotation of ' || i.name, i.id, $1, ARRAY['blue_' || i.n, 'green_' || i.n],
       '{"cron": "* * 1 1 *", "zone": "UTC", "windowMinutes": 60, "jitterMinutes": 0, "maximumAgeDays": 30}'::jsonb, NULL, '{}',
       1, 604800, 'active', now() + interval '1 day', 1, 'system:bench', now() - interval '40 days', now()
     FROM (SELECT id, name, row_number() OVER (ORDER BY id) AS n FROM muster.identities WHERE requested_by = 'system:soak') AS i`,
    [target.id],
  );
  await superuser.query('RESET session_replication_role');
  await superuser.query('ANALYZE muster.rotations; ANALYZE muster.target_accounts');
}
