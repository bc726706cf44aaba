import { type Command, InvalidArgumentError, Option } from 'commander';
import type { components } from '../../client/index.js';
import { counted } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import type { Output } from '../output.js';
import { run } from '../program.js';

type Planned = components['schemas']['PlannedRotation'];

const STANDINGS = ['due', 'overdue', 'never'] as const;
const PAGE = 100;
const DEFAULT_DAYS = 30;

const NOTHING: Readonly<Record<(typeof STANDINGS)[number], string>> = {
  due: 'Nothing rotates by its schedule in that time.',
  overdue: 'Nothing is overdue.',
  never: 'Everything that has a schedule comes to its turn.',
};

/** What would happen, before it does. */
export function planCommand(rotation: Command): void {
  rotation
    .command('plan')
    .option('--days <days>', 'how far ahead', daysOf, DEFAULT_DAYS)
    .addOption(
      new Option('--standing <standing>', 'what is due then, is overdue now, or never comes to its turn')
        .choices(STANDINGS)
        .default('due'),
    )
    .description('what rotates when, who would break, and where freeze and schedule never agree')
    .action(run(plan));
}

function daysOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 400) throw new InvalidArgumentError('Give 1 to 400 days.');
  return Number(text);
}

async function plan(
  context: CommandContext,
  { days, standing }: { days: number; standing: (typeof STANDINGS)[number] },
): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/rotation-plan', { params: { query: { days, standing, limit: PAGE } } });
  context.output.result(data, () => {
    const { due, overdue, never } = data!.counts;
    context.output.say(
      `In ${days} days ${counted(due, 'comes to its turn', 'come to their turn')}; ${counted(overdue, 'is overdue', 'are overdue')}; ${counted(never, 'never does', 'never do')}.\n`,
    );
    context.output.table(
      data!.items,
      [
        { title: 'NAME', value: ({ name }) => name },
        { title: 'IDENTITY', value: ({ identityName }) => identityName },
        { title: 'BEGINS', value: beginsWords },
        { title: 'OLD ONE IS SEEN', value: ({ coverage }) => coverage ?? 'not known yet' },
      ],
      NOTHING[standing],
    );
    for (const planned of data!.items) sayWarnings(context.output, planned);
    if (data!.nextCursor !== null) context.output.say(`The first ${PAGE} are shown.`);
  });
}

function beginsWords({ begins, more, overdueSince }: Planned): string {
  if (overdueSince !== null) return `overdue since ${overdueSince}`;
  const [first] = begins;
  if (!first) return 'never';
  const held = first.held ? `, held by its pair until ${first.held.until}` : '';
  return `${first.at}${held}${begins.length > 1 || more ? ', and again' : ''}`;
}

function sayWarnings(output: Output, { name, conflicts, risks }: Planned): void {
  for (const { words } of [...conflicts, ...risks]) output.mark('bad', `! ${name}: ${words}`);
}
