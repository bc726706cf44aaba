import { hostname } from 'node:os';
import type { Command } from 'commander';
import { type components, ServiceRefusal } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { signInByDevice } from '../device-login.js';
import { CliError } from '../errors.js';
import { signInByLoopback } from '../loopback-login.js';
import { run } from '../program.js';
import { readFileIfAny, readNamedFile } from '../private-file.js';
import { askSecret } from '../prompt.js';
import { isAway } from '../workload/patience.js';

type StartedSession = components['schemas']['StartedSession'];
type Me = components['schemas']['Me'];

interface LoginOptions {
  readonly setupTokenFile?: string;
  readonly tokenFile?: string;
  readonly device?: boolean;
  readonly name: string;
  readonly email: string;
  readonly data: string;
}

/** What every way of signing in ends with. */
interface Kept {
  readonly token: string;
  readonly expiresAt: string;
}

/** What a machine is called where its name is none that could be shown. */
const UNNAMED = 'a machine without a name';
const MAX_HOST = 64;
const UNAUTHENTICATED = 401;

/** Signing in and out. */
export function loginCommands(program: Command): void {
  program
    .command('login')
    .description('sign in by your browser: on this machine, or by a code where there is none')
    .option('--device', 'by a code that you type in a browser anywhere')
    .option('--token-file <file>', 'with a one-time sign-in token, for example of an invitation; - asks for it')
    .option('--setup-token-file <file>', 'the service’s data/setup-token: makes you the first administrator, once')
    .option('--name <name>', 'your name, as first administrator', 'First administrator')
    .option('--email <address>', 'your e-mail address, as first administrator', 'administrator@localhost.localdomain')
    .option('--data <folder>', 'the data folder, on the service’s own machine', 'data')
    .action(run(login));
  program.command('logout').description('end this session').action(run(logout));
  program.command('whoami').description('say who is signed in, and what they must hear about').action(run(whoami));
}

async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const root = await context.root(options.data);
  const { expiresAt } = await begin(context, root, options);
  context.output.result({ expiresAt }, () => {
    context.output.say(`Signed in to ${context.url} until ${expiresAt}.`);
    const there = context.options.url === undefined ? '' : ` --url ${context.url}`;
    context.output.say(`See it work with: muster tour${there}`);
    if (options.setupTokenFile === undefined) return;
    context.output.say('Enrol a passkey soon: whatever is hard to undo will ask for one. muster authenticators enrol');
  });
}

function begin(context: CommandContext, root: string, options: LoginOptions): Promise<Kept> {
  if (options.setupTokenFile !== undefined) return setUp(context, root, options);
  if (options.tokenFile !== undefined) return signInWithToken(context, root, options.tokenFile);
  return signInByBrowser(context, root, options.device === true);
}

/** The browser on this machine where there is one; else, or where it does not start, a code. */
async function signInByBrowser(context: CommandContext, root: string, device: boolean): Promise<Kept> {
  const connection = context.connect({ root });
  const { notices, browser, waits } = context;
  const host = hostLabel();
  const { data: metadata } = await connection.api.GET('/.well-known/oauth-authorization-server', {});
  const here = !device && waits && browser.isThere;
  const service = { url: metadata!.issuer, host };
  const session =
    (here ? await signInByLoopback(connection, service, { notices, browser }) : undefined) ??
    (await signInByDevice(connection, host, { notices, browser, waits }));
  const expiresAt = new Date(context.now().getTime() + session.expires_in * 1000).toISOString();
  return keepOnes(context, root, { token: session.access_token, expiresAt });
}

/** What the person will recognise this machine by, in one line of plain text. */
function hostLabel(): string {
  const name = hostname()
    .replace(/[^\x21-\x7e]/g, '')
    .slice(0, MAX_HOST);
  return name === '' ? UNNAMED : name;
}

async function setUp(context: CommandContext, root: string, options: LoginOptions): Promise<Kept> {
  const setupToken = await setupTokenIn(options.setupTokenFile!);
  return becomeFirstAdministrator(context, root, { setupToken, name: options.name, email: options.email });
}

/** Spends the setup token, and leaves the session to the commands after this one. */
export async function becomeFirstAdministrator(
  context: CommandContext,
  root: string,
  body: { readonly setupToken: string; readonly name: string; readonly email: string },
): Promise<Kept> {
  const { data } = await context.connect({ root }).api.POST('/v1/setup', { body });
  return keep(context, root, handedOut(data!.session), data!.person.id);
}

async function signInWithToken(context: CommandContext, root: string, file: string): Promise<Kept> {
  const signInToken = file === '-' ? await askSecret('One-time sign-in token: ') : await secretIn(file);
  const { data } = await context.connect({ root }).api.POST('/v1/sign-in', { body: { signInToken } });
  return keepOnes(context, root, handedOut(data!.session));
}

/** A session with its token, which is left out where a browser keeps it in a cookie. */
function handedOut({ token, expiresAt }: StartedSession): Kept {
  return { token: token!, expiresAt };
}

/** As {@link keep}, for a session of which it is not known yet whose it is. */
async function keepOnes(context: CommandContext, root: string, session: Kept): Promise<Kept> {
  const { data } = await context.connect({ root, token: session.token }).api.GET('/v1/me');
  return keep(context, root, session, data!.person.id);
}

async function keep(context: CommandContext, root: string, session: Kept, personId: string): Promise<Kept> {
  await context.sessions.save({ url: context.url, root, ...session, personId });
  return session;
}

/** A session that has ended by itself, or was ended there, is only forgotten. */
async function logout(context: CommandContext): Promise<void> {
  const said = await endSession(context);
  await context.sessions.forget(context.url);
  context.output.result({ ended: true }, () => context.output.say(said));
}

async function endSession(context: CommandContext): Promise<string> {
  try {
    const { api } = await context.signedIn();
    await api.DELETE('/v1/sessions/{id}', { params: { path: { id: 'current' } } });
    return 'Signed out.';
  } catch (error) {
    if (await isOver(context, error)) return 'Signed out; the session had ended already.';
    if (!isAway(error)) throw error;
    const { message } = error as Error;
    throw new CliError(
      'service_unreachable',
      `${message} You stay signed in until it answers; then run: muster logout`,
    );
  }
}

async function isOver({ sessions, url }: CommandContext, error: unknown): Promise<boolean> {
  if (error instanceof ServiceRefusal) return error.status === UNAUTHENTICATED;
  return error instanceof CliError && error.code === 'not_signed_in' && (await sessions.left(url)) !== undefined;
}

async function whoami(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/me');
  const me = data!;
  context.output.result(me, () => {
    context.output.facts([
      ['name', me.person.name],
      ['id', me.person.id],
      ['roles', me.person.roles.join(', ')],
      ['signed in', me.session.startedAt],
      ['proved', me.session.proofs.map(({ acr, ageSeconds }) => `${acr} ${ageSeconds} s ago`).join(', ')],
    ]);
    for (const reminder of me.reminders) context.output.say(`! ${REMINDERS[reminder]}`);
    for (const { kind, personId, at } of me.notices) context.output.say(`! ${at}: ${NOTICES[kind]} ${personId}.`);
    for (const { id, personId, state } of me.emergencies)
      context.output.say(`! ${personId} broke the glass (${id}, ${state}). See: muster break-glass list`);
  });
}

const REMINDERS: Readonly<Record<Me['reminders'][number], string>> = {
  enrol_authenticator: 'You have no passkey yet. Enrol one: muster authenticators enrol',
  print_recovery_codes: 'You have no recovery codes. Print them in your browser: muster authenticators enrol',
  second_administrator: 'You are the only administrator. Invite a second one: muster person invite --help',
};

const NOTICES: Readonly<Record<Me['notices'][number]['kind'], string>> = {
  'sign-in-printed': 'a sign-in was printed on the service’s machine for',
  'authenticators-reset': 'all authenticators were taken from',
  'recovery-code-used': 'a recovery code let in',
  'passkey-copied': 'a passkey looks copied, of',
};

async function secretIn(path: string): Promise<string> {
  return (await readNamedFile(path)).toString().trim();
}

async function setupTokenIn(path: string): Promise<string> {
  const token = (await readFileIfAny(path))?.trim();
  if (token) return token;
  throw new CliError(
    'file_unreadable',
    `${path}: there is no setup token. It is spent once, then its file is gone. Ask an administrator to invite you, or on the service’s machine: muster admin sign-in`,
  );
}
