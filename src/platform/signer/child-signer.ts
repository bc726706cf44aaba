import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { foundKeystore } from '../keystore/found-keystore.js';
import { SignerChannel } from './channel.js';
import { SignerError } from './errors.js';
import type { SignerConfiguration, UnsealOutcome } from './messages.js';
import { type AuthorityPlan, type IntentSignature, type MadeKey, Signer } from './signer.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** scrypt on a loaded machine. */
const UNSEAL_TIMEOUT_MS = 60_000;
const RESTART_PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;
/** A child that lived this long is not in a crash loop. */
const STEADY_MS = 60_000;
const CLOSE_GRACE_MS = 2_000;

export interface ChildSignerOptions {
  readonly configuration: SignerConfiguration;
  /** The application role's database URL: at the first start the new keystore is stored through it. */
  readonly appUrl: string;
  /** The compiled program; found beside this file, or in `dist/` when run from sources. */
  readonly program?: string;
  /** Told when the child ends unasked and when it is back; for the log. */
  readonly onEvent?: (event: 'ended' | 'restarted' | 'still-sealed', details: Record<string, unknown>) => void;
  /** Told how long each answered request took, for metrics. */
  readonly onAnswer?: (method: string, seconds: number) => void;
}

/** The signer as a child process: started, restarted when it dies, spoken to over IPC. */
export class ChildSigner extends Signer {
  private child: ChildProcess | undefined;
  private channel: Promise<SignerChannel> = Promise.reject(notStarted());
  private isUnsealed = false;
  private wasUnsealed = false;
  private closing = false;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(private readonly options: ChildSignerOptions) {
    super();
    this.channel.catch(() => undefined);
  }

  /** Starts the process and hands it its configuration; it is sealed then. */
  async start(): Promise<void> {
    this.channel = this.spawn();
    try {
      await this.channel;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends the process; what it was asked for and has not answered is refused. */
  async close(): Promise<void> {
    this.closing = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const kill = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS);
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(kill);
  }

  override unsealed(): boolean {
    return this.isUnsealed;
  }

  override async unseal(secret?: string): Promise<readonly string[]> {
    return this.unsealOver(await this.channel, secret);
  }

  override serviceKey(): Promise<Buffer> {
    return this.ask('serviceKey', {});
  }

  override logPublicKey(): Promise<Buffer> {
    return this.ask('logPublicKey', {});
  }

  override signCheckpoint(text: string): Promise<string> {
    return this.ask('signCheckpoint', { text });
  }

  override createAuthorities(plan: AuthorityPlan): Promise<readonly MadeKey[]> {
    return this.ask('createAuthorities', plan);
  }

  override tokenPublicKeys(): Promise<readonly { id: string; publicKey: Buffer }[]> {
    return this.ask('tokenPublicKeys', {});
  }

  override signIntents(ids: readonly string[]): Promise<readonly IntentSignature[]> {
    return this.ask('signIntents', { ids });
  }

  override signCrl(id: string): Promise<Buffer> {
    return this.ask('signCrl', { id });
  }

  private async ask<Result>(method: string, params: unknown): Promise<Result> {
    const startedAt = performance.now();
    const channel = await soon(this.channel);
    const result = (await channel.request(method, params, REQUEST_TIMEOUT_MS)) as Result;
    this.options.onAnswer?.(method, (performance.now() - startedAt) / 1000);
    return result;
  }

  private async unsealOver(channel: SignerChannel, secret?: string): Promise<readonly string[]> {
    const params = secret === undefined ? {} : { secret };
    const ask = async () => (await channel.request('unseal', params, UNSEAL_TIMEOUT_MS)) as UnsealOutcome;
    let outcome = await ask();
    if (outcome.kind === 'unfounded') {
      await foundKeystore(this.options.appUrl, outcome.rows);
      outcome = await ask();
    }
    if (outcome.kind === 'unfounded') throw new SignerError('signer_failed', 'The keystore could not be stored.');
    this.isUnsealed = this.wasUnsealed = true;
    return outcome.warnings;
  }

  private async spawn(): Promise<SignerChannel> {
    if (this.closing) throw new SignerError('signer_unavailable', 'The service is stopping.');
    const child = fork(this.options.program ?? compiledProgram(), [], {
      execArgv: [], // never --inspect: a debugger reads keys
      env: bareEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child = child;
    const startedAt = performance.now();
    child.once('exit', (code, signal) =>
      this.ended(child, { code, signal, seconds: (performance.now() - startedAt) / 1000 }),
    );
    child.on('error', () => undefined); // told by exit, or by the request that fails
    const channel = new SignerChannel(child);
    await channel.request('configure', this.options.configuration, REQUEST_TIMEOUT_MS);
    return channel;
  }

  private ended(child: ChildProcess, how: { code: number | null; signal: string | null; seconds: number }): void {
    if (this.closing || child !== this.child) return;
    this.isUnsealed = false;
    this.pauseMs = how.seconds * 1000 > STEADY_MS ? FIRST_PAUSE_MS : Math.min(this.pauseMs * 2, MAX_PAUSE_MS);
    this.options.onEvent?.('ended', { ...how, restartInMs: this.pauseMs });
    this.channel = this.respawn(this.pauseMs);
    this.channel.catch(() => undefined); // told to whoever asks next; a child that dies again is restarted again
  }

  private async respawn(pauseMs: number): Promise<SignerChannel> {
    await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    const channel = await this.spawn();
    this.options.onEvent?.('restarted', {});
    if (this.wasUnsealed) await this.unsealAgain(channel);
    return channel;
  }

  /** A secret that was typed in is not kept here: then the signer stays sealed until somebody types it again. */
  private async unsealAgain(channel: SignerChannel): Promise<void> {
    await this.unsealOver(channel).catch((error: unknown) =>
      this.options.onEvent?.('still-sealed', { code: (error as { code?: unknown }).code }),
    );
  }
}

/** No variable of the service reaches the signer: not a secret, and not NODE_OPTIONS, which could open a debugger. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TZ, TMPDIR } = process.env;
  return { PATH, TZ, TMPDIR, NODE_ENV: 'production' };
}

/** Where the signer lies: beside us when we are packed, compiled as we are, or packed while we run from the sources. */
const PROGRAMS = ['../signer.cjs', '../../issuance/signer/main.js', '../../../dist/bundle/signer.cjs'] as const;

function compiledProgram(): string {
  const programs = PROGRAMS.map((program) => fileURLToPath(new URL(program, import.meta.url)));
  return programs.find((program) => existsSync(program)) ?? programs.at(-1)!;
}

function notStarted(): SignerError {
  return new SignerError('signer_unavailable', 'The signer has not been started.');
}

/** A child that is being restarted is waited for a moment, not for as long as its pauses grow. */
async function soon<Value>(value: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new SignerError('signer_unavailable', 'The signer is being restarted. Try again in a moment.')),
      RESTART_PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
