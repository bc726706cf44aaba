import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { allCalendars, calendarNamed } from '../lookup.js';
import { readNamedFile } from '../private-file.js';
import { run } from '../program.js';

type Calendar = components['schemas']['Calendar'];

const DAY_MILLISECONDS = 86_400_000;
const DEFAULT_DAYS = 14;

interface AddOptions {
  readonly exchange?: NonNullable<Calendar['exchange']>;
  readonly file?: string;
  readonly zone?: string;
  readonly before: number;
  readonly after: number;
}

/** When markets, or whatever one brings, are in session: nothing rotates then. */
export function calendarCommands(program: Command): void {
  const calendar = program.command('calendar').description('sessions in which nothing rotates');
  calendar
    .command('add')
    .argument('<name>', 'what it is called')
    .addOption(new Option('--exchange <exchange>', 'trading days that come with Muster').choices(['nyse', 'nasdaq']))
    .option('--file <file>', 'your own: .ics (RFC 5545), or trading days in YAML')
    .option('--zone <zone>', 'of times in an .ics that name none, for example America/New_York')
    .option('--before <minutes>', 'by how much every session is taken to begin earlier', minutesOf, 0)
    .option('--after <minutes>', 'by how much every session is taken to end later', minutesOf, 0)
    .description('bring a calendar, or take an exchange’s')
    .action(run(add));
  calendar.command('list').description('all of them').action(run(list));
  calendar
    .command('sessions')
    .argument('<calendar>', 'id or name')
    .option('--days <days>', 'how far ahead', minutesOf, DEFAULT_DAYS)
    .description('its next sessions')
    .action(run(sessions));
  calendar
    .command('remove')
    .argument('<calendar>', 'id or name')
    .description('forget one that no rotation keeps to')
    .action(run(remove));
}

function minutesOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

async function add(context: CommandContext, options: AddOptions, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = { name, source: await sourceOf(options), beforeMinutes: options.before, afterMinutes: options.after };
  const { data } = await api.POST('/v1/calendars', { body });
  context.output.result(data, () => {
    context.output.say(`${data!.name} is ${data!.id}, in ${data!.zone}.`);
    context.output.say(`See its sessions: muster calendar sessions ${data!.id}`);
  });
}

async function sourceOf({ exchange, file, zone }: AddOptions) {
  if ((exchange === undefined) === (file === undefined))
    throw new CliError('option_invalid', 'Give --exchange or --file, one of them.');
  if (exchange !== undefined) return { kind: 'exchange' as const, exchange };
  const content = (await readNamedFile(file!)).toString();
  return file!.endsWith('.ics')
    ? { kind: 'icalendar' as const, content, zone: zone ?? 'UTC' }
    : { kind: 'trading-days' as const, content };
}

async function list(context: CommandContext): Promise<void> {
  const calendars = await allCalendars((await context.signedIn()).api);
  context.output.result({ items: calendars }, () =>
    context.output.table(
      calendars,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'FROM', value: ({ exchange, kind }) => exchange ?? kind },
        { title: 'ZONE', value: ({ zone }) => zone },
        { title: 'KNOWN UNTIL', value: ({ coveredUntil }) => coveredUntil ?? 'without end' },
      ],
      'No calendar yet. Take one with: muster calendar add nyse --exchange nyse',
    ),
  );
}

async function sessions(context: CommandContext, { days }: { days: number }, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const from = context.now();
  const to = new Date(from.getTime() + days * DAY_MILLISECONDS);
  const query = { from: from.toISOString(), to: to.toISOString() };
  const path = { id: await calendarNamed(api, named) };
  const { data } = await api.GET('/v1/calendars/{id}/sessions', { params: { path, query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'FROM', value: (session) => session.from },
        { title: 'TO', value: (session) => session.to ?? 'without end' },
      ],
      `No session in ${days} days.`,
    ),
  );
}

async function remove(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await calendarNamed(api, named);
  await api.DELETE('/v1/calendars/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed.'));
}
