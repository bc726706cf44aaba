import { DataSource, type DataSourceOptions } from 'typeorm';
import { IDLE_CONNECTION_MILLISECONDS } from '../../src/platform/database/database.module.js';

/** Opens TypeORM on a test's database; the test destroys it before it drops the database. */
export function openDataSource(url: string, entities: DataSourceOptions['entities'] = []): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    schema: 'muster',
    entities,
    extra: { connectionString: url, max: 10, idleTimeoutMillis: IDLE_CONNECTION_MILLISECONDS },
  }).initialize();
}
