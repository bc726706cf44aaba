import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { identityNamed } from '../lookup.js';
import type { Column } from '../output.js';
import { run } from '../program.js';

const PAGE = 200;
const COLUMNS: readonly Column<components['schemas']['Alias']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ identifier }) => identifier },
  { title: 'ADDED', value: ({ addedAt }) => addedAt },
  { title: 'BY', value: ({ addedBy }) => addedBy },
];

/** What identities are called in other systems: by it what is found there is known to be theirs. */
export function aliasCommands(program: Command): void {
  const alias = program.command('alias').description('what an identity is called in other systems');
  alias.command('list').argument('<identity>', 'id or name').description('all its names elsewhere').action(run(list));
  alias
    .command('add')
    .argument('<identity>', 'id or name')
    .argument('<name>', 'an ARN, an access key’s id, a service account’s address, postgresql://user@host, …')
    .description('say what it, or a credential of it, is called there')
    .action(run(add));
  alias.command('remove').argument('<alias>', 'als_…').description('it is called so no more').action(run(remove));
}

async function list(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = await identityNamed(api, named);
  const { data } = await api.GET('/v1/identities/{id}/aliases', { params: { path, query: { limit: PAGE } } });
  context.output.result(data, () => {
    context.output.table(data!.items, COLUMNS, 'It has no names elsewhere.');
    if (data!.nextCursor !== null) context.output.say(`The first ${PAGE} are shown.`);
  });
}

async function add(context: CommandContext, _options: object, named: string, identifier: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = await identityNamed(api, named);
  const { data } = await api.POST('/v1/identities/{id}/aliases', { params: { path }, body: { identifier } });
  context.output.result(data, () => context.output.say(`It is known as ${data!.identifier}.`));
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  await api.DELETE('/v1/aliases/{id}', { params: { path: { id } } });
  context.output.result({ id }, () => context.output.say('It is called so no more.'));
}
