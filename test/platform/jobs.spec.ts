import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { withClient } from '../../src/platform/database/connection.js';
import { readConfig } from '../../src/platform/config/index.js';
import { DatabaseAccess } from '../../src/platform/database/database.module.js';
import { Jobs, QueueBackend } from '../../src/platform/queue/index.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';

describe('jobs', () => {
  let database: TestDatabase;
  let replicas: Jobs[] = [];

  function replica(): Jobs {
    const config = readConfig({});
    const jobs = new Jobs(
      config,
      new QueueBackend(config, new DatabaseAccess(database.appUrl)),
      new SchedulerRegistry(),
    );
    replicas.push(jobs);
    return jobs;
  }

  beforeAll(() => void Logger.overrideLogger(false));
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterEach(async () => {
    await Promise.all(replicas.map((jobs) => jobs.stop()));
    replicas = [];
  });
  afterAll(() => database.drop());

  it('carries a job out once across replicas, whoever asked for it', async () => {
    const done: unknown[] = [];
    for (const jobs of [replica(), replica()]) {
      jobs.define('tell', async (data) => void done.push(data));
      await jobs.start();
    }
    await Promise.all(replicas.map((jobs) => jobs.enqueue('tell', { id: 'crt_1' }, 'crt_1')));
    await until(() => done.length > 0);
    await sleep(300);
    expect(done).toEqual([{ id: 'crt_1' }]);
  });

  it('runs what recurs once a turn across replicas, and at start', async () => {
    const turns: number[] = [];
    const startedAt = Date.now();
    for (const jobs of [replica(), replica()]) jobs.every('tick', 1, async () => turns.push(Date.now()));
    await Promise.all(replicas.map((jobs) => jobs.start()));
    await until(() => turns.length >= 12);
    // One each second that began meanwhile, and one at the start of each replica where they start in different seconds.
    expect(turns.length).toBeLessThanOrEqual((Date.now() - startedAt) / 1000 + 3);
  });

  it('goes on when a replica asks late for a turn that another has finished', async () => {
    const PERIOD_SECONDS = 2;
    let turns = 0;
    const [early, late] = [replica(), replica()];
    for (const jobs of [early, late]) jobs.every('tick', PERIOD_SECONDS, async () => (turns += 1));
    await sleep(PERIOD_SECONDS * 1000 - (Date.now() % (PERIOD_SECONDS * 1000)));
    await early.start();
    await until(() => turns >= 1);
    await late.start();
    await until(() => turns >= 3);
  });

  it('never runs a recurring job beside itself', async () => {
    let running = 0;
    let most = 0;
    let turns = 0;
    const jobs = replica();
    jobs.every('slow', 1, async () => {
      most = Math.max(most, (running += 1));
      await sleep(1_500);
      running -= 1;
      turns += 1;
    });
    await jobs.start();
    await until(() => turns >= 2);
    expect(most).toBe(1);
  });

  it('tries again after a failure, and keeps nothing of what the failure said', async () => {
    let attempts = 0;
    const jobs = replica();
    jobs.define('fail', async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('hunter2');
    });
    await jobs.start();
    await jobs.enqueue('fail');
    await until(() => attempts >= 2);
    const kept = await withClient(database.superuserUrl, (client) =>
      client.query<{ row: string }>(
        `SELECT job::text AS row FROM bullmq.job UNION ALL SELECT event::text FROM bullmq.event`,
      ),
    );
    expect(kept.rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept.rows)).not.toContain('hunter2');
  });

  it('refuses a job that nobody defined, and one that is defined twice', async () => {
    const jobs = replica();
    await expect(jobs.enqueue('unheard-of')).rejects.toThrow('There is no job unheard-of.');
    jobs.define('once', async () => undefined);
    expect(() => jobs.define('once', async () => undefined)).toThrow('twice');
  });
});

async function until(fact: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!fact()) {
    if (Date.now() > giveUpAt) throw new Error('It did not happen within a minute.');
    await sleep(20);
  }
}
