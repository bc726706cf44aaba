import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components, Connection } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { allSources, identityNamed, namesOf, personNamed, sourceNamed } from '../lookup.js';
import type { Column } from '../output.js';
import { run } from '../program.js';
import { sayUnreliable } from '../source-health.js';
import { outcomeCommands } from './finding-outcomes.js';
import { postureCommand } from './finding-posture.js';
import { whatOf } from './finding-words.js';

type Finding = components['schemas']['Finding'];
type Row = components['schemas']['FindingRow'];
type Place = components['schemas']['FindingPlace'];

const PAGE = 200;
const DAY_MILLISECONDS = 86_400_000;
/** `2026-01-31`. */
const DATE_LENGTH = 10;
const AGES = ['new', 'week', 'month', 'quarter'] as const;
const VERDICTS = [
  ...[
    'shadow-identity',
    'shadow-credential',
    'misplaced',
    'unattributed',
    'ghost',
    'registered',
    'placeholder',
    'human',
  ],
] as const;

interface FilterOptions {
  readonly verdict?: Finding['verdict'];
  readonly kind?: Finding['kind'];
  readonly band?: Finding['band'];
  readonly state?: Finding['state'] | 'any';
  readonly rule?: string;
  readonly age?: (typeof AGES)[number];
  readonly search?: string;
  readonly identity?: string;
  readonly source?: string;
  readonly mine?: boolean;
  readonly unassigned?: boolean;
  readonly overdue?: boolean;
}

interface Words {
  readonly reason: string;
}

/** What was found that nobody registered, or where it does not belong. */
export function findingCommands(program: Command): void {
  const finding = program.command('finding').description('what sources found: whose it is, and what becomes of it');
  filtered(
    finding.command('list').description('what somebody has to do something about, what is due first coming first'),
  ).action(run(list));
  filtered(
    finding.command('count').description('how many there are of each verdict, state, source and the like'),
  ).action(run(count));
  one(finding, 'show', 'what it is, why, where it stands, and what to do').action(run(show));
  one(finding, 'assign', 'give it to somebody')
    .option('--to <person>', 'name, address or id; nobody unless given')
    .action(run(assign));
  one(finding, 'comment', 'say something about it').argument('<words>', 'what to say').action(run(comment));
  one(finding, 'dismiss', 'do nothing about it until a day')
    .requiredOption('--reason <words>', 'why, for the log')
    .requiredOption('--days <days>', 'for how long, at most 365', days)
    .action(run(dismiss));
  one(finding, 'reopen', 'open again what was dismissed')
    .requiredOption('--reason <words>', 'why, for the log')
    .action(run(reopen));
  outcomeCommands(finding);
  postureCommand(finding);
}

function filtered(command: Command): Command {
  return command
    .addOption(new Option('--verdict <verdict>', 'only these').choices(VERDICTS))
    .addOption(new Option('--kind <kind>', 'only these').choices(['credential', 'account', 'ghost']))
    .addOption(new Option('--band <band>', 'how far it is to be believed').choices(['high', 'medium', 'low']))
    .addOption(
      new Option('--state <state>', 'other than what waits').choices([
        'open',
        'retiring',
        'dismissed',
        'settled',
        'closed',
        'merged',
        'any',
      ]),
    )
    .addOption(new Option('--age <age>', 'since when it waits').choices(AGES))
    .option('--search <words>', 'all part of its name, its accounts, its identity, or where it stands')
    .option('--rule <rule>', 'only what this one found, for example aws-access-key')
    .option('--identity <identity>', 'only of this one: id or name')
    .option('--source <source>', 'only what is seen there: id or name')
    .option('--mine', 'only what is assigned to you')
    .option('--unassigned', 'only what nobody has')
    .option('--overdue', 'only what should have been closed by now');
}

function one(finding: Command, name: string, description: string): Command {
  return finding.command(name).argument('<finding>', 'fnd_…').description(description);
}

function days(text: string): number {
  if (!/^\d{1,3}$/.test(text) || text === '0') throw new InvalidArgumentError('Give days, at most 365.');
  return Number(text);
}

/** @param called what people are called, by their ids */
const columns = (called: ReadonlyMap<string, string>): readonly Column<Row>[] => [
  { title: 'ID', value: ({ id }) => id },
  { title: 'VERDICT', value: ({ verdict }) => verdict },
  { title: 'BAND', value: ({ band }) => band },
  { title: 'WHAT', value: (finding) => whatOf(finding) },
  { title: 'WHOSE', value: ({ identityName, identityId, named }) => identityName ?? identityId ?? named },
  { title: 'WHERE', value: (finding) => whereOf(finding) },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'DUE', value: ({ dueAt }) => dueAt?.slice(0, DATE_LENGTH) },
  { title: 'WITH', value: ({ assigneeId }) => assigneeId && (called.get(assigneeId) ?? assigneeId) },
];
const PLACE_COLUMNS: readonly Column<Place>[] = [
  { title: 'SOURCE', value: ({ sourceName }) => sourceName },
  { title: 'WHERE', value: ({ path, line }) => (line === null ? path : `${path}:${line}`) },
  { title: 'WITHIN', value: ({ within }) => within.join(' ') || null },
  { title: 'COMMIT', value: ({ commit }) => commit?.id.slice(0, 12) ?? null },
  { title: 'SEEN', value: ({ lastSeenAt }) => lastSeenAt },
  { title: 'GONE', value: ({ goneAt }) => goneAt },
];

/** One of its places, and how many more there are. */
function whereOf({ place, placeCount }: Row): string | null {
  if (place === null) return null;
  const line = place.line === null ? '' : `:${place.line}`;
  const more = placeCount > 1 ? ` and ${placeCount - 1} more` : '';
  return `${place.sourceName} ${place.path}${line}${more}`;
}

async function filterFrom(api: Connection['api'], options: FilterOptions) {
  const { verdict, kind, band, state, rule, age, search, identity, source, mine, unassigned, overdue } = options;
  if (mine && unassigned) throw new CliError('option_invalid', 'Ask for yours or for what nobody has, not for both.');
  return {
    ...(verdict && { verdict }),
    ...(kind && { kind }),
    ...(band && { band }),
    ...(state && { state }),
    ...(rule !== undefined && { rule }),
    ...(age && { age }),
    ...(search !== undefined && { q: search }),
    ...(source !== undefined && { sourceId: (await sourceNamed(api, source)).id }),
    ...(identity !== undefined && { identityId: (await identityNamed(api, identity)).id }),
    ...(mine && { assigneeId: 'me' as const }),
    ...(unassigned && { assigneeId: 'nobody' as const }),
    ...(overdue && { overdue: 'true' as const }),
  };
}

async function list(context: CommandContext, options: FilterOptions): Promise<void> {
  const { api } = await context.signedIn();
  const query = { limit: PAGE, ...(await filterFrom(api, options)) };
  const { data } = await api.GET('/v1/findings', { params: { query } });
  const called = await namesOf(
    api,
    data!.items.map(({ assigneeId }) => assigneeId),
  );
  const sources = await allSources(api);
  context.output.result(data, () => {
    context.output.table(data!.items, columns(called), 'Nothing waits.');
    if (data!.nextCursor !== null) context.output.say(`\nThese are the first ${PAGE}; narrow it by an option.`);
    sayUnreliable(context.output, askedOf(sources, query));
  });
}

/** Those that the question is about. */
function askedOf<Source extends { readonly id: string }>(
  sources: readonly Source[],
  { sourceId }: { readonly sourceId?: string },
): readonly Source[] {
  return sourceId === undefined ? sources : sources.filter(({ id }) => id === sourceId);
}

async function count(context: CommandContext, options: FilterOptions): Promise<void> {
  const { api } = await context.signedIn();
  const query = await filterFrom(api, options);
  const { data } = await api.GET('/v1/findings/facets', { params: { query } });
  const sources = await allSources(api);
  const called = new Map(sources.map(({ id, name }) => [id, name]));
  context.output.result(data, () => {
    context.output.table(
      data!.facets,
      [
        { title: 'BY', value: ({ name }) => name },
        { title: 'WHICH', value: ({ value }) => called.get(value) ?? value },
        { title: 'COUNT', value: (facet) => facet.count },
      ],
      'Nothing waits.',
    );
    sayUnreliable(context.output, askedOf(sources, query));
  });
}

async function show(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = { id };
  const finding = (await api.GET('/v1/findings/{id}', { params: { path } })).data!;
  const places = (await api.GET('/v1/findings/{id}/places', { params: { path, query: { limit: PAGE } } })).data!;
  const events = (await api.GET('/v1/findings/{id}/events', { params: { path, query: { limit: PAGE } } })).data!;
  const called = await namesOf(api, [
    finding.assigneeId,
    ...events.items.flatMap(({ by, data }) => [by, data['to'] ?? null]),
  ]);
  const name = (id: string) => called.get(id) ?? id;
  const [morePlaces, moreEvents] = [places.nextCursor !== null, events.nextCursor !== null];
  context.output.result({ ...finding, places: places.items, morePlaces, events: events.items, moreEvents }, () => {
    tell(context, finding, name);
    context.output.say('');
    context.output.table(places.items, PLACE_COLUMNS, 'It stands nowhere any more.');
    if (morePlaces) context.output.say(`The first ${PAGE} are shown; it stands at ${finding.placeCount} now.\n`);
    for (const { at, by, kind, words, data } of events.items) {
      const to = kind === 'assigned' ? ` to ${data['to'] == null ? 'nobody' : name(data['to'])}` : '';
      context.output.say(`${at}  ${name(by)} ${kind}${to}${words === null ? '' : `: ${words}`}`);
    }
    if (moreEvents) context.output.say(`The newest ${PAGE} are shown.`);
    for (const next of nextOf(finding)) context.output.say(next);
  });
}

/** What nobody has to answer for yet. */
const ADOPTABLE: ReadonlySet<Finding['verdict']> = new Set(['shadow-identity', 'shadow-credential', 'unattributed']);

/** What can be done about it by command. */
function nextOf({ id, verdict, identityId, state }: Finding): readonly string[] {
  if (state === 'retiring') return [`\nWhat is left to do: muster finding plan ${id}`];
  if (state !== 'open') return [];
  const deeds = [
    ...(ADOPTABLE.has(verdict) ? [`adopt ${id}`] : []),
    // A ghost is not there to be ended: its name is what is to be taken away.
    ...(verdict === 'ghost' ? [] : [`plan ${id}`]),
    `dismiss ${id} --days 90 --reason …`,
  ].map((deed) => `muster finding ${deed}`);
  const named = verdict === 'ghost' && identityId !== null ? [`muster alias list ${identityId}`] : [];
  return ['\nWhat to do:', ...[...named, ...deeds].map((deed) => `  ${deed}`)];
}

function tell(context: CommandContext, finding: Finding, name: (id: string) => string): void {
  context.output.facts([
    ['what', whatOf(finding)],
    ['id', finding.id],
    ['verdict', `${finding.verdict} (${Math.round(finding.confidence * 100)} in 100)`],
    ['because', finding.because],
    ['band', `${finding.band}: ${finding.bandReasons.join(' ')}`],
    ['it says', finding.words.join('; ')],
    ['whose', finding.identityId ?? finding.named],
    ['state', finding.state],
    ['assigned to', finding.assigneeId && name(finding.assigneeId)],
    ['first seen', finding.firstSeenAt],
    ['due', finding.dueAt],
    ['dismissed', finding.dismissal && `until ${finding.dismissal.until}: ${finding.dismissal.reason}`],
    ['merged into', finding.mergedInto],
  ]);
}

async function assign(context: CommandContext, { to }: { to?: string }, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = { personId: to === undefined ? null : await personNamed(api, to) };
  const { data } = await api.POST('/v1/findings/{id}/assignment', { params: { path: { id } }, body });
  context.output.result(data, () =>
    context.output.say(to === undefined ? 'Nobody has it now.' : `It is with ${to} now.`),
  );
}

async function comment(context: CommandContext, _options: object, id: string, words: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/findings/{id}/comments', { params: { path: { id } }, body: { words } });
  context.output.result(data, () => context.output.say('Said.'));
}

async function dismiss(context: CommandContext, options: Words & { days: number }, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const until = new Date(Date.now() + options.days * DAY_MILLISECONDS).toISOString();
  const body = { reason: options.reason, until };
  const { data } = await api.POST('/v1/findings/{id}/dismissal', { params: { path: { id } }, body });
  context.output.result(data, () => context.output.say(`It rests until ${until}.`));
}

async function reopen(context: CommandContext, { reason }: Words, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/findings/{id}/reopening', { params: { path: { id } }, body: { reason } });
  context.output.result(data, () => context.output.say(`It is ${data!.state} again.`));
}
