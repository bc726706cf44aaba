import 'reflect-metadata';
import { Client } from 'pg';
import { Audit } from '../../src/audit/index.js';
import { Ids, type Jobs, SystemClock, UnitOfWork } from '../../src/platform/index.js';
import { CalendarsRepository } from '../../src/rotation/calendars/calendars.repository.js';
import { Freezes } from '../../src/rotation/calendars/freezes.js';
import { PlanRepository } from '../../src/rotation/plan/plan.repository.js';
import { Plans } from '../../src/rotation/plan/plan.service.js';
import { RotationsRepository } from '../../src/rotation/rotations/rotations.repository.js';
import { RunBatches } from '../../src/rotation/runs/run-batches.js';
import { BeginJobs } from '../../src/rotation/schedules/begin.jobs.js';
import { Members } from '../../src/rotation/schedules/members.js';
import { SchedulesRepository } from '../../src/rotation/schedules/schedules.repository.js';
import { openDataSource } from '../harness/data-source.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { newHome, ServiceProcess } from '../harness/service-process.js';
import { filling, loadIdentities } from '../soak/inventory/load.js';
import { percentile } from './closed-loop.js';
import { type Figures, figure } from './figures.js';
import type { Options } from './options.js';
import { benchDrain } from './rotation-drain.js';

/** Ten times as many each time, from so many up to as many as are asked for. */
const FEWEST = 1_000;
const TIMES = 10;
const TICKS = 10;
/** Of a million that rotate once a day each, what is due in the five seconds between two looks. */
const DUE_A_TICK = 58;
const BURST = 10_000;
const CALENDAR = `cal_${'0'.repeat(32)}`;

/**
 * How fast what is due rotates; then how long the scheduler takes to look what is due and to begin it, and how that grows with
 * what is scheduled.
 */
export async function benchRotation(options: Options, figures: Figures): Promise<void> {
  if (options.due > 0) await benchDrain(options, figures);
  await benchTicks(options.identities, figures);
}

async function benchTicks(most: number, figures: Figures): Promise<void> {
  const home = await newHome();
  const service = await ServiceProcess.start(home, { NODE_ENV: 'production', MUSTER_ROLES: 'api,migrate' });
  let superuser: Client | undefined;
  try {
    await service.ready();
    const url = await embeddedSuperuserUrl(home);
    superuser = new Client({ connectionString: url });
    await superuser.connect();
    await freeze(superuser);
    const ticks: Ticks[] = [];
    for (let scheduled = FEWEST, before = 0; scheduled <= most; before = scheduled, scheduled *= TIMES) {
      await schedule(superuser, before + 1, scheduled);
      ticks.push(await measure(superuser, url, scheduled, figures));
    }
    const [least, greatest] = [ticks[0]!, ticks.at(-1)!];
    figures.print('growth', [
      figure('scheduled_growth', greatest.scheduled / least.scheduled, '1'),
      figure('tick_growth', greatest.tick / least.tick, '1'),
      figure('idle_tick_growth', greatest.idle / least.idle, '1'),
    ]);
  } finally {
    await superuser?.end();
    await service.stop();
    await home.remove();
  }
}

/** The medians, in seconds. */
interface Ticks {
  readonly scheduled: number;
  readonly tick: number;
  readonly idle: number;
}

async function freeze(superuser: Client): Promise<void> {
  await superuser.query(
    `INSERT INTO muster.calendars (id, name, kind, content, before_minutes, after_minutes, status, version, created_by, created_at, changed_at)
     VALUES ($1, 'Sundays', 'trading-days', $2, 0, 0, 'active', 1, 'system:bench', now(), now())`,
    [CALENDAR, `zone: America/New_York\nsessions: [{ days: [sun], open: '03:00', close: '03:01' }]`],
  );
}

/** A rotation for each identity, once a month within four hours of the night, a fifth of them halves of pairs; nothing is due. */
async function schedule(superuser: Client, from: number, to: number): Promise<void> {
  const custodians = ['per_0190000000007000a000000000000001', 'per_0190000000007000a000000000000002'];
  await loadIdentities(superuser, { custodians, teamId: 'tem_0190000000007000a000000000000001' }, from, to);
  await filling(superuser, ['rotations'], () =>
    superuser.query(
      `INSERT INTO muster.rotations (id, name, identity_id, target_id, accounts, schedule, pair, calendar_ids, observe_seconds,
         consumer_deadline_seconds, status, next_due_at, version, created_by, created_at, changed_at)
       SELECT 'rot_' || substr(i.id, 5), 'rotation of ' || i.name, i.id, NULL, ARRAY['spiffe'], jsonb_build_object(
           'cron', i.n % 60 || ' ' || i.n % 24 || ' ' || 1 + i.n % 28 || ' * *', 'zone', 'America/New_York',
           'windowMinutes', 240, 'jitterMinutes', 120, 'maximumAgeDays', 60),
         CASE WHEN i.n % 10 < 2 THEN 'pair ' || i.n / 10 END, ARRAY[$1], 86400, 604800, 'active',
         now() + interval '1 hour' + i.n % 2592000 * interval '1 second', 1, 'system:bench', now() - interval '40 days', now()
       FROM (SELECT id, name, right(name, 8)::integer AS n FROM muster.identities WHERE requested_by = 'system:soak') AS i
       WHERE i.n BETWEEN $2 AND $3`,
      [CALENDAR, from, to],
    ),
  );
}

/** Has so many be due now, within a window, which began nothing yet. */
async function makeDue(superuser: Client, count: number): Promise<void> {
  await superuser.query(
    `UPDATE muster.rotations r SET next_due_at = now() - interval '1 second',
       schedule = jsonb_set(r.schedule, '{cron}', '"* * * * *"')
     WHERE r.id IN (SELECT o.id FROM muster.rotations o JOIN muster.identities i ON i.id = o.identity_id
       WHERE i.status = 'active' AND o.pair IS NULL AND o.last_version = 0 LIMIT $1)`,
    [count],
  );
}

async function measure(superuser: Client, url: string, scheduled: number, figures: Figures): Promise<Ticks> {
  const dataSource = await openDataSource(url);
  try {
    const { begin, plan } = scheduler(new UnitOfWork(dataSource));
    await begin();
    const idle = await times(TICKS, begin);
    const ticks = await times(TICKS, begin, () => makeDue(superuser, DUE_A_TICK));
    const pages = await times(TICKS, plan);
    const burst = Math.min(BURST, scheduled / 5);
    await makeDue(superuser, burst);
    const [drained] = await times(1, begin);
    figures.print(`${scheduled} scheduled`, [
      figure('idle_tick_s', percentile(idle, 0.5), 's'),
      figure('due_a_tick', DUE_A_TICK, 'rotations'),
      figure('tick_s', percentile(ticks, 0.5), 's'),
      figure('tick_most_s', percentile(ticks, 1), 's'),
      figure('plan_page_s', percentile(pages, 0.5), 's'),
      figure('burst', burst, 'rotations'),
      figure('burst_s', drained!, 's'),
    ]);
    return { scheduled, tick: percentile(ticks, 0.5), idle: percentile(idle, 0.5) };
  } finally {
    await dataSource.destroy();
  }
}

/** The real classes on a real database; what begins is asked for by nobody. */
function scheduler(unitOfWork: UnitOfWork) {
  const clock = new SystemClock();
  const ids = new Ids(clock);
  const schedules = new SchedulesRepository();
  const freezes = new Freezes(new CalendarsRepository(), clock);
  const jobs = { enqueue: () => Promise.resolve() } as unknown as Jobs;
  const batches = new RunBatches(new Audit(clock), ids, clock);
  const begin = new BeginJobs(jobs, unitOfWork, schedules, new Members(freezes), batches, ids, clock);
  const plans = new Plans(unitOfWork, new PlanRepository(), schedules, new RotationsRepository(), freezes, clock);
  return { begin: () => begin.begin(), plan: () => plans.list(30, 'due', undefined, 25) };
}

/** In seconds each, in order of length. */
async function times(count: number, work: () => Promise<unknown>, before?: () => Promise<void>): Promise<number[]> {
  const seconds: number[] = [];
  for (let number = 0; number < count; number += 1) {
    await before?.();
    const startedAt = performance.now();
    await work();
    seconds.push((performance.now() - startedAt) / 1000);
  }
  return seconds.sort((one, other) => one - other);
}
