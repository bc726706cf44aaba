import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components, Connection } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { calendarNamed, identityNamed, rotationNamed, targetNamed } from '../lookup.js';
import { run } from '../program.js';
import { emergencyCommands } from './rotation-emergency.js';
import { forgetCommand } from './rotation-forget.js';
import { planCommand } from './rotation-plan.js';
import { runCommands } from './rotation-run.js';
import { sinkCommands } from './rotation-sink.js';
import { wholeSeconds } from './cert.js';

type Rotation = components['schemas']['Rotation'];
type Schedule = components['schemas']['RotationSchedule'];

const PAGE = 200;
const DEFAULT_WINDOW_MINUTES = 60;

interface ScheduleOptions {
  readonly cron?: string;
  readonly zone?: string;
  readonly window?: number;
  readonly jitter?: number;
  readonly maxAgeDays?: number;
  readonly pair?: string;
  readonly calendar?: readonly string[];
  readonly observe?: number;
  readonly deadline?: number;
  readonly consumer?: readonly string[];
}

interface AddOptions extends ScheduleOptions {
  readonly identity: string;
  readonly target?: string;
  readonly account: readonly string[];
}

interface ChangeOptions extends ScheduleOptions {
  readonly byHand?: boolean;
}

/** What rotates, when, and how far it is. */
export function rotationCommands(program: Command): void {
  const rotation = program
    .command('rotation')
    .description('credentials that rotate: by schedule or now, and nobody is stranded');
  timed(
    rotation
      .command('add')
      .argument('<name>', 'what it is called, for example orders-db')
      .description('have a credential rotate: the account in use first, then the one that takes turns with it')
      .requiredOption('--identity <identity>', 'whose it is: id or name')
      .option('--target <target>', 'where the accounts are: id or name; none for Muster’s own certificates')
      .requiredOption('--account <account>', 'as the target calls it; twice where two take turns', gathered),
  ).action(run(add));
  timed(
    rotation
      .command('change')
      .argument('<rotation>', 'id or name')
      .description('change when it rotates, and whom it waits for; what is not named stays')
      .option('--by-hand', 'no schedule any more'),
  ).action(run(change));
  rotation
    .command('list')
    .option('--identity <identity>', 'only of this one: id or name')
    .option('--target <target>', 'only there: id or name')
    .option('--pair <name>', 'only this pair')
    .description('what rotates, when next, and what is under way')
    .action(run(list));
  rotation.command('show').argument('<rotation>', 'id or name').description('all of one').action(run(show));
  rotation
    .command('pause')
    .argument('<rotation>', 'id or name')
    .description('begin nothing of it until it is resumed; what is under way goes on')
    .action(run((context, _options, named) => setStatus(context, named, 'paused')));
  rotation
    .command('resume')
    .argument('<rotation>', 'id or name')
    .description('let it rotate again')
    .action(run((context, _options, named) => setStatus(context, named, 'active')));
  rotation
    .command('remove')
    .argument('<rotation>', 'id or name')
    .description('have it rotate no more; the credential that works stays')
    .action(run(remove));
  planCommand(rotation);
  runCommands(rotation);
  forgetCommand(rotation);
  sinkCommands(rotation);
  emergencyCommands(rotation);
}

function timed(command: Command): Command {
  return command
    .option('--cron <expression>', 'when: minute, hour, day, month, weekday')
    .option('--zone <zone>', 'by whose clocks, for example America/New_York (UTC unless given)')
    .option('--window <minutes>', 'how long after each instant it may begin (60 unless given)', minutes)
    .option('--jitter <minutes>', 'by how much of the window begins are spread', minutes)
    .option('--max-age-days <days>', 'how old the credential may become', wholeSeconds)
    .option('--pair <name>', 'what bears the same name never rotates beside it')
    .option('--calendar <calendar>', 'nothing rotates in its sessions: id or name; may be repeated', gathered)
    .option('--observe <seconds>', 'how long the old one must be unseen before it is withdrawn', wholeSeconds)
    .option('--deadline <seconds>', 'after how long somebody who does not come over is reported', wholeSeconds)
    .addOption(new Option('--consumer <instance>', 'waited for, seen or not; may be repeated').argParser(gathered));
}

function gathered(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}

function minutes(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('Give minutes.');
  return Number(text);
}

/** What of a schedule was given, over what was there. */
function scheduleFrom(options: ScheduleOptions, former: Schedule | null): Schedule | null {
  const { cron, zone, window, jitter, maxAgeDays } = options;
  if ([cron, zone, window, jitter, maxAgeDays].every((value) => value === undefined)) return former;
  return {
    cron: cron ?? former?.cron ?? null,
    zone: zone ?? former?.zone ?? 'UTC',
    windowMinutes: window ?? former?.windowMinutes ?? DEFAULT_WINDOW_MINUTES,
    jitterMinutes: jitter ?? former?.jitterMinutes ?? 0,
    maximumAgeDays: maxAgeDays ?? former?.maximumAgeDays ?? null,
  };
}

async function restFrom(api: Connection['api'], options: ScheduleOptions) {
  const { pair, calendar, observe, deadline, consumer } = options;
  return {
    ...(pair !== undefined && { pair }),
    ...(calendar && { calendarIds: await Promise.all(calendar.map((named) => calendarNamed(api, named))) }),
    ...(observe !== undefined && { observeSeconds: observe }),
    ...(deadline !== undefined && { consumerDeadlineSeconds: deadline }),
    ...(consumer && { expectedConsumers: [...consumer] }),
  };
}

async function add(context: CommandContext, options: AddOptions, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = {
    name,
    identityId: (await identityNamed(api, options.identity)).id,
    targetId: options.target === undefined ? null : (await targetNamed(api, options.target)).id,
    accounts: [...options.account],
    schedule: scheduleFrom(options, null),
    ...(await restFrom(api, options)),
  };
  const { data } = await api.POST('/v1/rotations', { body });
  context.output.result(data, () => {
    context.output.say(`${data!.name} is ${data!.id}.`);
    context.output.say(
      data!.nextDueAt === null
        ? `It has no schedule. Rotate it with: muster rotation run ${data!.id} --reason …`
        : `It rotates next at ${data!.nextDueAt}. See what would happen: muster rotation plan`,
    );
  });
}

async function change(context: CommandContext, options: ChangeOptions, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id, version, schedule } = await rotationNamed(api, named);
  const body = {
    schedule: options.byHand ? null : scheduleFrom(options, schedule),
    ...(await restFrom(api, options)),
  };
  const params = { path: { id }, header: { 'If-Match': `"v${version}"` } };
  const { data } = await api.PATCH('/v1/rotations/{id}', { params, body });
  context.output.result(data, () =>
    context.output.say(`${data!.name} rotates next at ${data!.nextDueAt ?? 'no time by itself'}.`),
  );
}

async function list(
  context: CommandContext,
  { identity, target, pair }: { identity?: string; target?: string; pair?: string },
): Promise<void> {
  const { api } = await context.signedIn();
  const query = {
    limit: PAGE,
    ...(identity !== undefined && { identityId: (await identityNamed(api, identity)).id }),
    ...(target !== undefined && { targetId: (await targetNamed(api, target)).id }),
    ...(pair !== undefined && { pair }),
  };
  const { data } = await api.GET('/v1/rotations', { params: { query } });
  context.output.result(data, () => {
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'VERSION', value: ({ currentVersion }) => currentVersion },
        { title: 'ROTATED', value: ({ rotatedAt }) => rotatedAt ?? 'never' },
        {
          title: 'NEXT',
          value: ({ nextDueAt, status }) => (status === 'paused' ? 'paused' : (nextDueAt ?? 'by hand')),
        },
        {
          title: 'NOW',
          value: ({ run: live }) => live && [live.state, live.step, live.failure].filter(Boolean).join(' '),
        },
      ],
      'Nothing rotates yet. Begin with: muster rotation add --help',
    );
    if (data!.nextCursor !== null) context.output.say(`The first ${PAGE} are shown.`);
  });
}

async function show(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const rotation = await rotationNamed(api, named);
  const params = { path: { id: rotation.id } };
  const { data: sinks } = await api.GET('/v1/rotations/{id}/sinks', { params });
  context.output.result({ ...rotation, sinks: sinks!.items }, () => {
    const { schedule } = rotation;
    context.output.facts([
      ['rotation', `${rotation.name} (${rotation.id})`],
      ['identity', rotation.identityId],
      ['target', rotation.targetId ?? 'Muster’s own certificates'],
      ['accounts', rotation.accounts.join(', ')],
      ['status', rotation.status],
      ['version', versionWords(rotation)],
      ['rotated', rotation.rotatedAt ?? 'never'],
      ['next', rotation.nextDueAt ?? 'by hand'],
      ['schedule', schedule && scheduleWords(schedule)],
      ['pair', rotation.pair],
      ['frozen by', rotation.calendarIds.join(', ')],
      ['old one unseen for', `${rotation.observeSeconds} s`],
      ['consumers come over within', `${rotation.consumerDeadlineSeconds} s`],
      ['consumers expected', rotation.expectedConsumers.join(', ')],
      ['delivered to', sinks!.items.map(({ kind, place }) => `${kind} ${place}`).join(', ')],
    ]);
    if (rotation.run) context.output.say(`\nUnder way: muster rotation watch ${rotation.run.id}`);
  });
}

function versionWords({ currentVersion, previousVersion }: Rotation): string {
  if (currentVersion === 0) return 'none of Muster’s yet';
  return previousVersion === null ? String(currentVersion) : `${currentVersion}; ${previousVersion} still works`;
}

function scheduleWords({ cron, zone, windowMinutes, jitterMinutes, maximumAgeDays }: Schedule): string {
  return [
    ...(cron === null ? [] : [`${cron} in ${zone}, within ${windowMinutes} min`]),
    ...(jitterMinutes > 0 ? [`spread over ${jitterMinutes} min`] : []),
    ...(maximumAgeDays === null ? [] : [`at most ${maximumAgeDays} days old`]),
  ].join(', ');
}

async function setStatus(context: CommandContext, named: string, status: 'active' | 'paused'): Promise<void> {
  const { api } = await context.signedIn();
  const { id, version } = await rotationNamed(api, named);
  const params = { path: { id }, header: { 'If-Match': `"v${version}"` } };
  const { data } = await api.PATCH('/v1/rotations/{id}', { params, body: { status } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.status}.`));
}

async function remove(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id, name } = await rotationNamed(api, named);
  await api.DELETE('/v1/rotations/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () =>
    context.output.say(`${name} rotates no more. The credential that works now goes on working.`),
  );
}
