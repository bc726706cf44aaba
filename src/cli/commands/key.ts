import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import { canonicalSecret, innerDigest, isGuessable, lastFourOf } from '../../discovery/scanner.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { identityNamed } from '../lookup.js';
import type { Column } from '../output.js';
import { readNamedFile } from '../private-file.js';
import { run } from '../program.js';
import { askSecret, readStandardInput } from '../prompt.js';

interface AddOptions {
  readonly system: string;
  readonly secretFile?: string;
  readonly expires?: string;
}

const PAGE = 200;
const COLUMNS: readonly Column<components['schemas']['RegisteredKey']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'SYSTEM', value: ({ system }) => system },
  { title: 'ENDS IN', value: ({ lastFour }) => lastFour },
  { title: 'REGISTERED', value: ({ registeredAt }) => registeredAt },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
];

/** Keys that other systems issued to identities: known by keyed fingerprint, so that they are recognised wherever they lie. */
export function keyCommands(program: Command): void {
  const key = program
    .command('key')
    .description('keys of other systems that identities hold: known again wherever they lie');
  key.command('list').argument('<identity>', 'id or name').description('all that it holds').action(run(list));
  key
    .command('add')
    .argument('<identity>', 'id or name')
    .requiredOption('--system <name>', 'who issued it, for example stripe')
    .option('--secret-file <file>', 'a file that holds it, or - for standard input; typed unless given')
    .option('--expires <instant>', 'when it ends by itself, like 2027-01-31T00:00:00Z')
    .description('register one: its digest is made here, and the secret sent nowhere')
    .action(run(add));
  key.command('remove').argument('<key>', 'key_…').description('it is accepted there no more').action(run(remove));
}

async function list(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = await identityNamed(api, named);
  const { data } = await api.GET('/v1/identities/{id}/keys', { params: { path, query: { limit: PAGE } } });
  context.output.result(data, () => {
    context.output.table(data!.items, COLUMNS, 'It holds no keys of other systems.');
    if (data!.nextCursor !== null) context.output.say(`The first ${PAGE} are shown.`);
  });
}

async function add(context: CommandContext, { system, secretFile, expires }: AddOptions, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = await identityNamed(api, named);
  const secret = canonicalSecret(await secretFrom(secretFile));
  if (isGuessable('token', secret))
    throw new CliError(
      'option_invalid',
      'That is a password, or too short: a digest of it could be guessed back. Say which account it opens instead: muster alias add --help',
    );
  const body = {
    system,
    innerDigest: innerDigest(secret).toString('hex'),
    lastFour: lastFourOf('token', secret),
    ...(expires !== undefined && { expiresAt: expires }),
  };
  const { data } = await api.POST('/v1/identities/{id}/keys', { params: { path }, body });
  context.output.result(data, () =>
    context.output.say(`${data!.id}: known by its fingerprint from now on. The secret stayed here.`),
  );
}

async function secretFrom(file: string | undefined): Promise<string> {
  if (file === undefined) return askSecret('The key: ');
  return (file === '-' ? await readStandardInput() : await readNamedFile(file)).toString();
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  await api.DELETE('/v1/keys/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('It is off the ledger.'));
}
