import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { Setup } from '../custodians/index.js';
import { Founding, ServiceCertificate } from '../issuance/index.js';
import {
  checkRedis,
  ChildSigner,
  type Config,
  ControlSocket,
  createHttpServer,
  DatabaseAccess,
  type Foundation,
  Health,
  Jobs,
  Keystore,
  type Listeners,
  type Log,
  Metrics,
  NestLog,
  signerConfiguration,
  SystemClock,
  unsealAtStart,
  Unsealing,
  unsealOver,
} from '../platform/index.js';
import { Closing } from './closing.js';
import { explainListening } from './errors.js';
import { inspectDatabase, migrateDatabase, type OpenDatabase, openDatabase } from './database.js';

/** How long requests under way may still take once the service was told to stop. */
const GRACE_MILLISECONDS = 10_000;
const STEP_MILLISECONDS = 5_000;

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: SystemClock;
  /** The signer's program; the one that was built with this, unless a test brings another. */
  readonly signerProgram?: string;
  /** Receives what the operator must know before the service is up: warnings, and that it waits sealed. */
  readonly tell?: (event: 'warning' | 'sealed', message: string) => void;
}

/** One process of Muster, in whatever roles it was given. */
export class Service {
  private readonly closing = new Closing();
  private readonly metrics = new Metrics();
  private readonly config: Config;
  private readonly clock: SystemClock;
  private opened: OpenDatabase | undefined;
  private application: NestFastifyApplication | undefined;
  private opening: Promise<void> | undefined;
  private secretFile = '';
  /** The ports that the listeners are bound to. */
  ports: { readonly open: number; readonly mutual: number } | undefined;
  /** PEM of the root that callers pin. */
  root: string | undefined;
  /** Absolute path of the file with the setup token; undefined once there is an administrator. */
  setupToken: string | undefined;

  constructor(private readonly options: ServiceOptions) {
    this.config = options.config;
    this.clock = options.clock ?? new SystemClock();
  }

  /** The application, for tests that look inside. */
  get app(): NestFastifyApplication {
    return this.application!;
  }

  get database(): OpenDatabase {
    return this.opened!;
  }

  /** Where the unseal secret is read from. */
  get unsealFile(): string {
    return this.secretFile;
  }

  /** Whether there is anything left to do once it has started: not where it was only to migrate. */
  get stays(): boolean {
    return this.config.has('api') || this.config.has('worker');
  }

  /** Starts everything in order. When a step fails, what was started is stopped again. */
  async start(): Promise<void> {
    this.opening = this.open();
    try {
      await this.opening;
    } catch (error) {
      await this.closing.run();
      throw error;
    }
  }

  /**
   * Stops accepting, lets requests under way and jobs finish, and ends what this process started, in reverse order. Told
   * while it starts, it stops after the step under way; one that waits to be unsealed is not waited for.
   */
  async stop(): Promise<void> {
    await this.closing.run();
    await Promise.race([this.opening?.catch(() => undefined), sleep(STEP_MILLISECONDS, undefined, { ref: false })]);
  }

  private async open(): Promise<void> {
    this.opened = await openDatabase(this.config);
    await this.closing.add(this.opened.stop);
    if (this.config.has('migrate')) await migrateDatabase(this.config, this.opened);
    if (!this.stays) return;
    if (this.config.redisUrl !== null) await checkRedis(this.config.redisUrl);
    const foundation = await this.foundation(this.opened);
    const { app, listeners } = await createHttpServer(AppModule.forRoot(foundation), {
      bodyLimitBytes: this.config.bodyLimitBytes,
      logger: new NestLog(this.options.log),
    });
    this.application = app;
    await this.closing.add(() => app.close());
    if (this.config.has('api')) await this.prepareToListen(app, listeners);
    if (this.config.has('worker')) await this.work(app);
    if (this.config.has('api')) await this.listen(app, listeners);
  }

  /** Everything that must be there, and unsealed, before the application is put together. */
  private async foundation(database: OpenDatabase): Promise<Foundation> {
    const { config, clock } = this;
    const installation = await inspectDatabase(config, database);
    const signer = await this.startSigner(database, installation.id);
    const keystore = new Keystore();
    const controlSocket = new ControlSocket();
    const unsealing = new Unsealing(signer, keystore);
    unsealOver(controlSocket, unsealing);
    await controlSocket.listen(config.dataDirectory);
    await this.closing.add(() => controlSocket.close());
    const listen = { host: config.listenHost, port: config.listenPort, now: clock.now() };
    await unsealAtStart(unsealing, listen, this.options.tell ?? (() => undefined));
    return {
      ...{ config, clock, log: this.options.log, metrics: this.metrics },
      database: new DatabaseAccess(database.appUrl),
      installation,
      controlSocket,
      signer,
      keystore,
    };
  }

  private async startSigner(database: OpenDatabase, installationId: string): Promise<ChildSigner> {
    const configuration = signerConfiguration(this.config, installationId, database.signerUrl);
    this.secretFile = configuration.unsealFile?.path ?? '';
    const { signerProgram: program } = this.options;
    const signer = new ChildSigner({
      configuration,
      appUrl: database.appUrl,
      ...(program !== undefined && { program }),
      onAnswer: (method, seconds) => this.metrics.signerAnswered(method, seconds),
      onEvent: (event, details) => this.options.log.warn(`signer ${event}`, details),
    });
    await signer.start();
    await this.closing.add(() => signer.close());
    return signer;
  }

  private async work(app: NestFastifyApplication): Promise<void> {
    const jobs = app.get(Jobs);
    await this.closing.add(() => jobs.stop());
    await jobs.start();
  }

  /** Founds the authorities at first start, and gives the listeners a certificate of theirs. */
  private async prepareToListen(app: NestFastifyApplication, listeners: Listeners): Promise<void> {
    await app.get(Founding, { strict: false }).ensure();
    const certificate = app.get(ServiceCertificate, { strict: false });
    listeners.use(await certificate.start());
    certificate.onRenewed((identity) => listeners.use(identity));
    this.root = await readFile(path.join(this.config.dataDirectory, 'root.pem'), 'utf8');
    this.setupToken = await app.get(Setup, { strict: false }).prepare();
  }

  private async listen(app: NestFastifyApplication, listeners: Listeners): Promise<void> {
    const { listenHost, listenPort, mutualPort } = this.config;
    app.get(Health).register('listeners', () => listeners.listening);
    await this.closing.add(() => {
      app.get(Health).drain();
      return listeners.close(GRACE_MILLISECONDS);
    });
    this.ports = await listeners.listen(listenHost, listenPort, mutualPort).catch((error: NodeJS.ErrnoException) => {
      throw explainListening(error);
    });
  }
}
