import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from '../harness/build.js';

/** What a command left behind. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Hears what a process says while it runs. */
type Listener = (text: string, child: ChildProcess) => void;

/** Somebody's shell: a directory of their own, their own settings, and the command as it is installed. */
export class Terminal {
  private constructor(
    /** Where they stand; empty at first. */
    readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param environment beyond a path and a home of their own */
  static async open(environment: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    return new Terminal(await mkdtemp(path.join(tmpdir(), 'muster-terminal-')), environment);
  }

  /** The full path of a file in their directory. */
  file(...names: readonly string[]): string {
    return path.join(this.directory, ...names);
  }

  /**
   * Runs `muster` as a process of its own.
   *
   * @param onErr hears what it says on standard error while it runs
   * @param environment beyond this shell's
   */
  muster(
    words: readonly string[],
    input = '',
    onErr?: Listener,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Ran> {
    return this.node([path.join(REPOSITORY, 'bin/muster.js'), ...words], input, onErr, environment);
  }

  node(
    words: readonly string[],
    input = '',
    onErr: Listener = () => undefined,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, words, {
        cwd: this.directory,
        env: {
          PATH: process.env.PATH,
          HOME: this.directory,
          XDG_CONFIG_HOME: this.file('config'),
          MUSTER_NO_BROWSER: '1',
          ...this.environment,
          ...environment,
        },
      });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
        onErr(text, child);
      });
      child.once('error', reject).once('close', (code) => resolve({ status: code ?? -1, out, err }));
      child.stdin.end(input);
    });
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
