import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { CliError } from '../errors.js';

/** What is passed on to the command. */
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
/** What asks it to end: while it is being restarted, it is not started again. */
const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
/** What a terminal sends to the command by itself. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];
const SIGNAL_STATUS = 128;
const NOT_FOUND_STATUS = 127;

/** A command that runs in our place: with our terminal, our signals, and its status as ours. It can be started again. */
export class SupervisedCommand {
  /** The status it ended with, by itself or by a signal; not when it is restarted. */
  readonly ended: Promise<number>;
  private readonly end: (status: number) => void;
  /** Once it was started, or never will be. */
  readonly begun: Promise<void>;
  private readonly begin: () => void;
  private child: ChildProcess | undefined;
  private restarting = false;
  private over = false;
  private asked: NodeJS.Signals | undefined;

  /**
   * @param environment asked for at each start
   * @param stopMilliseconds how long it may take to end when it is restarted
   */
  constructor(
    private readonly words: readonly string[],
    private readonly environment: () => NodeJS.ProcessEnv,
    private readonly stopMilliseconds: number,
  ) {
    const { promise, resolve } = withResolvers<number>();
    [this.ended, this.end] = [promise, resolve];
    const begun = withResolvers<void>();
    [this.begun, this.begin] = [begun.promise, begun.resolve];
  }

  get isRunning(): boolean {
    return this.child !== undefined && !this.over;
  }

  /** @throws CliError `command_not_found` */
  async start(): Promise<void> {
    for (const signal of FORWARDED) process.on(signal, this.forward);
    await this.spawn();
    this.begin();
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  /**
   * Ends it, by force where it takes too long, and starts it anew.
   *
   * @returns false when it was to end meanwhile, and did
   * @throws CliError `command_not_found`
   */
  async restart(): Promise<boolean> {
    const { child } = this;
    if (!child || this.over) return false;
    this.restarting = true;
    if (!hasEnded(child)) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), this.stopMilliseconds);
      await gone;
      clearTimeout(force);
    }
    this.restarting = false;
    if (this.asked) this.finish(statusOf(null, this.asked));
    else await this.spawn();
    return this.asked === undefined;
  }

  /** Passes nothing on any more. */
  release(): void {
    this.begin();
    for (const signal of FORWARDED) process.off(signal, this.forward);
  }

  private finish(status: number): void {
    this.over = true;
    this.end(status);
  }

  /** @param signal none where this process told itself to end: that is no word to the command */
  private readonly forward = (signal?: NodeJS.Signals): void => {
    if (!signal) return;
    if (ENDING.includes(signal)) this.asked = signal;
    if (process.stdin.isTTY && FROM_TERMINAL.includes(signal)) return;
    this.child?.kill(signal);
  };

  private async spawn(): Promise<void> {
    const [file, ...args] = this.words;
    const child = spawn(file!, args, { stdio: 'inherit', env: this.environment() });
    this.child = child;
    child.once('exit', (code, signal) => {
      if (!this.restarting) this.finish(statusOf(code, signal));
    });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      this.finish(NOT_FOUND_STATUS);
      throw new CliError('command_not_found', `${file!} cannot be started: is it spelled right, and on the PATH?`, {
        details: { reason: (cause as NodeJS.ErrnoException).code ?? 'unknown' },
      });
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** As shells say it. */
function statusOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? SIGNAL_STATUS + (signal ? constants.signals[signal] : 0);
}

function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((given) => (resolve = given));
  return { promise, resolve };
}
