import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DatabaseError } from '../errors.js';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';

const run = promisify(execFile);

/** PostgreSQL's own name for its socket file; with no TCP listener the port is only part of that name. */
export const SOCKET_PORT = 5432;
const START_TIMEOUT_SECONDS = 60;
const CONFIGURATION = 'muster.conf';
/** The encoding and the order of text do not depend on the environment of whoever starts first. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

const SETTINGS: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  // Parallel workers talk through /dev/shm, which containers make too small for them.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  min_dynamic_shared_memory: '16MB',
  // The log names no values: details of errors would quote rows.
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  lc_messages: 'C',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
};

/** PostgreSQL's configuration parameters, by name. */
export type Settings = Readonly<Record<string, string>>;

export interface ClusterSpec {
  readonly directory: string;
  readonly superuserPassword: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly settings: Settings;
  /** False for databases that are thrown away: files are not flushed when the cluster is made. */
  readonly durable: boolean;
  /** Where the directory of its socket is made; the system's own place for what is temporary, unless said. */
  readonly socketParent?: string;
}

/** One PostgreSQL data directory and the server over it. */
export class Cluster {
  readonly directory: string;

  constructor(private readonly spec: ClusterSpec) {
    this.directory = spec.directory;
  }

  /**
   * Makes the data directory if there is none. It appears whole or not at all: a crash in between leaves a draft, which
   * is never used.
   */
  async create(): Promise<void> {
    const { directory, account } = this.spec;
    if (existsSync(path.join(directory, 'PG_VERSION'))) return;
    await this.makeParent();
    const workshop = await this.privateDirectory(`${directory}.draft-`);
    const draft = path.join(workshop, 'cluster');
    await this.initialise(draft, workshop);
    await appendFile(path.join(draft, 'postgresql.conf'), `\ninclude = '${CONFIGURATION}'\n`);
    await writeFile(path.join(draft, CONFIGURATION), '', { mode: 0o600 });
    if (account) await chown(path.join(draft, CONFIGURATION), account.uid, account.gid);
    await rename(draft, directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await rm(workshop, { recursive: true });
  }

  /**
   * Starts the server, or takes over one that an earlier process left running.
   *
   * @returns the directory of the socket on which it answers
   * @throws DatabaseError `start_failed` with the end of the server's log
   */
  async start(): Promise<{ readonly socketDirectory: string; readonly reattached: boolean }> {
    const running = await this.runningSocket();
    if (running !== undefined) return { socketDirectory: running, reattached: true };
    await this.removeOldSocket();
    const parent = this.spec.socketParent ?? shortTemporaryDirectory();
    const socketDirectory = await this.privateDirectory(path.join(parent, 'muster-'));
    await this.configure(socketDirectory);
    const started = await this.pgCtl(
      ['-w', '-t', String(START_TIMEOUT_SECONDS), '-l', path.join(this.directory, 'start.log'), 'start'],
      START_TIMEOUT_SECONDS + 10,
    );
    if (started.code === 0) return { socketDirectory, reattached: false };
    const other = await this.runningSocket();
    if (other !== undefined) return { socketDirectory: other, reattached: true };
    throw new DatabaseError('start_failed', await this.explain(started.output));
  }

  /** Stops the server: connections are ended, everything committed is kept. Does nothing when it is not running. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const socketDirectory = await this.runningSocket();
    const stopped = await this.pgCtl(['-w', '-t', '60', '-m', mode, 'stop'], 70);
    if (stopped.code !== 0 && (await this.runningSocket()) !== undefined)
      throw new DatabaseError('cluster_broken', `PostgreSQL does not stop: ${stopped.output}`);
    if (socketDirectory !== undefined) await rm(socketDirectory, { recursive: true, force: true });
  }

  private async makeParent(): Promise<void> {
    const parent = path.dirname(this.directory);
    const made = await mkdir(parent, { recursive: true, mode: 0o700 });
    if (made !== undefined && this.spec.account) await chown(parent, this.spec.account.uid, this.spec.account.gid);
  }

  private async initialise(draft: string, workshop: string): Promise<void> {
    const { binaries, account, durable, superuserPassword } = this.spec;
    const passwordFile = path.join(workshop, 'password');
    await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
    if (account) await chown(passwordFile, account.uid, account.gid);
    const initialised = await outcome(
      run(
        binaries.initdb,
        [
          ...['-D', draft, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
          ...['-c', `min_dynamic_shared_memory=${SETTINGS.min_dynamic_shared_memory}`, ...LOCALE],
          ...(durable ? [] : ['--no-sync']),
        ],
        this.options(180),
      ),
    );
    await rm(passwordFile);
    if (initialised.code === 0) return;
    await rm(workshop, { recursive: true, force: true });
    throw new DatabaseError('start_failed', `PostgreSQL could not make its data directory: ${initialised.output}`);
  }

  /** The socket directory of the server that runs over this data directory, if one does. */
  private async runningSocket(): Promise<string | undefined> {
    const pidFile = path.join(this.directory, 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    const [pid = '', dataDirectory = '', , , socketDirectory = ''] = lines;
    if (pid === '') return undefined;
    if (await isOfAnotherServer(Number(pid), dataDirectory, this.directory)) {
      await rm(pidFile, { force: true });
      return undefined;
    }
    const status = await this.pgCtl(['status'], 30);
    return status.code === 0 && socketDirectory !== '' ? socketDirectory : undefined;
  }

  private async configure(socketDirectory: string): Promise<void> {
    const settings = { ...SETTINGS, unix_socket_directories: socketDirectory, ...this.spec.settings };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    await writeFile(path.join(this.directory, CONFIGURATION), `${this.heading()}${lines.join('')}`);
  }

  /** A crash leaves the socket's directory behind. One that is named in a copy of the data is the original's. */
  private async removeOldSocket(): Promise<void> {
    const written = await readFile(path.join(this.directory, CONFIGURATION), 'utf8');
    const old = /^unix_socket_directories = '([^']*\/muster-[^/']*)'$/m.exec(written)?.[1];
    if (old !== undefined && written.startsWith(this.heading())) await rm(old, { recursive: true, force: true });
  }

  private heading(): string {
    return `# Written at every start of the server over ${JSON.stringify(this.directory)}.\n`;
  }

  private pgCtl(args: readonly string[], timeoutSeconds: number): Promise<Outcome> {
    return outcome(run(this.spec.binaries.pgCtl, ['-D', this.directory, ...args], this.options(timeoutSeconds)));
  }

  private options(timeoutSeconds: number) {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    return { cwd: '/', env, timeout: timeoutSeconds * 1000, ...this.spec.account };
  }

  private async privateDirectory(prefix: string): Promise<string> {
    const directory = await mkdtemp(prefix);
    await chmod(directory, 0o700);
    if (this.spec.account) await chown(directory, this.spec.account.uid, this.spec.account.gid);
    return directory;
  }

  private async explain(output: string): Promise<string> {
    const log = await readFile(path.join(this.directory, 'start.log'), 'utf8').catch(() => '');
    return `PostgreSQL does not start in ${this.directory}: ${output.trim()}\n${log.split('\n').slice(-8).join('\n')}`;
  }
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

async function outcome(running: Promise<{ stdout: string; stderr: string }>): Promise<Outcome> {
  try {
    const { stdout, stderr } = await running;
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    return { code: 1, output: stdout + stderr || message };
  }
}

/**
 * Whether a pid file speaks of some other process: it was copied here with the data, or its number was given away again
 * after a crash (in containers the same small numbers come back at once). PostgreSQL works inside its data directory.
 */
async function isOfAnotherServer(pid: number, recorded: string, directory: string): Promise<boolean> {
  if (process.platform !== 'linux') return recorded !== directory;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) !== (await realpath(directory));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return true;
    // Another account's process, and no right to look closer: containers take that right from root.
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return name.trim() !== 'postgres' || recorded !== directory;
  }
}

/** A socket's path holds at most 107 bytes on Linux and 103 on macOS, whose own temporary directory is long. */
export function shortTemporaryDirectory(): string {
  return tmpdir().length <= 60 ? tmpdir() : '/tmp';
}
