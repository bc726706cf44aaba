import type { Command } from 'commander';
import { GRANT_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { identityNamed, personNamed } from '../lookup.js';
import { run } from '../program.js';

interface AddOptions {
  readonly target: string;
  readonly scope: string;
  readonly purpose: string;
  readonly verifier?: string;
}

/** What an identity may do elsewhere, each with a purpose and somebody who verified it. */
export function grantCommands(program: Command): void {
  const grant = program.command('grant').description('what an identity may do, and who verified it');
  grant
    .command('add')
    .argument('<identity>', 'id or name')
    .description('add a grant; somebody else verifies it')
    .requiredOption('--target <name>', 'the system it is for, for example order-entry')
    .requiredOption('--scope <scope>', 'the right there, for example orders:write')
    .requiredOption('--purpose <words>', 'what it is for')
    .option('--verifier <person>', 'who shall verify it: id, name or e-mail address')
    .action(run(add));
  grant
    .command('list')
    .argument('<identity>', 'id or name')
    .description('its grants, and a right-sized set')
    .action(run(list));
  grant
    .command('verify')
    .argument('<grant>', 'grt_…')
    .description('confirm that it is needed and right')
    .action(run(verify));
  grant.command('remove').argument('<grant>', 'grt_…').description('take it away').action(run(remove));
}

async function add(context: CommandContext, options: AddOptions, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const { target, scope, purpose, verifier } = options;
  const body = {
    target,
    scope,
    purpose,
    ...(verifier !== undefined && { verifierId: await personNamed(api, verifier) }),
  };
  const { data } = await api.POST('/v1/identities/{id}/grants', { params: { path: { id } }, body });
  context.output.result(data, () => {
    context.output.say(`Added ${data!.id}. It holds once somebody else verifies it: muster grant verify ${data!.id}`);
  });
}

async function list(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await identityNamed(api, named);
  const { data } = await api.GET('/v1/identities/{id}/grants', { params: { path: { id } } });
  context.output.result(data, () => {
    context.output.table(data!.items, GRANT_COLUMNS, 'It holds no grants. Add one with: muster grant add --help');
    for (const unused of data!.proposal.remove)
      context.output.say(`! ${unused} was not used for long. Take it away? muster grant remove ${unused}`);
  });
}

async function verify(context: CommandContext, _options: object, id: string): Promise<void> {
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/grants/{id}/verification', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`${data!.scope} on ${data!.target} is verified.`));
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/grants/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed.'));
}
