import type { Command } from 'commander';
import { connect, type Connection, type ConnectionOptions, fetchRoot } from '../client/index.js';
import { Browser } from './browser.js';
import { CliError } from './errors.js';
import { Output, type Screen, screenOf } from './output.js';
import { readFileIfAny } from './private-file.js';
import { SessionStore, type StoredSession } from './sessions.js';
import { StepUpPrompt } from './step-up-prompt.js';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly caFingerprint?: string;
  readonly json?: boolean;
  /** False with `--no-wait`: what waits for a person ends the command instead. */
  readonly wait?: boolean;
}

export const DEFAULT_URL = 'https://localhost:8443';

/** What a command works with: where the service is, whom it trusts, and where it writes. */
export class CommandContext {
  readonly output: Output;
  /** Beside the result, on standard error: what a person is to do while the command waits. */
  readonly notices: Output;
  readonly browser: Browser;
  readonly sessions: SessionStore;
  private readonly opened: Connection[] = [];
  /** Where nobody said which service: the only one that its user is signed in to, and not this machine's. */
  private chosen: string | undefined;

  constructor(
    readonly options: GlobalOptions,
    screens: { readonly out: Screen; readonly err: Screen },
    readonly environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.output = new Output(screens.out, options.json === true);
    this.notices = new Output(screens.err, options.json === true);
    this.browser = Browser.ofUser(environment);
    this.sessions = SessionStore.ofUser(environment);
  }

  /** @param given what a command says by options of its own */
  static of(command: Command, given: Partial<GlobalOptions> = {}): CommandContext {
    const out = screenOf(process.stdout, (text) => command.configureOutput().writeOut!(text));
    const err = screenOf(process.stderr, (text) => command.configureOutput().writeErr!(text));
    return new CommandContext({ ...command.optsWithGlobals<GlobalOptions>(), ...given }, { out, err });
  }

  /** Whether to wait for a person who has to do something elsewhere. */
  get waits(): boolean {
    return this.options.wait !== false;
  }

  get url(): string {
    const url = this.options.url ?? this.chosen ?? DEFAULT_URL;
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
      throw new CliError('option_invalid', `${url} is no address of a service. Give --url https://host:port.`);
    return new URL(url).origin;
  }

  now(): Date {
    return new Date();
  }

  /**
   * The root to trust: the one behind `--ca-fingerprint`, else the one this user's session pinned, else, on the
   * service's own machine, the one in its data folder.
   */
  async root(dataFolder = 'data'): Promise<string> {
    if (this.options.caFingerprint !== undefined) return fetchRoot(this.url, this.options.caFingerprint);
    const session = await this.sessions.find(this.url, this.now());
    if (session) return session.root;
    const local = await readFileIfAny(`${dataFolder}/root.pem`);
    if (local !== undefined) return local;
    throw new CliError(
      'option_missing',
      'Name the root to trust with --ca-fingerprint sha256:…; npm start prints it, or ask the operator of the service.',
    );
  }

  async session(): Promise<StoredSession> {
    const there = await this.choose();
    const session = await this.sessions.find(this.url, this.now());
    if (session) return session;
    const others = there.map(({ url }) => url).join(' and to ');
    const next = others === '' ? 'Run: muster login --help' : `You are signed in to ${others}: name one with --url.`;
    const ended = (await this.sessions.knows(this.url)) ? ' any more' : '';
    throw new CliError('not_signed_in', `Nobody is signed in to ${this.url}${ended}. ${next}`);
  }

  /**
   * For what is done as the person who signed in, or is the same for everybody: never for what signs in, or acts as somebody else.
   * Whoever signed in to this machine's own service means that one also when their session has ended: the other may be production.
   *
   * @returns the sessions that there are
   */
  private async choose(): Promise<readonly StoredSession[]> {
    const there = await this.sessions.all(this.now());
    if (this.options.url !== undefined || this.chosen !== undefined || there.length !== 1) return there;
    if (there[0]!.url === DEFAULT_URL || (await this.sessions.knows(DEFAULT_URL))) return there;
    this.chosen = there[0]!.url;
    this.notices.say(`At ${this.chosen}, the only service that you are signed in to.`);
    return there;
  }

  /** A connection as the person who signed in; where the service wants to see them, they are asked to come. */
  async signedIn(): Promise<Connection> {
    const { root, token } = await this.session();
    return this.connectAs(root, token);
  }

  connectAs(root: string, token: string): Connection {
    if (!this.waits) return this.connect({ root, token });
    const prompt = new StepUpPrompt(this.connect({ root, token }), this.notices, this.browser);
    return this.connect({ root, token, stepUp: (asked) => prompt.wait(asked) });
  }

  /** A connection as nobody yet. */
  async anonymous(): Promise<Connection> {
    await this.choose();
    return this.connect({ root: await this.root() });
  }

  connect(options: Omit<ConnectionOptions, 'url'> & { readonly url?: string }): Connection {
    const connection = connect({ url: this.url, ...options });
    this.opened.push(connection);
    return connection;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((connection) => connection.close()));
  }
}
