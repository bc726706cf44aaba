import { type Command, Option } from 'commander';
import type { components } from '../../client/index.js';
import { type Role, ROLES } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import { run } from '../program.js';
import { wholeSeconds } from './cert.js';

type BreakGlass = components['schemas']['BreakGlass'];

const HOUR_SECONDS = 3600;

interface OpenOptions {
  readonly reason: string;
  readonly role: Role[];
  readonly duration: number;
}

/** Rights that somebody takes in an emergency, before everybody's eyes. */
export function breakGlassCommands(program: Command): void {
  const glass = program
    .command('break-glass')
    .description('take rights in an emergency: loud, for an hour at most, and reviewed by somebody else');
  glass
    .command('open')
    .description('take roles now; every administrator is told at once')
    .requiredOption('--reason <words>', 'why, for the log and everybody')
    .addOption(new Option('--role <role…>', 'what you need').choices(ROLES).makeOptionMandatory().argParser(collect))
    .option('--duration <seconds>', 'for how long, at most an hour', wholeSeconds, HOUR_SECONDS)
    .action(run(open));
  glass.command('list').description('what was broken, and what its reviews found').action(run(list));
  glass.command('end').argument('<id>', 'bgl_…').description('give the roles back').action(run(end));
  glass
    .command('review')
    .argument('<id>', 'bgl_…')
    .requiredOption('--findings <words>', 'what you found')
    .description('close the review of what somebody else did')
    .action(run(review));
}

function collect(role: string, roles: Role[] | undefined): Role[] {
  return [...(roles ?? []), role as Role];
}

async function open(context: CommandContext, { reason, role, duration }: OpenOptions): Promise<void> {
  const body = { reason, roles: role, durationSeconds: duration };
  const { data } = await (await context.signedIn()).api.POST('/v1/break-glass', { body });
  context.output.result(data, () => {
    context.output.mark('strong', `${data!.id}: you hold ${data!.roles.join(', ')} until ${data!.endsAt}.`);
    context.output.say(`Everything you do until then names it. Give it back with: muster break-glass end ${data!.id}`);
    context.output.say(`Somebody else reviews it by ${data!.reviewDueAt}.`);
  });
}

async function list(context: CommandContext): Promise<void> {
  const query = { limit: 200 };
  const { data } = await (await context.signedIn()).api.GET('/v1/break-glass', { params: { query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'STATE', value: ({ state }) => state },
        { title: 'BY', value: ({ personId }) => personId },
        { title: 'ROLES', value: ({ roles }) => roles.join(' ') },
        { title: 'OPENED', value: ({ openedAt }) => openedAt },
        { title: 'REVIEW DUE', value: ({ reviewDueAt }) => reviewDueAt },
        { title: 'WHY', value: ({ reason }) => reason },
      ],
      'Nobody has broken it.',
    ),
  );
}

async function end(context: CommandContext, _options: object, id: string): Promise<void> {
  const params = { path: { id } };
  const { data } = await (await context.signedIn()).api.POST('/v1/break-glass/{id}/end', { params });
  context.output.result(data, () => context.output.say(sentenceOf(data!)));
}

async function review(context: CommandContext, { findings }: { findings: string }, id: string): Promise<void> {
  const params = { path: { id } };
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/break-glass/{id}/review', { params, body: { findings } });
  context.output.result(data, () => context.output.say(sentenceOf(data!)));
}

function sentenceOf({ id, state, reviewDueAt }: BreakGlass): string {
  if (state === 'reviewed') return `${id} is reviewed and closed.`;
  return state === 'open' ? `${id} is open.` : `${id} has ended; its review is due by ${reviewDueAt}.`;
}
