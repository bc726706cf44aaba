import { type Command, Option } from 'commander';
import { type Role, ROLES } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import { EVERYBODY, personNamed } from '../lookup.js';
import { run } from '../program.js';

interface InviteOptions {
  readonly name: string;
  readonly email: string;
  readonly role: Role[];
  readonly sameHumanAs?: string;
}

/** The people who answer for identities. */
export function personCommands(program: Command): void {
  const person = program.command('person').description('people: invite, list, reveal, let go');
  person
    .command('invite')
    .description('invite a person; prints their one-time sign-in token')
    .requiredOption('--name <name>', 'their name')
    .requiredOption('--email <address>', 'their e-mail address')
    .addOption(
      new Option('--role <role…>', 'what they are').choices(ROLES).makeOptionMandatory().argParser(collectRole),
    )
    .option('--same-human-as <person>', 'another account of the same human: neither decides what the other asked')
    .action(run(invite));
  person.command('list').description('everybody, e-mail addresses masked').action(run(list));
  person
    .command('get')
    .argument('<person>', 'id, name or e-mail address')
    .description('name and e-mail address; that you asked is recorded')
    .action(run(get));
  person
    .command('depart')
    .argument('<person>', 'id, name or e-mail address')
    .description('end their sessions and hand over what they answer for')
    .action(run(depart));
  person
    .command('remove')
    .argument('<person>', 'id, name or e-mail address')
    .description('let them depart if need be, and forget who they were')
    .action(run(remove));
}

function collectRole(role: string, roles: Role[] | undefined): Role[] {
  return [...(roles ?? []), role as Role];
}

async function invite(context: CommandContext, options: InviteOptions): Promise<void> {
  const { name, email, role: roles, sameHumanAs } = options;
  const { api } = await context.signedIn();
  const other = sameHumanAs !== undefined && { sameHumanAs: await personNamed(api, sameHumanAs) };
  const { data } = await api.POST('/v1/people', { body: { name, email, roles, ...other } });
  const invited = data!;
  context.output.result(invited, () => {
    context.output.say(
      `${invited.person.name} is invited as ${invited.person.roles.join(', ')} (${invited.person.id}).`,
    );
    context.output.say(`Give them this one-time sign-in token, good until ${invited.signInTokenExpiresAt}:`);
    context.output.say(invited.signInToken);
    context.output.say(`They type it at ${context.url}/invitation, or to: muster login --token-file -`);
  });
}

async function list(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/people', { params: { query: { limit: 200 } } });
  const people = data!.items;
  context.output.result(data, () =>
    context.output.table(
      people,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'E-MAIL', value: ({ maskedEmail }) => maskedEmail },
        { title: 'STATUS', value: ({ status }) => status },
        { title: 'ROLES', value: ({ roles }) => roles.join(', ') },
      ],
      'Nobody yet. Invite somebody with: muster person invite --help',
    ),
  );
}

async function get(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await personNamed(api, named, EVERYBODY);
  const { data } = await api.GET('/v1/people/{id}', { params: { path: { id } } });
  const person = data!;
  context.output.result(person, () =>
    context.output.facts([
      ['name', person.name],
      ['e-mail', person.email],
      ['id', person.id],
      ['status', person.status],
      ['roles', person.roles.join(', ')],
    ]),
  );
}

async function depart(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await personNamed(api, named);
  const { data } = await api.POST('/v1/people/{id}/departure', { params: { path: { id } } });
  context.output.result(data, () =>
    context.output.say(`${data!.name} has departed; what they answered for is handed over.`),
  );
}

async function remove(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await personNamed(api, named, EVERYBODY);
  await api.DELETE('/v1/people/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () =>
    context.output.say('Forgotten: their key is destroyed, the proofs stay valid.'),
  );
}
