import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/index.js';
import { UnitOfWork } from './unit-of-work.js';

/** Where the service's own data is. Held apart from `Config`: the embedded server is known only once it runs. */
export class DatabaseAccess {
  /** @param appUrl signs in as the application role; carries its password */
  constructor(readonly appUrl: string) {}
}

const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** The driver's own ten seconds would have every request after a pause wait for a new one, which knows no plan and no table yet. */
export const IDLE_CONNECTION_MILLISECONDS = 5 * 60_000;

/** TypeORM as the application role. The schema is made by migrations alone. */
@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    const typeOrm = TypeOrmModule.forRootAsync({
      inject: [Config, DatabaseAccess],
      useFactory: (config: Config, access: DatabaseAccess) => ({
        type: 'postgres' as const,
        schema: 'muster',
        autoLoadEntities: true,
        synchronize: false,
        retryAttempts: 0,
        extra: {
          connectionString: access.appUrl,
          max: config.databasePoolSize,
          application_name: 'muster',
          statement_timeout: config.statementTimeoutSeconds * 1000,
          idle_in_transaction_session_timeout: 2 * config.statementTimeoutSeconds * 1000,
          connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
          idleTimeoutMillis: IDLE_CONNECTION_MILLISECONDS,
          keepAlive: true,
        },
      }),
    });
    return { module: DatabaseModule, imports: [typeOrm], providers: [UnitOfWork], exports: [typeOrm, UnitOfWork] };
  }
}
