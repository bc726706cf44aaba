import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { type Config, Log, readConfig, type SystemClock } from '../../src/platform/index.js';
import { Service } from '../../src/roles/service.js';
import { ensureBuilt } from './build.js';
import { Cast, type SignedIn } from './cast.js';
import { cloneDatabase, type TestDatabase } from './cluster.js';
import { freePort } from './ports.js';
import { type Home, newHome } from './service-process.js';
import { type Place, type Shown, Visitor } from './visitor.js';
import type { Role } from '../../src/kernel/index.js';

export interface MusterOptions {
  /** Another that runs already: this one becomes its replica, on the same database and unseal secret. */
  readonly beside?: Muster;
  readonly database?: TestDatabase;
  readonly clock?: SystemClock;
  /** Configuration beyond the defaults, by variable. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where log lines go; nowhere unless a test reads them. */
  readonly logTo?: { write(line: string): void };
}

/** All that recur begin at the start: of more at once, each would have the database begin a process for it. */
const FEW_JOBS = 2;
/** As built, but for what makes guesses slow. */
const QUICK_SIGNER = path.join(import.meta.dirname, 'quick-signer.cjs');

/** The whole service in this process: real listeners, a real signer process, a cloned database. */
export class Muster implements Place {
  private constructor(
    readonly service: Service,
    readonly config: Config,
    readonly database: TestDatabase,
    readonly home: Home,
    readonly root: string,
    private readonly owns: { readonly database: boolean; readonly home: boolean },
    readonly cast: Cast,
  ) {}

  static async start(options: MusterOptions = {}): Promise<Muster> {
    await ensureBuilt();
    const { beside } = options;
    const home = await newHome(beside?.home);
    const database = options.database ?? beside?.database ?? (await cloneDatabase());
    const config = readConfig(await environmentOf(options, database, home));
    const log = options.logTo ? new Log(config.logLevel, options.logTo) : new Log('silent');
    if (!options.logTo) Logger.overrideLogger(false);
    const clock = options.clock && { clock: options.clock };
    const service = new Service({ config, log, signerProgram: QUICK_SIGNER, ...clock });
    await service.start();
    const root = await readFile(path.join(home.data, 'root.pem'), 'utf8');
    const place = { ports: service.ports!, root };
    const cast = beside?.cast ?? new Cast(place, home.data);
    const owns = { database: !options.database && !beside, home: !beside };
    return new Muster(service, config, database, home, root, owns, cast);
  }

  get ports(): { readonly open: number; readonly mutual: number } {
    return this.service.ports!;
  }

  /** Somebody at this replica's doors. */
  visitor(shown: Shown = {}): Visitor {
    return new Visitor(this, shown);
  }

  /** A new person with these roles and a session; the first administrator when none is named. */
  signInAs(...roles: readonly Role[]): Promise<SignedIn> {
    return roles.length === 0 ? this.cast.administrator() : this.cast.signInAs(...roles);
  }

  /** One of the application's own objects, for tests that look inside. */
  get<Thing>(type: abstract new (...parameters: never[]) => Thing): Thing {
    return this.service.app.get(type as never, { strict: false });
  }

  /** Stops it, and takes away what it made: a replica leaves the database and the secret to the first. */
  async stop(): Promise<void> {
    await this.service.stop();
    if (this.owns.database) await this.database.drop();
    await this.home.remove();
  }
}

async function environmentOf(options: MusterOptions, database: TestDatabase, home: Home) {
  const ports = { open: await freePort(), mutual: await freePort() };
  return {
    DATA_DIR: home.data,
    XDG_CONFIG_HOME: home.config,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_SIGNER_URL: database.signerUrl,
    PUBLIC_URL: options.beside?.config.publicUrl ?? `https://localhost:${ports.open}`,
    LISTEN_PORT: String(ports.open),
    MUTUAL_PORT: String(ports.mutual),
    WORKER_CONCURRENCY: String(FEW_JOBS),
    ...options.environment,
  };
}
