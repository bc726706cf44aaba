import { type DynamicModule, Global, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../config/index.js';
import { FailureLog } from '../http/index.js';
import { Keystore } from '../keystore/keystore.js';
import { Signer } from '../signer/signer.js';
import { eventLoopCheck } from './event-loop.js';
import { Health } from './health.js';
import { FailureLines, Log } from './log.js';
import { MetricsAccess } from './metrics-access.js';
import { Metrics } from './metrics.js';
import { RequestTelemetry } from './request-telemetry.js';
import { TelemetryController } from './telemetry.controller.js';

/** Log, metrics and health. The log and the metrics exist before Nest does, so they are handed in. */
@Global()
@Module({})
export class TelemetryModule implements OnModuleInit {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly requests: RequestTelemetry,
    private readonly keystore: Keystore,
    private readonly signer: Signer,
    private readonly dataSource: DataSource,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  static forRoot(log: Log, metrics: Metrics): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [TelemetryController],
      providers: [
        { provide: Log, useValue: log },
        { provide: Metrics, useValue: metrics },
        { provide: FailureLog, useClass: FailureLines },
        {
          provide: MetricsAccess,
          useFactory: ({ metricsAllow }: Config) => new MetricsAccess(metricsAllow),
          inject: [Config],
        },
        Health,
        RequestTelemetry,
      ],
      exports: [Log, Metrics, FailureLog, Health],
    };
  }

  onModuleInit(): void {
    this.health.register('database', async () => void (await this.dataSource.query('SELECT 1')));
    this.health.register('keystore', () => this.keystore.unsealed);
    this.health.register('signer', () => this.signer.unsealed());
    this.health.register('event-loop', eventLoopCheck());
    this.metrics.gauge('muster_unsealed', 'Whether the service and its signer hold their keys.', () =>
      Number(this.keystore.unsealed && this.signer.unsealed()),
    );
    this.metrics.gauge('muster_database_connections', 'Connections of the pool, and requests waiting for one.', () =>
      poolUse(this.dataSource),
    );
    const fastify: unknown = this.adapterHost.httpAdapter?.getInstance?.();
    if (fastify) this.requests.install(fastify as FastifyInstance);
  }
}

function poolUse(dataSource: DataSource): Record<string, number> {
  const { master } = dataSource.driver as unknown as { master: Pool };
  const { totalCount, idleCount, waitingCount } = master;
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}
