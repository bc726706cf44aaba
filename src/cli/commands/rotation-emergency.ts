import { type Command, Option } from 'commander';
import type { components, Connection, paths } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { identityNamed, personNamed } from '../lookup.js';
import { run } from '../program.js';

type Scope = NonNullable<
  paths['/v1/rotation-emergencies']['post']['requestBody']
>['content']['application/json']['scope'];
type Preview = components['schemas']['RotationEmergencyPreview'];

const PAGE = 200;

interface ScopeOptions {
  readonly custodian?: string;
  readonly host?: string;
  readonly repository?: string;
  readonly fingerprint?: string;
  readonly identity?: readonly string[];
}

/** Everything that one custodian, host, repository or leak touched, at once and in order. */
export function emergencyCommands(rotation: Command): void {
  const emergency = rotation
    .command('emergency')
    .description('rotate everything that one custodian, host, repository or leak touched');
  scoped(emergency.command('preview').description('what would rotate, in which order, and what cannot')).action(
    run(preview),
  );
  scoped(
    emergency
      .command('start')
      .description('rotate it, through freezes, with your proof over exactly this')
      .requiredOption('--reason <words>', 'what happened, for the log'),
  ).action(run(start));
  emergency.command('list').description('what there was, and is').action(run(list));
  emergency.command('show').argument('<emergency>', 'rem_…').description('how far it is').action(run(show));
}

function scoped(command: Command): Command {
  return command
    .option('--custodian <person>', 'what somebody answers for, or did: id, name or e-mail')
    .option('--host <address>', 'what was used from there')
    .option('--repository <name>', 'what its pipelines can become, for example firm/payments')
    .option('--fingerprint <hex>', 'whose leaked key it is, as a finding shows it')
    .addOption(
      new Option('--identity <identity>', 'this one: id or name; may be repeated').argParser(
        (value: string, former: readonly string[] | undefined) => [...(former ?? []), value],
      ),
    );
}

/** @throws CliError `option_invalid` unless exactly one thing is named */
async function scopeOf(api: Connection['api'], options: ScopeOptions): Promise<Scope> {
  const { custodian, host, repository, fingerprint, identity } = options;
  const named = [custodian, host, repository, fingerprint, identity].filter((value) => value !== undefined);
  if (named.length !== 1)
    throw new CliError(
      'option_invalid',
      'Name one thing: --custodian, --host, --repository, --fingerprint or --identity.',
    );
  if (custodian !== undefined) return { kind: 'custodian', personId: await personNamed(api, custodian) };
  if (host !== undefined) return { kind: 'host', host };
  if (repository !== undefined) return { kind: 'repository', repository };
  if (fingerprint !== undefined) return { kind: 'leak', fingerprint };
  const found = await Promise.all(identity!.map((one) => identityNamed(api, one)));
  return { kind: 'identities', identityIds: found.map(({ id }) => id) };
}

async function preview(context: CommandContext, options: ScopeOptions): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/rotation-emergencies/preview', {
    body: { scope: await scopeOf(api, options) },
  });
  context.output.result(data, () => sayPreview(context, data!));
}

function sayPreview({ output }: CommandContext, { rotations, rotationCount, unrotatable, unrotatableCount }: Preview) {
  output.table(
    rotations,
    [
      { title: '', value: ({ place }) => place },
      { title: 'ROTATION', value: ({ rotationName }) => rotationName },
      { title: 'IDENTITY', value: ({ identityName }) => identityName },
      { title: 'CRITICALITY', value: ({ criticality }) => criticality },
      { title: 'EXPOSED', value: ({ exposed }) => (exposed ? 'yes' : 'no') },
      { title: 'TOUCHED', value: ({ touches }) => touches.join(', ') },
    ],
    'Nothing of it rotates.',
  );
  if (rotationCount > rotations.length) output.say(`The first ${rotations.length} of ${rotationCount} are shown.`);
  if (unrotatableCount > 0) output.mark('bad', `\n${unrotatableCount} cannot be rotated:`);
  for (const { identityName, advice } of unrotatable) output.paragraph(`${identityName}: ${advice}`, 2);
}

async function start(context: CommandContext, options: ScopeOptions & { readonly reason: string }): Promise<void> {
  const { api } = await context.signedIn();
  const body = { scope: await scopeOf(api, options), reason: options.reason };
  const { data } = await api.POST('/v1/rotation-emergencies', { body });
  context.output.result(data, () => {
    const total = Object.values(data!.runs).reduce((sum, count) => sum + count, 0);
    context.output.say(`${data!.id}: ${total} rotate, ${data!.unrotatableCount} cannot.`);
    context.output.say(`Follow it with: muster rotation emergency show ${data!.id}`);
  });
}

async function list(context: CommandContext): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/rotation-emergencies', { params: { query: { limit: PAGE } } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'ABOUT', value: ({ scope }) => scope.kind },
        { title: 'STARTED', value: ({ startedAt }) => startedAt },
        { title: 'OVER', value: ({ over }) => (over ? 'yes' : 'no') },
        { title: 'STUCK', value: ({ runs }) => runs.stuck },
        { title: 'WHY', value: ({ reason }) => reason },
      ],
      'There was none.',
    ),
  );
}

async function show(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const params = { path: { id } };
  const [{ data: emergency }, { data: runs }] = await Promise.all([
    api.GET('/v1/rotation-emergencies/{id}', { params }),
    api.GET('/v1/rotation-emergencies/{id}/runs', { params: { ...params, query: { limit: PAGE } } }),
  ]);
  context.output.result({ ...emergency, items: runs!.items }, () => {
    context.output.facts([
      ['emergency', emergency!.reason],
      ['started', emergency!.startedAt],
      ['over', emergency!.over ? 'yes' : 'no'],
    ]);
    context.output.say();
    context.output.table(
      runs!.items,
      [
        { title: '', value: ({ place }) => place },
        { title: 'ROTATION', value: ({ rotationName }) => rotationName },
        { title: 'RUN', value: ({ runId }) => runId },
        { title: 'STATE', value: ({ state }) => state },
        { title: 'STEP', value: ({ step }) => step },
        { title: 'KEPT BY', value: ({ failure }) => failure },
      ],
      'Nothing of it rotates.',
    );
    for (const { identityName, advice } of emergency!.unrotatable)
      context.output.paragraph(`${identityName}: ${advice}`, 2);
  });
}
