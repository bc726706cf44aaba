import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, REPOSITORY } from './build.js';
import { Cast } from './cast.js';
import { freePort } from './ports.js';
import { type Place, type Shown, Visitor } from './visitor.js';

const SERVICE = path.join(REPOSITORY, 'dist/bundle/service.cjs');
const LATE_OPTIMISER = path.join(import.meta.dirname, 'late-optimiser.cjs');
const START_TIMEOUT_MILLISECONDS = 90_000;
const STOP_TIMEOUT_MILLISECONDS = 20_000;

/** Where one installation of a test's own lives. */
export interface Home {
  readonly directory: string;
  readonly data: string;
  readonly config: string;
  /** Given at the first start in this home. */
  ports?: { readonly open: number; readonly mutual: number };
  readonly remove: () => Promise<void>;
}

/**
 * An empty home; the embedded database lies inside its data directory, also when tests run as root.
 *
 * @param beside another home, whose unseal secret this one shares
 */
export async function newHome(beside?: Home): Promise<Home> {
  const directory = await mkdtemp(path.join(process.env.MUSTER_TEST_RUN ?? tmpdir(), 'home-'));
  const data = path.join(directory, 'data');
  await chmod(directory, 0o711);
  await mkdir(data, { mode: 0o711 });
  const config = beside?.config ?? path.join(directory, 'config');
  return { directory, data, config, remove: () => rm(directory, { recursive: true, force: true }) };
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** The service as its users start it: a process of its own, on free ports, with an embedded database unless told. */
export class ServiceProcess implements Place {
  readonly cast: Cast;
  private output = '';
  private trusted = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly ports: { readonly open: number; readonly mutual: number },
    private readonly home: Home,
  ) {
    this.cast = new Cast(this, home.data);
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /**
   * Starts it; `ready` or `sealed` tells when it is. Started again in the same home, it takes the same ports.
   *
   * @param environment its configuration beyond the defaults
   */
  static async start(home: Home, environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    await ensureBuilt();
    const ports = (home.ports ??= { open: await freePort(), mutual: await freePort() });
    const crashAt = path.join(home.directory, 'crash-at');
    await writeFile(crashAt, '');
    const child = spawn(process.execPath, ['--require', LATE_OPTIMISER, SERVICE], {
      cwd: home.directory,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        HOME: home.directory,
        DATA_DIR: home.data,
        XDG_CONFIG_HOME: home.config,
        LISTEN_HOST: '127.0.0.1',
        LISTEN_PORT: String(ports.open),
        MUTUAL_PORT: String(ports.mutual),
        MUSTER_CRASH_AT: crashAt,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child, ports, home);
  }

  /** PEM of its root; known once it is ready. */
  get root(): string {
    return this.trusted;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Somebody at its doors. */
  visitor(shown: Shown = {}): Visitor {
    return new Visitor(this, shown);
  }

  /** Everything it has written. */
  get written(): string {
    return this.output;
  }

  /** Resolves when it says that it is ready. */
  async ready(): Promise<void> {
    await this.says(/ is ready \(/);
    this.trusted = await readFile(path.join(this.home.data, 'root.pem'), 'utf8');
  }

  /** Resolves when it says that it waits, sealed. */
  sealed(): Promise<void> {
    return this.says(/sealed: /);
  }

  async says(words: RegExp): Promise<void> {
    const giveUpAt = Date.now() + START_TIMEOUT_MILLISECONDS;
    while (!words.test(this.output)) {
      if (this.hasEnded || Date.now() > giveUpAt)
        throw new Error(`The service did not say ${words.source}. It wrote:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** One request to the open listener, whatever certificate it shows. */
  ask(method: string, target: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = { host: '127.0.0.1', port: this.ports.open, method, path: target, headers, agent: false };
      const request = httpsRequest({ ...options, rejectUnauthorized: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode!, type: response.headers['content-type'], text }),
        );
      });
      request.on('error', reject).end(body);
    });
  }

  /** Tells it to stop and waits until it has. */
  async stop(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    return this.signal('SIGTERM');
  }

  /** Has it kill itself once somebody stands at each of these numbered points (crash-points.ts). */
  async crashAt(...points: readonly string[]): Promise<void> {
    await writeFile(path.join(this.home.directory, 'crash-at'), points.join(' '));
  }

  /** `kill -9`: of this process alone, its database lives on. */
  async kill(): Promise<void> {
    await this.signal('SIGKILL');
  }

  /** Resolves when it has ended by itself, for example at a crash point. */
  async ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    if (!this.hasEnded) await once(this.child, 'exit');
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async signal(name: NodeJS.Signals) {
    if (!this.hasEnded) this.child.kill(name);
    const kill = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MILLISECONDS);
    const how = await this.ended();
    clearTimeout(kill);
    return how;
  }
}
