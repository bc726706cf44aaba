import type { Command } from 'commander';
import { browserLink } from '../browser-link.js';
import { AUTHENTICATOR_COLUMNS, SESSION_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { run } from '../program.js';

/** What one proves oneself with, and where one is signed in. */
export function authenticatorCommands(program: Command): void {
  const authenticators = program
    .command('authenticators')
    .description('what you prove yourself with: passkeys, code generators, recovery codes');
  authenticators.command('list', { isDefault: true }).description('yours').action(run(list));
  authenticators
    .command('remove')
    .argument('<authenticator>', 'ath_…')
    .description('take one away, for example of a telephone you lost')
    .action(run(remove));
  authenticators.command('enrol').description('where to enrol one: in your browser').action(run(enrol));
  const sessions = program.command('sessions').description('where you are signed in');
  sessions
    .command('list', { isDefault: true })
    .description('yours; everybody’s for administrators')
    .action(run(listSessions));
  sessions.command('end').argument('<session>', 'ses_…').description('sign out there').action(run(endSession));
}

async function list(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/authenticators');
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      AUTHENTICATOR_COLUMNS,
      'You have none yet. Enrol one: muster authenticators enrol',
    ),
  );
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/authenticators/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed: it lets nobody in any more.'));
}

/** Keys live in the browser and its devices, so enrolling is done there. */
async function enrol(context: CommandContext): Promise<void> {
  const { root, token } = await context.session();
  const link = await browserLink(context.connect({ root, token }), '/me');
  const opened = context.waits && (await context.browser.open(link.url));
  context.output.result(link, () => {
    context.output.say(opened ? 'Your browser shows where to enrol it:' : 'Enrol it in your browser:');
    context.output.mark('strong', `  ${link.url}`);
    if (link.signsIn)
      context.output.say(`The link signs your browser in as you, once, until ${link.expiresAt!}. Keep it to yourself.`);
  });
}

async function listSessions(context: CommandContext): Promise<void> {
  const query = { limit: 200 };
  const { data } = await (await context.signedIn()).api.GET('/v1/sessions', { params: { query } });
  context.output.result(data, () => context.output.table(data!.items, SESSION_COLUMNS, 'Nobody is signed in.'));
}

async function endSession(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/sessions/{id}', { params: { path: { id } } });
  context.output.result({ ended: id }, () => context.output.say('Ended.'));
}
