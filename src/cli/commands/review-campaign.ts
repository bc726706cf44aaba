import { type Command, InvalidArgumentError, Option } from 'commander';
import { type components, type Connection, refusalFrom } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { personNamed, teamNamed } from '../lookup.js';
import type { Output } from '../output.js';
import { writePrivateFile } from '../private-file.js';
import { run } from '../program.js';

type Schemas = components['schemas'];
type Scope = Schemas['ReviewScope'];

const PAGE = 200;
const FORMATS = ['pdf', 'csv', 'json'] as const;
export const DEFAULT_SAMPLE_PERCENT = 5;

export interface ScopeOptions {
  readonly team?: string;
  readonly environment?: string;
  readonly dataClass?: Scope['dataClass'];
  readonly kind?: Scope['kind'];
  readonly criticality?: Scope['criticality'];
  readonly privileged?: boolean;
  readonly custodian?: string;
  readonly olderThanDays?: number;
  readonly custodianChangedDays?: number;
  readonly condition?: string;
}

interface StartOptions extends ScopeOptions {
  readonly due: string;
  readonly owner?: string;
  readonly management: string;
  readonly sample: number;
}

/** Reviews as whoever runs them sees them. */
export function campaignCommands(review: Command): void {
  const campaign = review.command('campaign').description('reviews as a whole: started, followed, closed');
  campaign
    .command('list')
    .addOption(new Option('--state <state>', 'only these').choices(['staging', 'open', 'closed', 'cancelled']))
    .description('all of them')
    .action(run(list));
  campaign
    .command('show')
    .argument('<campaign>', 'cmp_…')
    .description('how far it is, and who still has to decide')
    .action(run(show));
  scoped(campaign.command('preview').description('what a review would be about')).action(run(preview));
  scoped(
    campaign
      .command('start')
      .argument('<name>', 'what it is called')
      .description('freeze what a scope holds now, and ask its custodians'),
  )
    .requiredOption('--due <instant>', 'by when it is to be complete, RFC 3339')
    .requiredOption('--management <person>', 'who acknowledges it, apart from those who decide: id, name or e-mail')
    .option('--owner <person>', 'who runs it; you, unless you name somebody else')
    .option(
      '--sample <percent>',
      'of how many keeps somebody else takes a second look',
      percentOf,
      DEFAULT_SAMPLE_PERCENT,
    )
    .action(run(start));
  campaign
    .command('figures')
    .argument('<campaign>', 'cmp_…')
    .description('whether it ties out: exit 0 it does, 1 it does not, and why not')
    .action(run(figures));
  campaign
    .command('acknowledge')
    .argument('<campaign>', 'cmp_…')
    .description('as its management: acknowledge the figures as they stand, with a passkey over their digest')
    .action(run(acknowledge));
  campaign
    .command('export')
    .argument('<campaign>', 'cmp_…')
    .addOption(
      new Option('--format <format>', 'to read, to calculate with, or to check').choices(FORMATS).default('pdf'),
    )
    .requiredOption('--out <file>', 'where it goes (0600)')
    .description('take it out of the house: a report, a table, or a package that proves itself offline')
    .action(run(exportCampaign));
  campaign.command('close').argument('<campaign>', 'cmp_…').description('end it, once it ties out').action(run(close));
  campaign
    .command('cancel')
    .argument('<campaign>', 'cmp_…')
    .requiredOption('--reason <words>', 'why, for the log')
    .description('end it without an outcome: what was signed stands, what was not is owed no more')
    .action(run(cancel));
}

export function scoped(command: Command): Command {
  return command
    .option('--team <team>', 'id or name')
    .option('--environment <name>', 'for example production')
    .option('--data-class <class>', 'for example pii')
    .option('--kind <kind>', 'for example ci-pipeline')
    .option('--criticality <level>', 'low, medium, high or critical')
    .option('--privileged', 'only what is privileged')
    .option('--custodian <person>', 'id, name or e-mail')
    .option('--older-than-days <days>', 'registered at least so long ago', daysOf)
    .option('--custodian-changed-days <days>', 'whose custodians changed within so many days', daysOf)
    .option('--condition <cel>', 'a CEL condition over identity');
}

function daysOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('Give a number of days.');
  return Number(text);
}

export function percentOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 100) throw new InvalidArgumentError('Give 0 to 100.');
  return Number(text);
}

export async function scopeOf(api: Connection['api'], options: ScopeOptions): Promise<Scope> {
  const { environment, dataClass, kind, criticality, privileged, olderThanDays, condition } = options;
  const given = {
    ...{ environment, dataClass, kind, criticality, privileged, olderThanDays, condition },
    custodianChangedWithinDays: options.custodianChangedDays,
    teamId: options.team === undefined ? undefined : await teamNamed(api, options.team),
    custodianId: options.custodian === undefined ? undefined : await personNamed(api, options.custodian),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function list(context: CommandContext, { state }: { state?: Schemas['ReviewCampaign']['state'] }): Promise<void> {
  const query = { limit: PAGE, ...(state !== undefined && { state }) };
  const { data } = await (await context.signedIn()).api.GET('/v1/review-campaigns', { params: { query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'STATE', value: (one) => one.state },
        { title: 'DUE', value: ({ dueAt }) => dueAt },
        {
          title: 'DONE',
          value: ({ progress }) => `${progress.submitted + progress.excepted} of ${progress.population}`,
        },
      ],
      'No review yet. Start one with: muster review campaign start --help',
    ),
  );
}

async function show(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const params = { path: { id } };
  const [{ data: campaign }, { data: custodians }] = await Promise.all([
    api.GET('/v1/review-campaigns/{id}', { params }),
    api.GET('/v1/review-campaigns/{id}/custodians', { params: { ...params, query: { limit: PAGE } } }),
  ]);
  context.output.result({ ...campaign, custodians: custodians!.items }, () => {
    const { progress } = campaign!;
    context.output.facts([
      ['review', campaign!.name],
      ['state', campaign!.state],
      ['due', campaign!.dueAt],
      ['owner', campaign!.ownerId],
      ['acknowledged by', campaign!.acknowledgedBy ?? `nobody yet; it is for ${campaign!.managementId}`],
      ['frozen', campaign!.frozenAt],
      ['population', campaign!.population],
      ['open', progress.open],
      ['decided, not signed', progress.staged],
      ['signed', progress.submitted],
      ['excepted', progress.excepted],
    ]);
    for (const { words, count } of campaign!.dataGate ?? []) context.output.say(`! ${count}: ${words}`);
    context.output.say();
    context.output.table(
      custodians!.items,
      [
        { title: 'WHO', value: ({ personId }) => personId ?? 'nobody may' },
        { title: 'TOTAL', value: ({ total }) => total },
        { title: 'OPEN', value: ({ open }) => open },
        { title: 'NOT SIGNED', value: ({ staged }) => staged },
        { title: 'SIGNED', value: ({ submitted }) => submitted },
        { title: 'LATE', value: ({ late }) => late },
      ],
      'Nobody has to decide.',
    );
    if (custodians!.nextCursor !== null) context.output.say(`The ${PAGE} with most left to do are shown.`);
  });
}

async function preview(context: CommandContext, options: ScopeOptions): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/review-campaigns/preview', { body: { scope: await scopeOf(api, options) } });
  context.output.result(data, () => {
    context.output.facts([
      ['identities', data!.count],
      ['privileged', data!.privileged],
      ['nobody may decide', data!.withoutReviewer],
    ]);
    for (const { personId, count } of data!.byCustodian) context.output.say(`  ${count} for ${personId}`);
    if (data!.sample.length > 0) context.output.say(`For example ${data!.sample.join(', ')}`);
  });
}

async function start(context: CommandContext, options: StartOptions, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = {
    name,
    scope: await scopeOf(api, options),
    dueAt: options.due,
    managementId: await personNamed(api, options.management),
    samplePercent: options.sample,
    ...(options.owner !== undefined && { ownerId: await personNamed(api, options.owner) }),
  };
  const { data } = await api.POST('/v1/review-campaigns', { body });
  context.output.result(data, () => {
    context.output.say(`${data!.id}: being frozen. Its custodians are written to, and asked until ${data!.dueAt}.`);
    context.output.say(`Follow it with: muster review campaign show ${data!.id}`);
  });
}

async function cancel(context: CommandContext, { reason }: { reason: string }, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const params = { path: { id } };
  const { data } = await api.POST('/v1/review-campaigns/{id}/cancellation', { params, body: { reason } });
  context.output.result(data, () => context.output.say(`${data!.name} is cancelled. What was signed stands.`));
}

async function figures(context: CommandContext, _options: object, id: string): Promise<void> {
  const { data } = await (
    await context.signedIn()
  ).api.GET('/v1/review-campaigns/{id}/figures', { params: { path: { id } } });
  if (data!.faults.length > 0) process.exitCode = 1;
  context.output.result(data, () => sayFigures(context.output, data!));
}

function sayFigures(output: Output, of: Schemas['ReviewFigures']): void {
  const { items, effects, samples, quality, faults } = of;
  output.say(
    `${of.population} = ${items.keep} kept + ${items.reduce} reduced + ${items.revoke} revoked + ${items.excepted} excepted` +
      `${items.open + items.staged > 0 ? ` + ${items.open + items.staged} still to decide` : ''}`,
  );
  output.facts([
    ['seen on their targets', effects.verified],
    ['attested', effects.attested],
    ['excepted', effects.excepted],
    ['not yet', effects.unverified + effects.unattested + effects.failed],
    ['second looks', `${samples.agreed} agreed, ${samples.disagreed} disagreed, ${samples.open} open`],
    ['time on an item', quality && `${quality.medianSeconds} s in the middle, ${quality.p90Seconds} s for nine in ten`],
    ['digest', of.digest],
    ['acknowledged', of.acknowledgementStale ? 'before something changed: it has to be again' : of.acknowledgedAt],
  ]);
  for (const { words } of quality?.flags ?? []) output.say(`! ${words}`);
  for (const { words } of faults) output.mark('bad', `✗ ${words}`);
  if (faults.length === 0) output.mark('good', '✓ It ties out.');
}

async function acknowledge(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const params = { path: { id } };
  const { data: seen } = await api.GET('/v1/review-campaigns/{id}/figures', { params });
  context.notices.result({ figures: seen }, () => sayFigures(context.notices, seen!));
  const body = { digest: seen!.digest };
  const { data } = await api.POST('/v1/review-campaigns/{id}/acknowledgement', { params, body });
  context.output.result(data, () => context.output.mark('good', `Acknowledged: digest ${seen!.digest}.`));
}

async function close(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/review-campaigns/{id}/close', { params: { path: { id } } });
  context.output.result(data, () => context.output.mark('good', 'Closed. Its figures are frozen.'));
}

async function exportCampaign(
  context: CommandContext,
  { format, out }: { format: (typeof FORMATS)[number]; out: string },
  id: string,
): Promise<void> {
  const connection = await context.signedIn();
  const response = await connection.fetch(`/v1/review-campaigns/${encodeURIComponent(id)}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format }),
  });
  if (!response.ok) throw await refusalFrom(response);
  await writePrivateFile(out, response.body!);
  context.output.result({ file: out }, () => {
    context.output.say(`${out} is written.`);
    if (format === 'json') context.output.say(`Check it with: muster audit verify ${out}`);
  });
}
