import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { personNamed } from '../lookup.js';
import { readNamedFile } from '../private-file.js';
import { run } from '../program.js';
import { DEFAULT_SAMPLE_PERCENT, percentOf, scoped, scopeOf, type ScopeOptions } from './review-campaign.js';

type Schemas = components['schemas'];

const PAGE = 200;
const DEFAULT_DUE_AFTER_DAYS = 21;

interface AddOptions extends ScopeOptions {
  readonly every: number;
  readonly dueAfter: number;
  readonly owner?: string;
  readonly management: string;
  readonly riskAnalysis: string;
  readonly sample: number;
}

/** When reviews happen, and why so often. */
export function cadenceCommands(review: Command): void {
  const schedule = review.command('schedule').description('reviews that start by themselves');
  scoped(
    schedule
      .command('add')
      .argument('<name>', 'what each of its reviews is called')
      .description('review a scope again and again'),
  )
    .requiredOption('--every <days>', 'no more seldom than its risk analysis supports', daysOf)
    .requiredOption('--risk-analysis <analysis>', 'ran_…, approved and not expired')
    .requiredOption('--management <person>', 'who acknowledges them: id, name or e-mail')
    .option('--owner <person>', 'who runs them; you, unless you name somebody else')
    .option('--due-after <days>', 'how long people have', daysOf, DEFAULT_DUE_AFTER_DAYS)
    .option(
      '--sample <percent>',
      'of how many keeps somebody else takes a second look',
      percentOf,
      DEFAULT_SAMPLE_PERCENT,
    )
    .action(run(add));
  schedule.command('list').description('all of them, and when each starts next').action(run(list));
  schedule.command('pause').argument('<schedule>', 'rvs_…').description('start none for now').action(run(pause));
  schedule.command('resume').argument('<schedule>', 'rvs_…').description('start them again').action(run(resume));
  schedule.command('remove').argument('<schedule>', 'rvs_…').description('start none any more').action(run(remove));
  const analysis = review
    .command('risk-analysis')
    .description('why reviews happen as often as they do (PCI DSS 12.3.1)');
  analysis
    .command('add')
    .argument('<file>', 'YAML: title, assets, threats, factors, justification, everyDays, expiresAt, replacesId')
    .description('write one; somebody else approves it')
    .action(run(write));
  analysis.command('list').description('all of them').action(run(listAnalyses));
  analysis.command('show').argument('<analysis>', 'ran_…').description('what it says').action(run(showAnalysis));
  analysis
    .command('approve')
    .argument('<analysis>', 'ran_…')
    .description('stand for what it says')
    .action(run(approve));
  analysis.command('withdraw').argument('<analysis>', 'ran_…').description('it holds no more').action(run(withdraw));
}

function daysOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('Give a number of days.');
  return Number(text);
}

async function add(context: CommandContext, options: AddOptions, name: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = {
    name,
    scope: await scopeOf(api, options),
    everyDays: options.every,
    dueAfterDays: options.dueAfter,
    managementId: await personNamed(api, options.management),
    riskAnalysisId: options.riskAnalysis,
    samplePercent: options.sample,
    ...(options.owner !== undefined && { ownerId: await personNamed(api, options.owner) }),
  };
  const { data } = await api.POST('/v1/review-schedules', { body });
  context.output.result(data, () => context.output.say(`${data!.id}: the first one starts ${data!.nextAt}.`));
}

async function list(context: CommandContext): Promise<void> {
  const query = { limit: PAGE };
  const { data } = await (await context.signedIn()).api.GET('/v1/review-schedules', { params: { query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'EVERY', value: ({ everyDays }) => `${everyDays} days` },
        { title: 'NEXT', value: ({ nextAt, status }) => (status === 'active' ? nextAt : status) },
        {
          title: 'RESTS ON',
          value: ({ riskAnalysisId, riskAnalysisStatus }) => `${riskAnalysisId} (${riskAnalysisStatus})`,
        },
      ],
      'No schedule yet. Write a risk analysis first: muster review risk-analysis add --help',
    ),
  );
}

const pause = (context: CommandContext, _options: object, id: string) => turn(context, id, 'paused');
const resume = (context: CommandContext, _options: object, id: string) => turn(context, id, 'active');

async function turn(context: CommandContext, id: string, status: 'active' | 'paused'): Promise<void> {
  const { api } = await context.signedIn();
  const { data: schedule } = await api.GET('/v1/review-schedules/{id}', { params: { path: { id } } });
  const header = { 'If-Match': `"v${schedule!.version}"` };
  const { data } = await api.PATCH('/v1/review-schedules/{id}', { params: { path: { id }, header }, body: { status } });
  context.output.result(data, () => context.output.say(`${data!.name} is ${data!.status}.`));
}

async function remove(context: CommandContext, _options: object, id: string): Promise<void> {
  await (await context.signedIn()).api.DELETE('/v1/review-schedules/{id}', { params: { path: { id } } });
  context.output.result({ removed: id }, () => context.output.say('Removed. Reviews under way go on.'));
}

async function write(context: CommandContext, _options: object, file: string): Promise<void> {
  const text = (await readNamedFile(file)).toString();
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/risk-analyses', { body: readYaml(file, text) as Schemas['NewRiskAnalysis'] });
  context.output.result(data, () =>
    context.output.say(`${data!.id}: somebody else approves it with muster review risk-analysis approve ${data!.id}`),
  );
}

function readYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new CliError('option_invalid', `${file} is no YAML.`);
  }
}

async function listAnalyses(context: CommandContext): Promise<void> {
  const query = { limit: PAGE };
  const { data } = await (await context.signedIn()).api.GET('/v1/risk-analyses', { params: { query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'TITLE', value: ({ title }) => title },
        { title: 'EVERY', value: ({ everyDays }) => `${everyDays} days` },
        { title: 'STATUS', value: ({ status }) => status },
        { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
      ],
      'None yet. Write one with: muster review risk-analysis add --help',
    ),
  );
}

async function showAnalysis(context: CommandContext, _options: object, id: string): Promise<void> {
  const { data } = await (await context.signedIn()).api.GET('/v1/risk-analyses/{id}', { params: { path: { id } } });
  context.output.result(data, () => sayAnalysis(context, data!));
}

function sayAnalysis({ output }: CommandContext, analysis: Schemas['RiskAnalysis']): void {
  output.mark('strong', analysis.title);
  output.facts([
    ['status', analysis.status],
    ['supports', `a review every ${analysis.everyDays} days`],
    ['author', analysis.authorId],
    ['approved', analysis.approvedAt && `${analysis.approvedAt} by ${analysis.approverId}`],
    ['expires', analysis.expiresAt],
  ]);
  for (const part of ['assets', 'threats', 'factors', 'justification'] as const)
    output.say(`\n${part}\n  ${analysis[part].replaceAll('\n', '\n  ')}`);
}

async function approve(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/risk-analyses/{id}/approval', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`Approved: ${data!.title}, until ${data!.expiresAt}.`));
}

async function withdraw(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/risk-analyses/{id}/withdrawal', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`Withdrawn: ${data!.title}. What rests on it starts no more.`));
}
