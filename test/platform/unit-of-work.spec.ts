import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { Prepared, type Tx, UnitOfWork } from '../../src/platform/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';

let database: TestDatabase;
let dataSource: DataSource;
let unitOfWork: UnitOfWork;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource(database.superuserUrl);
  unitOfWork = new UnitOfWork(dataSource);
  await withClient(database.superuserUrl, (client) => client.query('CREATE TABLE public.cups (tea text PRIMARY KEY)'));
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

const cups = () => unitOfWork.readOne((tx) => tx.query('SELECT tea FROM public.cups ORDER BY tea'));
const pour = (tea: string) =>
  unitOfWork.run((tx) => tx.execute('INSERT INTO public.cups VALUES ($1) ON CONFLICT DO NOTHING', [tea]));

describe('a unit of work', () => {
  it('commits whole or not at all', async () => {
    const spilt = unitOfWork.run(async (tx) => {
      await tx.query(`INSERT INTO public.cups VALUES ('assam')`);
      throw new Error('spilt');
    });
    await expect(spilt).rejects.toThrow('spilt');
    expect(await cups()).toEqual([]);
    await pour('assam');
    expect(await cups()).toEqual([{ tea: 'assam' }]);
  });

  it('is no success when a statement of it failed unnoticed', async () => {
    const unnoticed = unitOfWork.run(async (tx) => {
      await tx.query(`INSERT INTO public.cups VALUES ('ceylon')`);
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(unnoticed).rejects.toThrow('rolled back');
    expect(await cups()).not.toContainEqual({ tea: 'ceylon' });
  });

  it('fails when its connection is cut, and the next gets another', async () => {
    const cut = unitOfWork.run(async (tx) => {
      const [own] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await withClient(database.superuserUrl, (client) => client.query('SELECT pg_terminate_backend($1)', [own!.pid]));
      await tx.query(`INSERT INTO public.cups VALUES ('keemun')`);
    });
    await expect(cut).rejects.toThrow();
    await pour('darjeeling');
    expect(await cups()).toContainEqual({ tea: 'darjeeling' });
    expect(await cups()).not.toContainEqual({ tea: 'keemun' });
  });

  it('has a statement that is prepared planned once for a connection', async () => {
    const byTea = new Prepared('SELECT count(*)::integer AS count FROM public.cups WHERE tea = $1');
    const plans = await unitOfWork.run(async (tx) => {
      for (const tea of ['assam', 'assam']) expect(await tx.query(byTea, [tea])).toEqual([{ count: 1 }]);
      return tx.query('SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE name = $1', [
        byTea.name,
      ]);
    });
    expect(plans).toEqual([{ runs: '2' }]);
  });
});

describe('a read', () => {
  it('of several statements sees one state of the database, and changes none', async () => {
    const seen = await unitOfWork.read(async (tx) => {
      const count = async () => (await tx.query('SELECT tea FROM public.cups')).length;
      const before = await count();
      await pour('lapsang');
      return [before, await count()];
    });
    expect(seen[0]).toBe(seen[1]);
    const changing = unitOfWork.read((tx) => tx.execute('DELETE FROM public.cups'));
    await expect(changing).rejects.toMatchObject({ code: '25006' });
  });

  it('gives no statement more than ten seconds, and the next to have the connection its own time', async () => {
    const limit = (tx: Tx) => tx.query<{ statement_timeout: string }>('SHOW statement_timeout');
    expect(await unitOfWork.read(limit)).toEqual([{ statement_timeout: '10s' }]);
    expect(await unitOfWork.run(limit)).toEqual([{ statement_timeout: '0' }]);
    const slow = unitOfWork.read((tx) => tx.query(`SET LOCAL statement_timeout = 1; SELECT pg_sleep(60)`));
    await expect(slow).rejects.toMatchObject({ code: '57014' });
  });

  it('of one statement opens no transaction, and is refused a second one', async () => {
    const alone = 'SELECT now() = statement_timestamp() AS alone';
    expect(await unitOfWork.readOne((tx) => tx.query(alone))).toEqual([{ alone: true }]);
    const twice = unitOfWork.readOne(async (tx) => [await tx.query(alone), await tx.query(alone)]);
    await expect(twice).rejects.toThrow('by `read`');
  });
});
