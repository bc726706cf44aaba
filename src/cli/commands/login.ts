import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { run } from '../program.js';
import { readFileIfAny, readNamedFile } from '../private-file.js';
import { askSecret } from '../prompt.js';

type StartedSession = components['schemas']['StartedSession'];

interface LoginOptions {
  readonly setupTokenFile?: string;
  readonly tokenFile?: string;
  readonly name: string;
  readonly email: string;
  readonly data: string;
}

/** Signing in and out. */
export function loginCommands(program: Command): void {
  program
    .command('login')
    .description('sign in with a one-time token, or, once, with the setup token as first administrator')
    .option('--setup-token-file <file>', 'the service’s data/setup-token: makes you the first administrator')
    .option('--token-file <file>', 'a file with the one-time sign-in token; else it is asked for')
    .option('--name <name>', 'your name, as first administrator', 'First administrator')
    .option('--email <address>', 'your e-mail address, as first administrator', 'administrator@localhost.localdomain')
    .option('--data <folder>', 'the data folder, on the service’s own machine', 'data')
    .action(run(login));
  program.command('logout').description('end this session').action(run(logout));
  program.command('whoami').description('say who is signed in, and what they must hear about').action(run(whoami));
}

async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const root = await context.root(options.data);
  const session =
    options.setupTokenFile === undefined ? await signIn(context, root, options) : await setUp(context, root, options);
  context.output.result({ expiresAt: session.expiresAt }, () => {
    context.output.say(`Signed in to ${context.url} until ${session.expiresAt}.`);
    context.output.say('See it work with: muster tour');
  });
}

async function setUp(context: CommandContext, root: string, options: LoginOptions): Promise<StartedSession> {
  const setupToken = await setupTokenIn(options.setupTokenFile!);
  return becomeFirstAdministrator(context, root, { setupToken, name: options.name, email: options.email });
}

/** Spends the setup token, and leaves the session to the commands after this one. */
export async function becomeFirstAdministrator(
  context: CommandContext,
  root: string,
  body: { readonly setupToken: string; readonly name: string; readonly email: string },
): Promise<StartedSession> {
  const { data } = await context.connect({ root }).api.POST('/v1/setup', { body });
  await keep(context, root, data!.session, data!.person.id);
  return data!.session;
}

async function signIn(context: CommandContext, root: string, options: LoginOptions): Promise<StartedSession> {
  const signInToken =
    options.tokenFile === undefined ? await askSecret('One-time sign-in token: ') : await secretIn(options.tokenFile);
  const { data } = await context.connect({ root }).api.POST('/v1/sign-in', { body: { signInToken } });
  const { session } = data!;
  const me = await context.connect({ root, token: session.token }).api.GET('/v1/me');
  await keep(context, root, session, me.data!.person.id);
  return session;
}

function keep(context: CommandContext, root: string, session: StartedSession, personId: string): Promise<void> {
  const { token, expiresAt } = session;
  return context.sessions.save({ url: context.url, root, token, expiresAt, personId });
}

async function logout(context: CommandContext): Promise<void> {
  const connection = await context.signedIn();
  await connection.api.DELETE('/v1/sessions/{id}', { params: { path: { id: 'current' } } });
  await context.sessions.forget(context.url);
  context.output.result({ ended: true }, () => context.output.say('Signed out.'));
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
    ]);
    for (const notice of me.notices)
      context.output.say(
        `! ${notice.printedAt}: a sign-in was printed on the service's machine for ${notice.personId}.`,
      );
  });
}

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
