import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Config } from './config/index.js';
import { ControlSocket } from './control-socket/index.js';
import { DatabaseAccess, DatabaseModule } from './database/database.module.js';
import { Installation } from './database/installation.js';
import { EgressClient, EgressSettings, Resolver } from './egress/index.js';
import { RateLimitSettings } from './http/index.js';
import { Keystore, KeystoreRepository } from './keystore/index.js';
import { Mailer } from './mail/index.js';
import { Jobs, QueueBackend } from './queue/index.js';
import { Signer } from './signer/index.js';
import type { Log, Metrics } from './telemetry/index.js';
import { Ids, SystemClock } from './time.js';

/** What is there before the application is: made by `src/roles`, in this order, and given to it as it is. */
export interface Foundation {
  readonly config: Config;
  readonly clock: SystemClock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly database: DatabaseAccess;
  readonly installation: Installation;
  readonly controlSocket: ControlSocket;
  /** Both unsealed. */
  readonly signer: Signer;
  readonly keystore: Keystore;
}

const SHARED = [
  EgressClient,
  Ids,
  Jobs,
  KeystoreRepository,
  Mailer,
  QueueBackend,
  Resolver,
  { provide: EgressSettings, useFactory: egressSettings, inject: [Config] },
  { provide: RateLimitSettings, useFactory: ({ rateLimits }: Config) => rateLimits, inject: [Config] },
];

/** Adapters without business meaning, for every module. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(foundation: Foundation): DynamicModule {
    const values = [
      { provide: Config, useValue: foundation.config },
      { provide: SystemClock, useValue: foundation.clock },
      { provide: DatabaseAccess, useValue: foundation.database },
      { provide: Installation, useValue: foundation.installation },
      { provide: ControlSocket, useValue: foundation.controlSocket },
      { provide: Signer, useValue: foundation.signer },
      { provide: Keystore, useValue: foundation.keystore },
    ];
    const database = DatabaseModule.forRoot();
    const providers = [...values, ...SHARED];
    const exported = [
      DatabaseModule,
      ...values.map(({ provide }) => provide),
      EgressClient,
      Ids,
      Jobs,
      KeystoreRepository,
      Mailer,
      RateLimitSettings,
    ];
    return { module: PlatformModule, imports: [ScheduleModule.forRoot(), database], providers, exports: exported };
  }
}

function egressSettings({ egressAllow }: Config): EgressSettings {
  return { allowedNetworks: egressAllow, plainHttp: [] };
}
