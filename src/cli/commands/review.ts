import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components, Connection } from '../../client/index.js';
import { counted, isId } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { personNamed } from '../lookup.js';
import { run } from '../program.js';
import { showReviewItem } from '../review-item.js';
import { cadenceCommands } from './review-cadence.js';
import { campaignCommands } from './review-campaign.js';
import { consequenceCommands } from './review-consequences.js';

type Schemas = components['schemas'];
type Item = Schemas['ReviewItem'];
type Listed = Schemas['ListedReviewItem'];
type Decision = Schemas['ReviewDecision'];
type Kind = Decision['decision'];

const DECISIONS: readonly Kind[] = ['keep', 'reduce', 'revoke', 'reassign', 'delegate'];
const PAGE = 200;

interface DecideOptions {
  readonly grant?: string[];
  readonly unused?: boolean;
  readonly reason?: string;
  readonly to?: string;
}

/** Going through the access that one answers for: read, decide, sign. */
export function reviewCommands(program: Command): void {
  const review = program
    .command('review')
    .description('access reviews: what you answer for is kept, reduced or revoked');
  campaignCommands(review);
  cadenceCommands(review);
  consequenceCommands(review);
  review
    .command('list')
    .description('what is yours to decide')
    .option('--campaign <campaign>', 'only of this review; with --all, everybody’s')
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'staged', 'submitted', 'excepted']))
    .option('--all', 'also what others decide; names --campaign')
    .action(run(list));
  review
    .command('show')
    .argument('[item]', 'rvi_…, or the identity’s name; left out, the next one that is open')
    .description('what is reviewed, with all that is known of it')
    .action(run(show));
  review
    .command('decide')
    .argument('<item>', 'rvi_…, or the identity’s name')
    .argument('<decision>', DECISIONS.join(', '), decisionOf)
    .description('note a decision; it does nothing until you submit')
    .option('--grant <grant…>', 'with reduce: what is to go', collect)
    .option('--unused', 'with reduce: everything that was not used for long')
    .option('--reason <words>', 'why; asked for to keep what is privileged')
    .option('--to <person>', 'with reassign and delegate: to whom (id, name or e-mail)')
    .action(run(decide));
  review
    .command('undo')
    .argument('<item>', 'rvi_…, or the identity’s name')
    .description('take a noted decision back')
    .action(run(undo));
  review
    .command('submit')
    .argument('[campaign]', 'cmp_…; left out, the one review that you have decisions in')
    .description('see what your decisions will do, and sign them; they are final then')
    .option('--dry-run', 'only say what would happen')
    .action(run(submit));
}

function decisionOf(text: string): Kind {
  if (!DECISIONS.includes(text as Kind)) throw new InvalidArgumentError(`Decide one of: ${DECISIONS.join(', ')}.`);
  return text as Kind;
}

function collect(grant: string, grants: string[] | undefined): string[] {
  return [...(grants ?? []), grant];
}

async function list(
  context: CommandContext,
  options: { campaign?: string; state?: Listed['state']; all?: boolean },
): Promise<void> {
  if (options.all && options.campaign === undefined)
    throw new CliError('option_missing', 'Of which review? Name it with --campaign. See: muster review campaign list');
  const { campaign: campaignId, state } = options;
  const query = {
    limit: PAGE,
    ...(!options.all && { reviewer: 'me' as const }),
    ...(campaignId !== undefined && { campaignId }),
    ...(state !== undefined && { state }),
  };
  const { data } = await (await context.signedIn()).api.GET('/v1/review-items', { params: { query } });
  context.output.result(data, () => {
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name, environment }) => `${name} (${environment})` },
        { title: 'PRIVILEGED', value: ({ privileged }) => (privileged ? 'yes' : 'no') },
        { title: 'UNUSED', value: ({ unusedGrants }) => unusedGrants },
        { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt ?? 'never' },
        { title: 'DUE', value: ({ dueAt }) => dueAt },
        { title: 'STATE', value: (item) => item.state },
        { title: 'DECISION', value: ({ decision }) => decision?.decision ?? '' },
      ],
      'Nothing waits for you.',
    );
    if (data!.items.some(({ state: of }) => of === 'open')) context.output.say('\nBegin with: muster review show');
    else if (data!.items.some(({ state: of }) => of === 'staged'))
      context.output.say('\nAll decided. Sign with: muster review submit');
    if (data!.nextCursor !== null) context.output.say(`The first ${PAGE} are shown; the console has the rest.`);
  });
}

async function show(context: CommandContext, _options: object, named?: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = named === undefined ? await nextOpen(api) : await itemNamed(api, named);
  if (id === undefined) return context.output.result(null, () => context.output.say('Nothing is open for you.'));
  const item = await read(api, id);
  context.output.result(item, () => showReviewItem(context.output, item));
}

async function decide(context: CommandContext, options: DecideOptions, named: string, kind: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await itemNamed(api, named);
  const body = await bodyOf(api, id, kind as Kind, options);
  const { data } = await api.PUT('/v1/review-items/{id}/decision', { params: { path: { id } }, body });
  context.output.result(data, () => {
    context.output.say(`${data!.name}: ${kind}. Noted, and nothing has happened yet.`);
    context.output.say(
      'Next: muster review show · undo: muster review undo · when all are decided: muster review submit',
    );
  });
}

async function bodyOf(api: Connection['api'], id: string, decision: Kind, options: DecideOptions): Promise<Decision> {
  const { reason, to } = options;
  const words = reason === undefined ? {} : { reason };
  switch (decision) {
    case 'reduce':
      return { decision, grants: await grantsToGo(api, id, options), ...words };
    case 'reassign':
    case 'delegate':
      if (to === undefined) throw new CliError('option_missing', `To whom? Name them with --to.`);
      return { decision, to: await personNamed(api, to), ...words };
    default:
      return { decision, ...words };
  }
}

async function grantsToGo(api: Connection['api'], id: string, { grant, unused }: DecideOptions): Promise<string[]> {
  if (grant !== undefined) return grant;
  if (!unused)
    throw new CliError(
      'option_missing',
      'What is to go? Name each with --grant, or take --unused for what was not used.',
    );
  const { evidence } = await read(api, id);
  const toGo = evidence.grants.filter(({ keep }) => !keep).map((one) => one.id);
  if (toGo.length === 0)
    throw new CliError('option_invalid', 'Nothing of it is unused: name what is to go by --grant.');
  return toGo;
}

async function undo(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = await itemNamed(api, named);
  const { data } = await api.DELETE('/v1/review-items/{id}/decision', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`${data!.name} is open again.`));
}

async function submit(context: CommandContext, { dryRun }: { dryRun?: boolean }, named?: string): Promise<void> {
  const { api } = await context.signedIn();
  const id = named ?? (await onlyCampaign(api));
  const path = { id };
  const { data: asked } = await api.GET('/v1/review-campaigns/{id}/submission', { params: { path } });
  const { decisions, count, digest } = asked!;
  if (count === 0)
    throw new CliError('nothing_decided', 'You have decided nothing in this review yet. See: muster review list');
  const notices = dryRun ? context.output : context.notices;
  notices.result(asked, () => {
    for (const { name, decision, wouldDo } of byName(decisions)) {
      notices.mark(decision === 'keep' ? 'dim' : 'strong', `${decision.padEnd(8)} ${name}`);
      for (const words of wouldDo) notices.say(`           ${words}`);
    }
    notices.say(`${counted(count, 'decision')}, digest ${digest}`);
  });
  if (dryRun) return;
  const { data } = await api.POST('/v1/review-campaigns/{id}/submissions', {
    params: { path },
    body: { count, digest },
  });
  context.output.result(data, () => {
    context.output.mark('good', `Signed: ${counted(data!.count, 'decision')} (${data!.id}).`);
    context.output.say(`What becomes of them: muster review effects --campaign ${id}`);
  });
}

function byName<Named extends { readonly name: string }>(all: readonly Named[]): Named[] {
  return [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The review in which somebody has noted decisions. */
async function onlyCampaign(api: Connection['api']): Promise<string> {
  const query = { reviewer: 'me' as const, state: 'staged' as const, limit: PAGE };
  const { data } = await api.GET('/v1/review-items', { params: { query } });
  const [first, ...others] = new Set(data!.items.map(({ campaignId }) => campaignId));
  if (first === undefined)
    throw new CliError('nothing_decided', 'You have decided nothing yet. Begin with: muster review show');
  if (others.length > 0)
    throw new CliError(
      'option_missing',
      `You have decisions in several reviews; name one: ${[first, ...others].join(', ')}`,
    );
  return first;
}

async function nextOpen(api: Connection['api']): Promise<string | undefined> {
  const query = { reviewer: 'me' as const, state: 'open' as const, limit: 1 };
  return (await api.GET('/v1/review-items', { params: { query } })).data!.items[0]?.id;
}

async function itemNamed(api: Connection['api'], named: string): Promise<string> {
  if (isId('reviewItem', named)) return named;
  const found: Listed[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { reviewer: 'me' as const, q: named, limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const page: { items: Listed[]; nextCursor: string | null } = (
      await api.GET('/v1/review-items', { params: { query } })
    ).data!;
    found.push(...page.items.filter(({ name, state }) => name === named && state !== 'submitted'));
    cursor = page.nextCursor;
  }
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0)
    throw new CliError('not_found', `No identity called ${named} waits for your decision. See: muster review list`);
  throw new CliError('option_invalid', `${named} stands in several reviews; name one by its id.`, {
    details: { ids: found.map(({ id, environment }) => `${id} (${environment})`) },
  });
}

async function read(api: Connection['api'], id: string): Promise<Item> {
  return (await api.GET('/v1/review-items/{id}', { params: { path: { id } } })).data!;
}
