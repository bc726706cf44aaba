import type { Command } from 'commander';
import { connect, type Connection, type ConnectionOptions, fetchRoot } from '../client/index.js';
import { Browser } from './browser.js';
import { CliError } from './errors.js';
import { Output, type Screen, screenOf } from './output.js';
import { readFileIfAny } from './private-file.js';
import { isOpen, SessionStore, type StoredSession } from './sessions.js';
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
   * service's own machine, the one in its data folder, else the one that a session pinned which has expired since.
   */
  async root(dataFolder = 'data'): Promise<string> {
    if (this.options.caFingerprint !== undefined) return fetchRoot(this.url, this.options.caFingerprint);
    const session = await this.sessions.left(this.url);
    if (session && isOpen(session, this.now())) return session.root;
    const known = (await readFileIfAny(`${dataFolder}/root.pem`)) ?? session?.root;
    if (known !== undefined) return known;
    throw new CliError(
      'option_missing',
      'Name the root to trust with --ca-fingerprint sha256:…; npm start prints it, or ask the operator of the service.',
    );
  }

  async session(): Promise<StoredSession> {
    const left = await this.choose();
    const session = left.find(({ url }) => url === this.url);
    if (session && isOpen(session, this.now())) return session;
    const ended = session ? ' any more' : '';
    throw new CliError('not_signed_in', `Nobody is signed in to ${this.url}${ended}. ${this.wayIn(left)}`);
  }

  private wayIn(left: readonly StoredSession[]): string {
    const open = left.filter((session) => isOpen(session, this.now())).map(({ url }) => url);
    if (open.length > 0) return `You are signed in to ${open.join(' and to ')}: name one with --url.`;
    const elsewhere = left.map(({ url }) => url).filter((url) => url !== this.url);
    if (elsewhere.length === 0) return 'Run: muster login --help';
    return `Sessions elsewhere have expired; begin one with: muster login --url ${elsewhere.join(', or with --url ')}`;
  }

  /**
   * For what is done as the person who signed in, or is the same for everybody: never for what signs in, or acts as somebody else.
   * Whoever signed in to this machine's own service and not out of it means that one also when their session has expired: the
   * other may be production.
   *
   * @returns the sessions that nobody signed out of
   */
  private async choose(): Promise<readonly StoredSession[]> {
    const left = await this.sessions.all();
    if (this.options.url !== undefined || this.chosen !== undefined) return left;
    const open = left.filter((session) => isOpen(session, this.now()));
    if (open.length !== 1 || left.some(({ url }) => url === DEFAULT_URL)) return left;
    const { url } = open[0]!;
    this.chosen = url;
    this.notices.result({ service: { url } }, () =>
      this.notices.say(`At ${url}, the only service that you are signed in to.`),
    );
    return left;
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
