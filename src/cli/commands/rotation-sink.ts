import type { Command } from 'commander';
import { parse } from 'yaml';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { rotationNamed } from '../lookup.js';
import { readNamedFile } from '../private-file.js';
import { run } from '../program.js';

type Sink = components['schemas']['RotationSink'];

interface AddOptions {
  readonly file: string;
  readonly accessFile?: string;
}

/** Places that a secret is delivered to. */
export function sinkCommands(rotation: Command): void {
  const sink = rotation.command('sink').description('places that a rotated secret is delivered to');
  sink
    .command('add')
    .argument('<rotation>', 'id or name')
    .requiredOption('--file <yaml>', 'kind and settings of the place, as the guide on rotation shows them')
    .option('--access-file <yaml>', 'what opens it, for example token: …; sealed at once')
    .description('deliver there from the next rotation on')
    .action(run(add));
  sink.command('list').argument('<rotation>', 'id or name').description('where it goes').action(run(list));
  sink
    .command('check')
    .argument('<sink>', 'rsk_…')
    .description('look whether Muster could deliver there; exit 1 when it could not')
    .action(run(check));
  sink.command('remove').argument('<sink>', 'rsk_…').description('deliver there no more').action(run(remove));
}

async function add(context: CommandContext, { file, accessFile }: AddOptions, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await rotationNamed(api, named);
  const access = accessFile === undefined ? undefined : await yamlIn(accessFile);
  // What is in the file the service judges: its words name every mistake.
  const body = { ...(await yamlIn(file)), ...(access && { access }) } as never;
  const { data } = await api.POST('/v1/rotations/{id}/sinks', { params: { path: { id } }, body });
  context.output.result(data, () => {
    context.output.say(`${data!.id}: ${data!.kind} ${data!.place}.`);
    context.output.say(`See whether Muster can deliver there: muster rotation sink check ${data!.id}`);
  });
}

/** @throws CliError `file_unreadable`, without a word of what is in it */
async function yamlIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = (await readNamedFile(file)).toString();
  try {
    const read: unknown = parse(text, { maxAliasCount: 0 });
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Said below: the parser's own words quote the file.
  }
  throw new CliError('file_unreadable', `${file} is not YAML with names and values.`);
}

async function list(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await rotationNamed(api, named);
  const { data } = await api.GET('/v1/rotations/{id}/sinks', { params: { path: { id } } });
  context.output.result(data, () =>
    context.output.table<Sink>(
      data!.items,
      [
        { title: 'ID', value: (sink) => sink.id },
        { title: 'KIND', value: ({ kind }) => kind },
        { title: 'PLACE', value: ({ place }) => place },
        { title: 'VERSION', value: ({ deliveredVersion }) => deliveredVersion ?? 'none yet' },
        { title: 'FAILED', value: ({ failure }) => failure },
      ],
      'It is delivered nowhere: its consumers fetch it (muster exec, muster agent).',
    ),
  );
}

async function check(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/rotation-sinks/{id}/check', { params: { path: { id } } });
  if (data!.failure) process.exitCode = 1;
  context.output.result(data, () => {
    if (data!.failure) return context.output.mark('bad', `✗ ${data!.failure.words}`);
    const what = data!.occupied ? (data!.ours ? 'What stands there is Muster’s.' : 'Something else stands there.') : '';
    context.output.mark('good', `✓ Muster can look there. ${what || 'Nothing stands there yet.'}`);
  });
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  await api.DELETE('/v1/rotation-sinks/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () =>
    context.output.say('Nothing is delivered there any more. What stands there stays.'),
  );
}
