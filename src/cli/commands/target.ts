import { type Command, Option } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { allTargets, identityNamed, personNamed, targetNamed } from '../lookup.js';
import { readNamedFile } from '../private-file.js';
import { run } from '../program.js';
import { askSecret } from '../prompt.js';

type Target = components['schemas']['Target'];
type Observation = components['schemas']['TargetObservation'];

const KINDS = [
  'postgresql',
  'mariadb',
  'mysql',
  'redis',
  'rabbitmq',
  'aws-iam',
  'kubernetes',
  'webhook',
] as const satisfies readonly Target['kind'][];

interface AddOptions {
  readonly kind: Target['kind'];
  readonly owner: string;
  readonly urlFile?: string;
  readonly caFile?: string;
  readonly privateNetworkReason?: string;
}

/** Systems where identities have accounts, as far as Muster can look at and change them. */
export function targetCommands(program: Command): void {
  const target = program
    .command('target')
    .description('systems where identities have accounts: looked at, and changed by reviews');
  target
    .command('add')
    .argument('<name>', 'as grants name it, for example orders-db')
    .description('register a system; its URL with the password is typed, piped in or read from a file')
    .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).default('postgresql'))
    .requiredOption('--owner <person>', 'who answers for the system: id, name or e-mail')
    .option('--url-file <file>', 'a file that holds its URL, such as postgresql://user:password@host/database')
    .option('--ca-file <pem>', 'its own authorities, believed for it alone')
    .option('--private-network-reason <words>', 'your consent to a private address, and why')
    .action(run(add));
  target.command('list').description('all targets').action(run(list));
  target
    .command('check')
    .argument('<target>', 'id or name')
    .description('say what Muster could look at and change there; exit 1 when it cannot look')
    .action(run(check));
  target
    .command('remove')
    .argument('<target>', 'id or name')
    .description('forget it, and how to get in')
    .action(run(remove));
  const account = target.command('account').description('whose the accounts on a target are');
  account
    .command('add')
    .argument('<target>', 'id or name')
    .argument('<identity>', 'id or name')
    .argument('<account>', 'what the account is called there, for example a role of PostgreSQL')
    .description('say whose an account is')
    .action(run(addAccount));
  account.command('list').argument('<target>', 'id or name').description('whose they are').action(run(listAccounts));
  account.command('show').argument('<account>', 'acc_…').description('look at it on the target, now').action(run(show));
  account
    .command('remove')
    .argument('<account>', 'acc_…')
    .description('no longer know whose it is')
    .action(run(disown));
}

async function add(context: CommandContext, options: AddOptions, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const url =
    options.urlFile === undefined
      ? await askSecret(`URL of ${name}, with its password: `)
      : (await readNamedFile(options.urlFile)).toString().trim();
  const reason = options.privateNetworkReason;
  const body = {
    name,
    kind: options.kind,
    url,
    caCertificates: options.caFile === undefined ? null : (await readNamedFile(options.caFile)).toString(),
    privateNetwork: reason === undefined ? null : { reason },
    ownerId: await personNamed(api, options.owner),
  };
  const { data } = await api.POST('/v1/targets', { body });
  context.output.result(data, () => {
    context.output.say(`${data!.name} is ${data!.id}, at ${data!.place}. Its password is sealed.`);
    context.output.say(`See what Muster may do there: muster target check ${data!.name}`);
  });
}

async function list(context: CommandContext): Promise<void> {
  const targets = await allTargets((await context.signedIn()).api);
  context.output.result({ items: targets }, () =>
    context.output.table(
      targets,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: (target) => target.name },
        { title: 'WHERE', value: ({ place }) => place },
        { title: 'STATUS', value: ({ status }) => status },
        { title: 'CHECKED', value: ({ checkedAt, checkFailure }) => checkFailure ?? checkedAt ?? 'never' },
      ],
      'No target yet. Add one with: muster target add --help',
    ),
  );
}

async function check(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await targetNamed(api, named);
  const { data } = await api.POST('/v1/targets/{id}/check', { params: { path: { id } } });
  if (data!.failure) process.exitCode = 1;
  context.output.result(data, () => {
    if (data!.failure) context.output.mark('bad', `✗ ${data!.failure.words}`);
    for (const { able, words } of data!.abilities)
      context.output.mark(able ? 'good' : 'bad', `${able ? '✓' : '✗'} ${words}`);
  });
}

async function remove(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await targetNamed(api, named);
  await api.DELETE('/v1/targets/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed, and its password with it.'));
}

async function addAccount(
  context: CommandContext,
  _options: object,
  named: string,
  whose: string,
  account: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await targetNamed(api, named);
  const body = { identityId: (await identityNamed(api, whose)).id, account };
  const { data } = await api.POST('/v1/targets/{id}/accounts', { params: { path: { id } }, body });
  context.output.result(data, () => {
    context.output.say(
      `${data!.id}: ${data!.account} is ${whose}’s. What it has there: muster target account show ${data!.id}`,
    );
  });
}

async function listAccounts(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await targetNamed(api, named);
  const query = { limit: 200 };
  const { data } = await api.GET('/v1/targets/{id}/accounts', { params: { path: { id }, query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: (row) => row.id },
        { title: 'ACCOUNT', value: ({ account }) => account },
        { title: 'IDENTITY', value: ({ identityId }) => identityId },
        { title: 'SINCE', value: ({ addedAt }) => addedAt },
      ],
      'Nobody has said whose its accounts are. Say so with: muster target account add --help',
    ),
  );
}

async function show(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/target-accounts/{id}/observation', { params: { path: { id } } });
  context.output.result(data, () => showObservation(context, data!));
}

function showObservation({ output }: CommandContext, seen: Observation): void {
  if (!seen.exists) return output.say('There is no such account on the target.');
  output.facts([
    ['may sign in', seen.canLogin ? 'yes' : 'no'],
    ['member of', seen.memberships.join(', ') || 'nothing'],
    ['open sessions', seen.openSessions],
    ['looked at', seen.observedAt],
  ]);
  for (const privilege of seen.privileges) output.say(`  ${privilege}`);
  const more = seen.privilegeCount - seen.privileges.length;
  if (more > 0) output.say(`  and ${more} more`);
}

async function disown(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/target-accounts/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Nobody’s any more. On the target it is as it was.'));
}
