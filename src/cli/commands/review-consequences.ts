import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components } from '../../client/index.js';
import { isId } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { personNamed } from '../lookup.js';
import { run } from '../program.js';

type Effect = components['schemas']['ReviewEffect'];

const PAGE = 200;
const STATES: readonly Effect['state'][] = [
  'pending',
  'applied',
  'verified',
  'attestation-needed',
  'attested',
  'failed',
];

interface ExceptOptions {
  readonly reason: string;
  readonly until: string;
  readonly owner: string;
}

/** What becomes of decisions: seen on their targets, attested, excepted, looked at a second time; and what is due when. */
export function consequenceCommands(review: Command): void {
  review
    .command('effects')
    .description('what decisions asked for, and whether it is so')
    .option('--campaign <campaign>', 'only of this review')
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .option('--mine', 'only what waits for your word')
    .action(run(effects));
  review
    .command('attest')
    .argument('<effect>', 'rve_…')
    .requiredOption('--statement <words>', 'what was done, and how you know')
    .requiredOption('--reference <words>', 'where that can be looked up, for example a change')
    .description('give your word for what Muster cannot look at')
    .action(run(attest));
  review.command('retry').argument('<effect>', 'rve_…').description('try again what failed').action(run(retry));
  review
    .command('except')
    .argument('<what>', 'rvi_… or rve_…')
    .requiredOption('--reason <words>', 'why it is neither decided nor done')
    .requiredOption('--until <instant>', 'when it is open again, RFC 3339, within a year')
    .requiredOption('--owner <person>', 'who answers for it until then: id, name or e-mail')
    .description('count something as an exception, on purpose and for a time')
    .action(run(except));
  review
    .command('second-look')
    .argument('[item]', 'rvi_…; left out, lists what waits for you')
    .argument('[verdict]', 'agreed or disagreed', verdictOf)
    .option('--reason <words>', 'why you disagree')
    .description('say whether somebody’s keep was right')
    .action(run(secondLook));
  review.command('calendar').description('what is due in the next 90 days').action(run(calendar));
}

function verdictOf(text: string): 'agreed' | 'disagreed' {
  if (text !== 'agreed' && text !== 'disagreed') throw new InvalidArgumentError('Say agreed or disagreed.');
  return text;
}

async function effects(
  context: CommandContext,
  { campaign, state, mine }: { campaign?: string; state?: Effect['state']; mine?: boolean },
): Promise<void> {
  const query = {
    limit: PAGE,
    ...(campaign !== undefined && { campaignId: campaign }),
    ...(mine ? { ownerId: 'me' as const, state: 'attestation-needed' as const } : state !== undefined && { state }),
  };
  const { data } = await (await context.signedIn()).api.GET('/v1/review-effects', { params: { query } });
  context.output.result(data, () => {
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'STATE', value: (effect) => effect.state },
        { title: 'WHAT', value: ({ words }) => words },
        { title: 'SEEN', value: ({ endedAt }) => endedAt },
        { title: 'WHY NOT', value: ({ failureWords }) => failureWords },
      ],
      mine ? 'Nothing waits for your word.' : 'Nothing was asked for.',
    );
    for (const { id, canAttest, canRetry } of data!.items) {
      if (canAttest) context.output.say(`Is it done? muster review attest ${id} --statement … --reference …`);
      if (canRetry) context.output.say(`Try again: muster review retry ${id}`);
    }
  });
}

async function attest(
  context: CommandContext,
  { statement, reference }: { statement: string; reference: string },
  id: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const body = { statement, reference };
  const { data } = await api.POST('/v1/review-effects/{id}/attestation', { params: { path: { id } }, body });
  context.output.result(data, () =>
    context.output.say('Attested. It counts as your word, apart from what was verified.'),
  );
}

async function retry(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/review-effects/{id}/retry', { params: { path: { id } } });
  context.output.result(data, () => context.output.say('It is tried again now. See: muster review effects'));
}

async function except(context: CommandContext, { reason, until, owner }: ExceptOptions, what: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = { ...whatOf(what), reason, endsAt: until, ownerId: await personNamed(api, owner) };
  const { data } = await api.POST('/v1/review-exceptions', { body });
  context.output.result(data, () =>
    context.output.say(`${data!.id}: ${data!.identityName} is excepted until ${data!.endsAt}; then it is open again.`),
  );
}

function whatOf(what: string): { itemId: string } | { effectId: string } {
  if (isId('reviewItem', what)) return { itemId: what };
  if (isId('reviewEffect', what)) return { effectId: what };
  throw new CliError('option_invalid', `${what} is neither an item (rvi_…) nor an effect (rve_…) of a review.`);
}

async function secondLook(
  context: CommandContext,
  { reason }: { reason?: string },
  itemId?: string,
  verdict?: string,
): Promise<void> {
  const { api } = await context.signedIn();
  if (itemId === undefined) {
    const query = { reviewer: 'me' as const, state: 'open' as const, limit: PAGE };
    const { data } = await api.GET('/v1/review-samples', { params: { query } });
    return context.output.result(data, () =>
      context.output.table(
        data!.items,
        [
          { title: 'ITEM', value: (row) => row.itemId },
          { title: 'NAME', value: ({ name, environment }) => `${name} (${environment})` },
          { title: 'KEPT BY', value: ({ keptBy }) => keptBy },
          { title: 'BECAUSE', value: ({ keptBecause }) => keptBecause },
        ],
        'No second look waits for you.',
      ),
    );
  }
  if (verdict === undefined) throw new CliError('option_missing', 'Say agreed or disagreed after the item.');
  const body = { verdict: verdict as 'agreed' | 'disagreed', ...(reason !== undefined && { reason }) };
  const { data } = await api.PUT('/v1/review-samples/{id}', { params: { path: { id: itemId } }, body });
  context.output.result(data, () => context.output.say(`${data!.name}: ${data!.state}.`));
}

async function calendar(context: CommandContext): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/review-calendar');
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'WHEN', value: ({ at }) => at },
        { title: 'WHAT', value: ({ kind }) => kind },
        { title: 'OF', value: ({ name }) => name },
        { title: 'ID', value: ({ id }) => id },
      ],
      'Nothing is due in the next 90 days.',
    ),
  );
}
