import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { leafHash, openNote, parseCheckpoint, rootOf } from '../../src/crypto/index.js';
import { LogReader } from '../../src/audit/index.js';
import type { Query } from '../../src/audit/query.js';
import { Sequencing } from '../../src/audit/sequencing.js';
import { seeded } from './export-fixture.js';
import { changeOf, id, LogFixture, onConnection, until } from './log-fixture.js';

/** For machines that do other things too. */

/** One open transaction of a use case on a connection of its own. */
class Slow {
  private constructor(
    private readonly client: Client,
    private readonly log: LogFixture,
  ) {}

  static async open(log: LogFixture): Promise<Slow> {
    const client = new Client({ connectionString: log.database.appUrl });
    await client.connect();
    await client.query('BEGIN');
    return new Slow(client, log);
  }

  appended = 0;

  async append(number: number): Promise<number[]> {
    this.appended += 1;
    const query = async (sql: string, parameters: readonly unknown[]) =>
      (await this.client.query(sql, [...parameters])).rows as unknown[];
    return this.log.audit.appendAll({ query } as never, [changeOf(number)]);
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.client.query(how);
    await this.client.end();
  }
}

const order = async (log: LogFixture): Promise<number[]> =>
  (await log.query<{ n: string }>('SELECT n FROM audit.leaves ORDER BY index')).map(({ n }) => Number(n));

/** Every invariant of the tree, recomputed from the records alone. */
async function expectSound(log: LogFixture, size: number): Promise<void> {
  const rows = await log.query<{ index: string; leaf: string; leaf_hash: Buffer }>(
    'SELECT index, leaf, leaf_hash FROM audit.leaves JOIN audit.records USING (n) ORDER BY index',
  );
  expect(rows).toHaveLength(size);
  expect(rows.filter(({ index }, i) => Number(index) !== i)).toEqual([]);
  const hashes = rows.map(({ leaf }) => leafHash(Buffer.from(leaf)));
  expect(rows.filter(({ leaf_hash: hash }, i) => !hash.equals(hashes[i]!))).toEqual([]);
  const tiles = await log.query<{ index: string; hash: Buffer }>(
    'SELECT index, hash FROM audit.tile_hashes WHERE level = 1 ORDER BY index',
  );
  expect(tiles.map(({ hash }) => hash)).toEqual(
    Array.from({ length: Math.floor(size / 256) }, (_, i) => rootOf(hashes.slice(i * 256, (i + 1) * 256))),
  );
  for (const { size: signed, root, note } of await log.query<{ size: string; root: Buffer; note: string }>(
    'SELECT size, root, note FROM audit.checkpoints',
  )) {
    expect(root).toEqual(rootOf(hashes.slice(0, Number(signed))));
    expect(parseCheckpoint(openNote(note, log.key))).toMatchObject({ size: Number(signed), root });
  }
}

describe('the sequencer', () => {
  let log: LogFixture;
  beforeAll(async () => {
    log = await LogFixture.open();
  });
  afterAll(() => log.close());

  it('takes three interleaved transactions as they commit, each index given once (decision 2)', async () => {
    const sequencing = await Sequencing.resume(log.query);
    const [first, second, third] = [await Slow.open(log), await Slow.open(log), await Slow.open(log)];
    expect([await first.append(1), await second.append(2), await third.append(3)].flat()).toEqual([1, 2, 3]);
    expect(await turnOnOneConnection(log)).toBe(0);
    await second.end('COMMIT');
    expect(await turnOnOneConnection(log)).toBe(1);
    await third.end('COMMIT');
    expect(await turnOnOneConnection(log)).toBe(2);
    expect(await order(log)).toEqual([2, 3]);
    await first.end('COMMIT');
    expect(await turnOnOneConnection(log)).toBe(3);
    expect(await order(log)).toEqual([2, 3, 1]);
    expect(sequencing.size).toBe(0);
  });

  it('holds its low-water mark below a number that may still be committed, and passes one that never was', async () => {
    let leaves = 5;
    await withSequencing(log, async (sequencing) => {
      const [late, undone] = [await Slow.open(log), await Slow.open(log)];
      const [[lateNumber], [undoneNumber]] = [await late.append(4), await undone.append(5)];
      await undone.end('ROLLBACK');
      await log.append(changeOf(6));
      await sequencing.turn();
      await sequencing.turn();
      const mark = async () =>
        Number((await log.query<{ n: string }>('SELECT max(complete_to) AS n FROM audit.batches'))[0]!.n);
      expect(await mark()).toBeLessThan(lateNumber!);
      await late.end('COMMIT');
      expect((await sequencing.turn()).added).toBe(1);
      // Transactions in other databases of the server hold the horizon too, for as long as they last.
      await until(async () => {
        await log.append(changeOf(7));
        leaves += (await sequencing.turn()).added;
        return (await mark()) > undoneNumber!;
      });
    });
    await expectSound(log, leaves);
  });
});

describe('a record of the newest transaction', () => {
  it('is not passed over while it is still open', async () => {
    const log = await LogFixture.open();
    await withSequencing(log, async (sequencing) => {
      await log.append(changeOf(1));
      const newest = await Slow.open(log);
      await newest.append(2);
      await sequencing.turn();
      await sequencing.turn();
      await newest.end('COMMIT');
      expect((await sequencing.turn()).added).toBe(1);
    });
    await expectSound(log, 2);
    await log.close();
  });

  it('is never lost, however transactions begin, draw, end and are sequenced in turn', async () => {
    const log = await LogFixture.open();
    const random = seeded('interleaving');
    const open: Slow[] = [];
    let committed = 0;
    await withSequencing(log, async (sequencing) => {
      for (let step = 0; step < 300; step += 1) {
        const choice = random.next().value % 6;
        const any = random.next().value;
        if (choice < 2 && open.length < 6) open.push(await Slow.open(log));
        else if (choice === 2 && open.length > 0) await open[any % open.length]!.append(step);
        else if (choice === 3 && open.length > 0) {
          const [slow] = open.splice(any % open.length, 1);
          const commits = any % 4 > 0;
          await slow!.end(commits ? 'COMMIT' : 'ROLLBACK');
          if (commits) committed += slow!.appended;
        } else await sequencing.turn();
      }
      for (const slow of open) await slow.end('ROLLBACK');
      await sequencing.turn();
    });
    expect(committed).toBeGreaterThan(20);
    await expectSound(log, committed);
    await log.close();
  });
});

describe('running sequencers', () => {
  let log: LogFixture;
  beforeAll(async () => {
    log = await LogFixture.open();
  });
  afterAll(() => log.close());

  it('give 200 concurrent appends gapless indexes, two of them at work', async () => {
    const both = [log.sequencer(), log.sequencer()];
    for (const sequencer of both) sequencer.start();
    await Promise.all(Array.from({ length: 200 }, (_, i) => log.append(changeOf(i))));
    await log.settled(200);
    await Promise.all(both.map((sequencer) => sequencer.stop()));
    await expectSound(log, 200);
  });

  it('take over from one that lost its connection', async () => {
    const sequencer = log.sequencer();
    sequencer.start();
    const pid = async () =>
      onConnection(log.database.superuserUrl, async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
           WHERE locktype = 'advisory' AND application_name = 'muster sequencer' AND datname = current_database()`,
        );
        return rows[0]?.pid;
      });
    await until(async () => (await pid()) !== undefined);
    const killed = await pid();
    await onConnection(log.database.superuserUrl, (client) =>
      client.query('SELECT pg_terminate_backend($1)', [killed]),
    );
    await log.append(changeOf(1, { type: 'identity.suspended', subject: id('identity', 1) }));
    await log.settled(201);
    expect(await pid()).not.toBe(killed);
    await sequencer.stop();
    await expectSound(log, 201);
  });

  it('sequence an urgent record within a tenth of a second, without waiting for the signer', async () => {
    const reader = new LogReader(log.dataSource);
    const sequencer = log.sequencer();
    sequencer.start();
    await log.append(changeOf(1));
    await log.settled(202);
    log.signer.failing = true;
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const committed = log.append(changeOf(1, { type: 'certificate.revoked', subject: id('certificate', 1) }));
      const startedAt = performance.now();
      await committed;
      await until(async () => (await reader.size()) === 203 + i);
      times.push(performance.now() - startedAt);
    }
    expect(Math.min(...times)).toBeLessThan(100);
    expect((await log.checkpoints.latest(log.query))?.size).toBe(202);
    log.signer.failing = false;
    await log.settled(207);
    await sequencer.stop();
    await expectSound(log, 207);
  });

  it('refuse to sign a tree that does not extend the one signed before', async () => {
    await log.append(changeOf(1));
    await withSequencing(log, (sequencing) => sequencing.turn());
    await onConnection(log.database.superuserUrl, async (client) => {
      await client.query('ALTER TABLE audit.leaves DISABLE TRIGGER append_only');
      await client.query(`UPDATE audit.leaves SET leaf_hash = sha256(leaf_hash) WHERE index = 206`);
      await client.query('ALTER TABLE audit.leaves ENABLE ALWAYS TRIGGER append_only');
    });
    await expect(log.checkpoints.publish()).rejects.toMatchObject({ code: 'log_altered' });
  });
});

describe('a sequencer that is killed', () => {
  it('leaves nothing lost, doubled or half-done, whichever statement was its last', async () => {
    const log = await LogFixture.open();
    let size = 0;
    for (let last = 1; last < 30; last += 1) {
      await log.append(...Array.from({ length: 90 }, (_, i) => changeOf(i)));
      size += 90;
      const finished = await turnUntilKilled(log, last);
      await withSequencing(log, (sequencing) => sequencing.turn());
      await log.checkpoints.publish();
      if (finished) break;
      expect(last).toBeLessThan(25);
    }
    expect(size).toBeGreaterThan(600);
    await expectSound(log, size);
    await log.close();
  });

  /** Runs a turn on a connection that breaks after so many statements; true when the turn needed fewer. */
  async function turnUntilKilled(log: LogFixture, statements: number): Promise<boolean> {
    const client = new Client({ connectionString: log.database.appUrl });
    client.on('error', () => undefined);
    await client.connect();
    let left = statements;
    const query: Query = async <Row>(sql: string, parameters: readonly unknown[] = []) => {
      const { rows } = await client.query(sql, [...parameters]);
      left -= 1;
      if (left === 0) {
        await client.end();
        throw new Error('killed');
      }
      return rows as Row[];
    };
    try {
      await (await Sequencing.resume(query)).turn();
      return true;
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
});

describe('a large log', () => {
  it('takes 10,000 records in two full batches', async () => {
    const log = await LogFixture.open();
    for (let i = 0; i < 10; i += 1) await log.append(...Array.from({ length: 1_000 }, (_, j) => changeOf(j)));
    const turns: unknown[] = [];
    await withSequencing(log, async (sequencing) => {
      for (let i = 0; i < 3; i += 1) turns.push(await sequencing.turn());
    });
    expect(turns).toEqual([
      { added: 5_000, full: true },
      { added: 5_000, full: true },
      { added: 0, full: false },
    ]);
    await log.checkpoints.publish();
    await expectSound(log, 10_000);
    await log.close();
  });
});

describe('a reader of the log', () => {
  let log: LogFixture;
  let reader: LogReader;
  beforeAll(async () => {
    log = await LogFixture.open();
    reader = new LogReader(log.dataSource);
  });
  afterAll(() => log.close());

  it('has a horizon of now over an empty log', async () => {
    const before = new Date(Date.now() - 1_000);
    const { at, size } = await reader.horizon();
    expect(size).toBe(0);
    expect(at.getTime()).toBeGreaterThan(before.getTime());
  });

  it('does not move its horizon past a record that waits for its leaf', async () => {
    await log.append(changeOf(1));
    expect(await reader.horizon()).toEqual({ at: new Date(0), size: 0 });
    await turnOnOneConnection(log);
    const complete = await reader.horizon();
    expect(complete.size).toBe(1);
    await log.append(changeOf(2));
    const waiting = await reader.horizon();
    expect(waiting.size).toBe(1);
    expect(waiting.at.getTime()).toBeLessThanOrEqual(complete.at.getTime());
    await turnOnOneConnection(log);
    expect((await reader.horizon()).size).toBe(2);
  });

  it('moves its horizon past an open transaction, whose change has not happened yet', async () => {
    const open = await Slow.open(log);
    await open.append(3);
    const { at, size } = await reader.horizon();
    expect(size).toBe(2);
    expect(Date.now() - at.getTime()).toBeLessThan(5_000);
    await open.end('ROLLBACK');
  });

  it('gives entries in order, after the index that was read last', async () => {
    expect((await reader.readAfter(-1, 10)).map(({ index }) => index)).toEqual([0, 1]);
    const [entry] = await reader.readAfter(0, 10);
    expect(entry).toMatchObject({ index: 1, type: 'team.changed', subject: id('team', 2), actor: id('person', 1) });
    expect(entry!.at.toISOString()).toBe((JSON.parse(entry!.leaf) as { at: string }).at);
  });
});

async function withSequencing<Result>(
  log: LogFixture,
  work: (sequencing: Sequencing) => Promise<Result>,
): Promise<Result> {
  return onConnection(log.database.appUrl, async (client) => {
    const query: Query = async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[];
    return work(await Sequencing.resume(query));
  });
}

/** Takes a turn as a sequencer that has just started would, and answers the tree's size. */
function turnOnOneConnection(log: LogFixture): Promise<number> {
  return withSequencing(log, async (sequencing) => {
    await sequencing.turn();
    return sequencing.size;
  });
}
