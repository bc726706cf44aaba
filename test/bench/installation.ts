import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { urlsOn } from '../../src/platform/database/embedded-postgres.js';
import { CREDENTIALS_FILE, type Credentials } from '../../src/platform/database/embedded/credentials.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import type { Measured } from './load.js';

/** As a user would run it, but for limits that one machine's clients would soon reach. */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};

/** The service as a process of its own on an empty data directory, which goes away with it. */
export class Installation {
  private constructor(
    readonly service: ServiceProcess,
    readonly measured: Measured,
    private readonly home: Home,
  ) {}

  /** @param profiles the directory in which it leaves a CPU profile of itself, once it was sent SIGUSR2 */
  static async start(profiles?: string): Promise<Installation> {
    const home = await newHome();
    const service = await ServiceProcess.start(home, { ...ENVIRONMENT, ...(profiles && profiling(profiles)) });
    try {
      await service.ready();
      return new Installation(service, measuredOf(service, home), home);
    } catch (error) {
      await service.stop();
      await home.remove();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.home.remove();
  }
}

/** What has a service leave a CPU profile of itself in a directory, from SIGUSR2 until it ends. */
export function profiling(profiles: string): Record<string, string> {
  mkdirSync(profiles, { recursive: true });
  const profiler = pathToFileURL(path.join(import.meta.dirname, 'profiler.js')).href;
  return { NODE_OPTIONS: `--import=${profiler}`, BENCH_PROFILES: profiles };
}

function measuredOf(service: ServiceProcess, { data }: Home): Measured {
  const { cluster, passwords } = JSON.parse(readFileSync(path.join(data, CREDENTIALS_FILE), 'utf8')) as Credentials;
  const databaseDirectory = path.resolve(data, cluster);
  const { postmasterPid, socketDirectory } = runningIn(databaseDirectory);
  const databaseUrl = urlsOn(socketDirectory, passwords)('muster_app', 'muster');
  return { servicePid: service.pid, postmasterPid, databaseDirectory, databaseUrl };
}

/** What the server over a data directory says in its pid file: its process, and where its socket lies. */
export function runningIn(databaseDirectory: string): { postmasterPid: number; socketDirectory: string } {
  const lines = readFileSync(path.join(databaseDirectory, 'postmaster.pid'), 'utf8').split('\n');
  return { postmasterPid: Number(lines[0]), socketDirectory: lines[4]! };
}
