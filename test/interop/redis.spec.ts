import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { readConfig } from '../../src/platform/config/index.js';
import { DatabaseAccess } from '../../src/platform/database/database.module.js';
import { Jobs, QueueBackend } from '../../src/platform/queue/index.js';
import { Muster } from '../harness/muster.js';
import { newHome, ServiceProcess } from '../harness/service-process.js';
import { Judge } from './judge.js';
import { RedisServer } from './redis-server.js';

jest.setTimeout(180_000);

const PASSWORD = 'correct horse / battery?';
const JOBS = 50;

let redis: RedisServer;

beforeAll(async () => {
  const judge = new Judge('redis-server', 'your system’s package redis-server, 7.0 or later');
  await judge.introduce('redis-server', ['--version']);
  redis = await RedisServer.start(PASSWORD);
  Logger.overrideLogger(false);
});
afterAll(() => redis?.remove());

async function until(isSo: () => boolean): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; !isSo(); await sleep(50))
    if (Date.now() > giveUpAt) throw new Error('It did not come to be.');
}

describe('jobs on Redis', () => {
  let replicas: Jobs[] = [];

  function replica(): Jobs {
    const config = readConfig({ REDIS_URL: redis.url() });
    const backend = new QueueBackend(config, new DatabaseAccess('postgresql://nobody@127.0.0.1:1/none'));
    const jobs = new Jobs(config, backend, new SchedulerRegistry());
    replicas.push(jobs);
    return jobs;
  }

  afterEach(async () => {
    await Promise.all(replicas.map((jobs) => jobs.stop()));
    replicas = [];
  });

  it('are carried out once across two replicas, whoever asked for them', async () => {
    const done: unknown[] = [];
    for (const jobs of [replica(), replica()]) {
      jobs.define('tell', async ({ id }) => void done.push(id));
      await jobs.start();
    }
    const ids = Array.from({ length: JOBS }, (_, at) => `crt_${at}`);
    await Promise.all(ids.flatMap((id) => replicas.map((jobs) => jobs.enqueue('tell', { id }, id))));
    await until(() => done.length >= JOBS);
    await sleep(500);
    expect([...done].sort()).toEqual([...ids].sort());
  });

  it('recur once a turn across two replicas', async () => {
    const turns: number[] = [];
    const startedAt = Date.now();
    for (const jobs of [replica(), replica()]) jobs.every('tick', 1, async () => turns.push(Date.now()));
    await Promise.all(replicas.map((jobs) => jobs.start()));
    await until(() => turns.length >= 3);
    expect(turns.length).toBeLessThanOrEqual((Date.now() - startedAt) / 1000 + 2);
  });

  it('that were asked for outlive a Redis that ends and comes back, and more can be asked for', async () => {
    const done: string[] = [];
    let waiting = true;
    const jobs = replica();
    jobs.define('last', async ({ id }) => {
      while (waiting) await sleep(50);
      if (!done.includes(String(id))) done.push(String(id));
    });
    await jobs.start();
    for (const id of ['a', 'b', 'c']) await jobs.enqueue('last', { id }, id);
    await redis.halt();
    waiting = false;
    await sleep(1_000);
    await redis.run();
    await jobs.enqueue('last', { id: 'd' }, 'd');
    await until(() => done.length === 4);
    expect(done.sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the service on Redis', () => {
  it('does its recurring work, two replicas of it, and is ready', async () => {
    const first = await Muster.start({ environment: { REDIS_URL: redis.url() } });
    const second = await Muster.start({ beside: first, environment: { REDIS_URL: redis.url() } });
    try {
      for (const muster of [first, second])
        expect((await muster.visitor().call('GET', '/health/ready')).status).toBe(200);
      const { visitor } = await first.signInAs();
      const { items } = await visitor.get<{ items: { id: string; kind: string }[] }>('/v1/authorities');
      const list = `/v1/crl/${items.find(({ kind }) => kind === 'issuing')!.id}.crl`;
      for (let found = false; !found; await sleep(250))
        found = (await second.visitor().call('GET', list)).status === 200;
    } finally {
      await second.stop();
      await first.stop();
    }
  });

  it.each([
    ['a wrong password', () => redis.url('wrong'), 'refuses its password'],
    ['nothing that listens there', () => 'redis://127.0.0.1:1/0', 'nothing listens there'],
  ])('says at its start that REDIS_URL has %s, and shows no password', async (_what, url, words) => {
    const home = await newHome();
    const service = await ServiceProcess.start(home, { REDIS_URL: url() });
    const { code } = await service.ended();
    await home.remove();
    expect({ code, written: service.written }).toMatchObject({ code: 1, written: expect.stringContaining(words) });
    expect(service.written).toContain('REDIS_URL');
    expect(service.written).not.toContain('wrong');
  });
});
