import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { REPOSITORY } from '../harness/build.js';
import { untilTrue } from '../consumer/until-true.js';

/** The command as it is installed, while it runs. */
export class Running {
  out = '';
  err = '';
  private readonly over: Promise<unknown>;

  private constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.over = once(child, 'close');
  }

  static muster(words: readonly string[], directory: string, environment: Readonly<Record<string, string>>): Running {
    return Running.node([path.join(REPOSITORY, 'bin/muster.js'), ...words], directory, environment);
  }

  /** Any program of Node's. */
  static node(
    words: readonly string[],
    directory: string,
    environment: Readonly<Record<string, string>> = {},
  ): Running {
    const own = { PATH: process.env.PATH, HOME: directory, XDG_CONFIG_HOME: path.join(directory, 'config') };
    const env = { ...own, ...environment };
    return new Running(spawn(process.execPath, words, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when it has written this. */
  async writes(words: string): Promise<void> {
    await untilTrue(() => {
      if (this.out.includes(words)) return true;
      if (this.child.exitCode !== null) throw new Error(`It ended with ${this.child.exitCode}: ${this.err}`);
      return false;
    });
  }

  /** @returns its status, once it has ended */
  async status(): Promise<number | NodeJS.Signals | null> {
    await this.over;
    return this.child.exitCode ?? this.child.signalCode;
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) this.child.kill('SIGTERM');
    await this.over;
  }
}
