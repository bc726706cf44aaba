import type { Command } from 'commander';
import { NOUNS } from '../../src/cli/nouns.js';
import { createProgram } from '../../src/cli/program.js';
import type { PersonsBrowser } from './browser.js';
import type { Ran } from './terminal.js';

/** A person's command line in this process: much quicker than a process for each command. One command at a time. */
export class Shell {
  constructor(
    private readonly url: string,
    /** Where this person's settings and session lie. */
    private readonly configuration: string,
    /** Where they confirm what commands ask them to; without one they wait in vain. */
    private readonly browser?: PersonsBrowser,
  ) {}

  /** @param onErr hears what the command says on standard error while it runs */
  async muster(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    onErr: (text: string) => void = (text) => this.browser?.read(text),
  ): Promise<Ran> {
    const written = { out: '', err: '' };
    const before = { ...process.env };
    const own = { XDG_CONFIG_HOME: this.configuration, MUSTER_URL: this.url, MUSTER_NO_BROWSER: '1' };
    Object.assign(process.env, own, environment);
    process.exitCode = 0;
    try {
      const program = createProgram('0.0.0', NOUNS);
      captureIn(program, written, onErr);
      await program.parseAsync(['node', 'muster', ...words]);
      await this.browser?.settled();
      return { status: process.exitCode, ...written };
    } catch (error) {
      return { status: (error as { exitCode?: number }).exitCode ?? -1, ...written };
    } finally {
      process.exitCode = 0;
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }

  /** For what must succeed: its JSON. */
  async json<Value>(...words: readonly string[]): Promise<Value> {
    const { status, out, err } = await this.muster([...words, '--json']);
    if (status !== 0) throw new Error(`muster ${words.join(' ')} failed: ${err}`);
    return JSON.parse(out) as Value;
  }
}

function captureIn(command: Command, written: { out: string; err: string }, onErr: (text: string) => void): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => (written.out += text),
    writeErr: (text) => {
      written.err += text;
      onErr(text);
    },
  });
  for (const inner of command.commands) captureIn(inner, written, onErr);
}
