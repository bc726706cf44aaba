import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../../migrations/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { emptyDatabase, type TestDatabase } from '../harness/index.js';

describe('migrating', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database.drop());

  it('runs every migration once when two processes start together', async () => {
    const runs = await Promise.all([migrate(database), migrate(database)]);
    expect(runs.map((names) => names.length).sort()).toEqual([0, MIGRATIONS.length]);
    expect(await migrate(database)).toEqual([]);
  });

  it('gives the application the use of the queue, and not the changing of its schema', async () => {
    await withClient(database.appUrl, async (client) => {
      await client.query('SELECT FROM bullmq.job');
      await expect(client.query('DELETE FROM bullmq.migration')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('CREATE TABLE bullmq.mine ()')).rejects.toMatchObject({ code: '42501' });
    });
  });

  it('holds one installation and no more', async () => {
    const insert = `INSERT INTO muster.installation (id, public_url, trust_domain, created_at)
      VALUES ('ins_' || md5(random()::text), 'https://localhost:8443', 'muster.local', now())`;
    await withClient(database.ownerUrl, async (client) => {
      await client.query(insert);
      await expect(client.query(insert)).rejects.toMatchObject({ constraint: 'installation_one_row' });
    });
  });
});
