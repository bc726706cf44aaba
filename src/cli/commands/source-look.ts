import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type components, type Connection, ServiceRefusal } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { sourceNamed } from '../lookup.js';
import { run } from '../program.js';
import { progressOn } from '../scan/progress.js';
import { shown, type Source } from './source-terms.js';

type Run = components['schemas']['SourceRun'];

const PAGE = 50;
const LOOK_AGAIN_MILLISECONDS = 500;

/** `--wait`, beside the `--no-wait` that every command takes and that is about people. */
class Stay extends Option {
  override attributeName(): string {
    return 'stay';
  }
}

/** Having sources looked at, and seeing how that went. */
export function lookCommands(source: Command): void {
  source
    .command('look')
    .argument('<source>', 'id or name')
    .option('--anew', 'from the beginning, whatever was read before')
    .addOption(
      new Stay(
        '--wait',
        'stay until it is over, also the one that goes on already: exit 0 where all went well, 1 otherwise',
      ),
    )
    .description('have it looked at now')
    .action(run(look));
  source
    .command('watch')
    .argument('<source>', 'id or name')
    .description(
      'follow the look that goes on until it is over, or hear how the last went: exit 0 where all went well, 1 otherwise',
    )
    .action(run(watch));
  source
    .command('check')
    .argument('<source>', 'id or name')
    .description('see whether it can be looked at, and keep nothing; exit 1 when it cannot')
    .action(run(check));
  source
    .command('runs')
    .argument('<source>', 'id or name')
    .description('the looks at it, the newest first')
    .action(run(runs));
}

async function look(
  context: CommandContext,
  { anew = false, stay }: { anew?: boolean; stay?: boolean },
  named: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const source = await sourceNamed(api, named);
  const run = await begin(api, source.id, anew).catch((error: unknown) => {
    if (stay && !anew) return goingOn(api, source.id, error);
    throw error;
  });
  if (stay) return follow(context, api, source, run.id);
  context.output.result(run, () =>
    context.output.say(`It is looked at. Follow it with: muster source watch ${shown(source)}`),
  );
}

async function begin(api: Connection['api'], id: string, anew: boolean): Promise<Run> {
  return (await api.POST('/v1/sources/{id}/runs', { params: { path: { id } }, body: { anew } })).data!;
}

/** The look that kept another from beginning, as one on schedule does: it serves whoever waits for one as well. */
async function goingOn(api: Connection['api'], id: string, error: unknown): Promise<Run> {
  if (!(error instanceof ServiceRefusal) || error.code !== 'source_running') throw error;
  return (await api.GET('/v1/sources/{id}', { params: { path: { id } } })).data!.run!;
}

async function watch(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const source = await sourceNamed(api, named);
  if (source.run === null)
    throw new CliError(
      'not_found',
      `Nobody has looked at ${source.name} yet: muster source look ${shown(source)} --wait`,
    );
  const { endedAt } = source.run;
  if (endedAt !== null) context.output.say(`Nobody looks there now; the last look ended at ${endedAt}:`);
  await follow(context, api, source, source.run.id);
}

async function follow(context: CommandContext, api: Connection['api'], source: Source, runId: string): Promise<void> {
  const progress = progressOn(process.stderr, !context.output.json, context.environment, () => performance.now());
  for (;;) {
    const ended = await stateOf(api, source.id, runId);
    if (ended.endedAt !== null) {
      progress.end();
      return sayEnd(context, api, source, ended);
    }
    progress.tell(ended.done, ended.ofAll);
    await sleep(LOOK_AGAIN_MILLISECONDS);
  }
}

/** A run as it is now, also where a later one has begun meanwhile. */
async function stateOf(api: Connection['api'], id: string, runId: string): Promise<Run> {
  const newest = (await api.GET('/v1/sources/{id}', { params: { path: { id } } })).data!.run;
  if (newest?.id === runId) return newest;
  const { items } = (await api.GET('/v1/sources/{id}/runs', { params: { path: { id }, query: { limit: PAGE } } }))
    .data!;
  const found = items.find((one) => one.id === runId);
  if (found) return found;
  throw new CliError('not_found', 'What was begun is not known any more. See: muster source runs');
}

async function sayEnd({ output }: CommandContext, api: Connection['api'], source: Source, ended: Run): Promise<void> {
  if (ended.state !== 'finished') process.exitCode = 1;
  const waiting = await waitingOf(api, source.id);
  output.result({ ...ended, waiting }, () => {
    if (ended.state === 'finished') output.mark('good', `✓ ${runWords(ended)}`);
    else output.mark('bad', `✗ ${runWords(ended)}`);
    if (ended.state === 'failed') {
      output.say('What was known before stays known. That nothing new was found says nothing.');
      output.say(`Hear why: muster source check ${shown(source)}`);
    }
    if (waiting > 0)
      output.say(
        `${waiting === 1 ? 'One finding waits' : `${waiting} findings wait`}: muster finding list --source ${shown(source)}`,
      );
    else if (ended.state === 'finished') output.say('Nothing of it waits for anybody.');
  });
}

/** How many of its findings wait for somebody. */
async function waitingOf(api: Connection['api'], sourceId: string): Promise<number> {
  const { facets } = (await api.GET('/v1/findings/facets', { params: { query: { sourceId } } })).data!;
  return facets.filter(({ name }) => name === 'state').reduce((sum, { count }) => sum + count, 0);
}

/** How a look went, or how far it has come, in one line. */
export function runWords({ state, done, ofAll, observed, coverage, failure, skipped, complete }: Run): string {
  const passed = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  const over = passed.length === 0 ? '' : `; passed over: ${passed.join(', ')}`;
  switch (state) {
    case 'waiting':
      return 'it waits for its turn';
    case 'running':
      return `it goes on: ${done}${ofAll === null ? '' : ` of ${ofAll}`}, ${observed} seen`;
    case 'finished':
      return complete || passed.length > 0
        ? `looked at ${coverage}: ${observed} seen${over}`
        : `${coverage} since it was last looked at: ${observed} seen${over}`;
    case 'failed':
      return `it could not be looked at: ${failure}${over}`;
    case 'cancelled':
      return 'it was cancelled';
  }
}

async function check(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await sourceNamed(api, named);
  const { data } = await api.POST('/v1/sources/{id}/check', { params: { path: { id } } });
  if (data!.failure) process.exitCode = 1;
  context.output.result(data, () => {
    if (data!.failure) context.output.mark('bad', `✗ ${data!.failure.words} (${data!.failure.code})`);
    else context.output.mark('good', '✓ Muster can look there.');
  });
}

async function runs(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await sourceNamed(api, named);
  const { data } = await api.GET('/v1/sources/{id}/runs', { params: { path: { id }, query: { limit: PAGE } } });
  context.output.result(data, () => {
    context.output.table(
      data!.items,
      [
        { title: 'BEGAN', value: ({ startedAt }) => startedAt },
        { title: 'ENDED', value: ({ endedAt }) => endedAt },
        { title: 'WHY', value: ({ cause }) => cause },
        { title: 'STATE', value: ({ state, failure }) => (failure === null ? state : `${state}: ${failure}`) },
        { title: 'SEEN', value: ({ observed }) => observed },
        { title: 'ALL', value: ({ complete }) => (complete === null ? null : complete ? 'yes' : 'no') },
        { title: 'COVERAGE', value: ({ coverage }) => coverage },
      ],
      'Nobody has looked there yet. Begin with: muster source look --help',
    );
    if (data!.nextCursor !== null) context.output.say(`The latest ${PAGE} are shown.`);
  });
}
