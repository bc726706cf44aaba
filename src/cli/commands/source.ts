import { type Command, Option } from 'commander';
import type { CommandContext } from '../context.js';
import { allSources, sourceNamed } from '../lookup.js';
import { run } from '../program.js';
import { healthWords, sayUnreliable } from '../source-health.js';
import { lookCommands, runWords } from './source-look.js';
import {
  accessFrom,
  type Source,
  shown,
  SOURCE_KINDS,
  type SourceKind,
  type TermOptions,
  termsFrom,
  withTerms,
} from './source-terms.js';

/** Where is looked for what nobody registered, and how far each can be relied on. */
export function sourceCommands(program: Command): void {
  const source = program
    .command('source')
    .description('where is looked for what nobody registered: repositories, clusters, clouds, servers, exports');
  withTerms(
    source
      .command('add')
      .argument('<name>', 'as people call it, for example payments-repo; of exports, what they are exports of')
      .description('have a place looked at; what opens it is read from a file, standard input or your keyboard')
      .addOption(new Option('--kind <kind>', 'what it is; the guide on sources says which').choices(SOURCE_KINDS)),
  ).action(run(add));
  source.command('list').description('all sources, and how far each can be relied on').action(run(list));
  named(source, 'get', 'all of one: where, how it is, what was looked at and passed over').action(run(get));
  withTerms(
    named(source, 'edit', 'change where, what or how often; what is not named stays').option(
      '--name <name>',
      'call it otherwise',
    ),
  ).action(run(edit));
  lookCommands(source);
  named(source, 'pause', 'look there no more until it is resumed; what is known of it stays').action(
    run((context, _options, which) => setStatus(context, which, 'paused')),
  );
  named(source, 'resume', 'look there again').action(
    run((context, _options, which) => setStatus(context, which, 'active')),
  );
  named(source, 'remove', 'look there no more; what was seen nowhere else is closed').action(run(remove));
}

function named(source: Command, name: string, description: string): Command {
  return source.command(name).argument('<source>', 'id or name').description(description);
}

async function add(context: CommandContext, options: TermOptions & { kind?: SourceKind }, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const { settings, rest } = await termsFrom(options);
  const kind = options.kind ?? (rest['kind'] as SourceKind);
  const access = await accessFrom(kind, options, true);
  // What is in it the service judges: its words name every mistake.
  const body = { ...rest, name, kind, settings, ...(access && { access }) } as never;
  const { data } = await api.POST('/v1/sources', { body });
  context.output.result(data, () => {
    context.output.say(`${data!.name} is ${data!.id}, at ${data!.place}.${access ? ' What opens it is sealed.' : ''}`);
    context.output.say(`Nobody has looked there yet: muster source look ${shown(data!)} --wait`);
  });
}

async function list(context: CommandContext): Promise<void> {
  const items = await allSources((await context.signedIn()).api);
  context.output.result({ items }, () => {
    context.output.table(
      items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'KIND', value: ({ kind }) => kind },
        { title: 'WHERE', value: ({ place }) => place },
        { title: 'HEALTH', value: ({ health, failure }) => (failure === null ? health : `${health}: ${failure}`) },
        { title: 'LOOKED AT', value: ({ lastGoodAt }) => lastGoodAt ?? 'never' },
        { title: 'NEXT', value: nextWords },
        { title: 'COVERAGE', value: ({ coverage }) => coverage },
      ],
      'Nothing is looked at yet. Begin with: muster source add --help',
    );
    if (items.length > 0) sayUnreliable(context.output, items);
  });
}

function nextWords({ run: last, nextDueAt, status }: Source): string {
  if (last !== null && last.endedAt === null) return 'now';
  return status === 'paused' ? 'paused' : (nextDueAt ?? 'by hand');
}

async function get(context: CommandContext, _options: object, which: string): Promise<void> {
  const { api } = await context.signedIn();
  const source = await sourceNamed(api, which);
  context.output.result(source, () => {
    const { settings, privateNetwork, keepsSecrets, everySeconds } = source;
    context.output.facts([
      ['source', `${source.name} (${source.id})`],
      ['kind', source.kind],
      ['where', source.place],
      ['health', healthWords(source)],
      ['looked at', source.lastGoodAt ?? 'never'],
      ['coverage', source.coverage],
      ['last run', source.run && runWords(source.run)],
      ['next', nextWords(source)],
      ['every', everySeconds === null ? 'by hand' : `${everySeconds} s`],
      ['secrets', keepsSecrets ? 'belong there' : 'do not belong there'],
      ...Object.entries(settings).map(([name, value]) => [name, textOf(value)] as const),
      ['own authorities', source.caCertificates && 'given'],
      ['private network', privateNetwork && `${privateNetwork.reason} (${privateNetwork.by})`],
      ['changed', source.changedAt],
    ]);
    context.output.say(`\nWhat was found there: muster finding list --source ${shown(source)}`);
  });
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

async function edit(context: CommandContext, options: TermOptions & { name?: string }, which: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id, version, kind, settings: former } = await sourceNamed(api, which);
  const { settings, rest } = await termsFrom(options);
  const access = await accessFrom(kind as SourceKind, options, false);
  // What a file says for `add`: a source stays of its kind.
  const { kind: _kind, ...changed } = rest;
  const body = {
    ...changed,
    ...(options.name !== undefined && { name: options.name }),
    ...(Object.keys(settings).length > 0 && { settings: moved(former, settings) }),
    ...(access && { access: { ...access } }),
  };
  const params = { path: { id }, header: { 'If-Match': `"v${version}"` } };
  const { data } = await api.PATCH('/v1/sources/{id}', { params, body });
  context.output.result(data, () => {
    context.output.say(`${data!.name} is at ${data!.place}; next: ${nextWords(data!)}.`);
    context.output.say(`See whether Muster can look there: muster source check ${shown(data!)}`);
  });
}

/** A place has an address or a path: where one is given, the other was for where it lay before. */
function moved(former: Source['settings'], given: Source['settings']): Source['settings'] {
  const { url, path, ...rest } = former;
  const isMoved = given['url'] !== undefined || given['path'] !== undefined;
  return { ...rest, ...(!isMoved && { url, path }), ...given };
}

async function setStatus(context: CommandContext, which: string, status: Source['status']): Promise<void> {
  const { api } = await context.signedIn();
  const { id, version } = await sourceNamed(api, which);
  const params = { path: { id }, header: { 'If-Match': `"v${version}"` } };
  const { data } = await api.PATCH('/v1/sources/{id}', { params, body: { status } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.status}; next: ${nextWords(data!)}.`));
}

async function remove(context: CommandContext, _options: object, which: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id, name } = await sourceNamed(api, which);
  await api.DELETE('/v1/sources/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () =>
    context.output.say(`Nobody looks at ${name} any more, and what opened it is gone.`),
  );
}
