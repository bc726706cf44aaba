import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { allSources } from '../lookup.js';
import type { Output } from '../output.js';
import { run } from '../program.js';
import { sayUnreliable } from '../source-health.js';
import { whatOf } from './finding-words.js';

type Posture = components['schemas']['FindingPosture'];
type Rights = NonNullable<Posture['rights']>;
type Trends = components['schemas']['FindingTrends'];

/** Of each check. */
const MOST_SHOWN = 3;
const WEEK_MILLISECONDS = 7 * 86_400_000;

/** What is wrong with a finding beyond whose it is, and what would be enough for it. */
export function postureCommand(finding: Command): void {
  finding
    .command('posture')
    .argument('[finding]', 'fnd_…; all of them unless given')
    .description(
      'what is wrong with it by the OWASP NHI Top 10, how that is put right, and which rights would be enough',
    )
    .action(
      run((context, _options, id: string | undefined) => (id === undefined ? overview(context) : look(context, id))),
    );
  finding.command('trends').description('what was found and what came to an end, week by week').action(run(trends));
}

/** The worst of each check, and how many there are. */
async function overview(context: CommandContext): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/findings/posture', {});
  const sources = await allSources(api);
  context.output.result(data, () => {
    const { looked, isAll, checks } = data!;
    if (looked === 0) {
      context.output.say('Nothing was found yet that could be judged.');
      return sayUnreliable(context.output, sources);
    }
    for (const { check, question, counts, found } of checks) {
      const count = counts.high + counts.medium + counts.low;
      if (count === 0) context.output.mark('good', `✓ ${check}`);
      else context.output.mark('bad', `✗ ${check}: ${counts.high} high, ${counts.medium} medium, ${counts.low} low`);
      context.output.paragraph(question, 2);
      for (const { findingId, identityName, named, because, ...what } of found.slice(0, MOST_SHOWN)) {
        const whose = identityName ?? named;
        context.output.paragraph(`${findingId} ${whatOf(what)}${whose === null ? '' : `, ${whose}`}: ${because}`, 4);
      }
    }
    const more = isAll ? '' : ', and there are more';
    context.output.say(`\n${looked} looked at, what waits first${more}. See one with: muster finding posture fnd_…`);
    sayUnreliable(context.output, sources);
  });
}

/** By week, the latest first. */
async function trends(context: CommandContext): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/findings/trends', {});
  context.output.result(data, () => {
    const { since, weeks, found, ended } = data!;
    const sum = (all: Trends['found'], week: number) =>
      all.filter((one) => one.week === week).reduce((total, { count }) => total + count, 0);
    const rows = [...found, ...ended].some(({ count }) => count > 0) ? weeksOf(weeks) : [];
    const beginning = (week: number) =>
      new Date(Date.parse(since) + week * WEEK_MILLISECONDS).toISOString().slice(0, 10);
    context.output.table(
      rows,
      [
        { title: 'WEEK OF', value: beginning },
        { title: 'FOUND', value: (week) => sum(found, week) },
        { title: 'ENDED', value: (week) => sum(ended, week) },
      ],
      'Nothing was found yet.',
    );
  });
}

/** The latest first. */
function weeksOf(weeks: number): readonly number[] {
  return Array.from({ length: weeks }, (_, week) => weeks - 1 - week);
}

async function look(context: CommandContext, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.GET('/v1/findings/{id}/posture', { params: { path: { id } } });
  context.output.result(data, () => {
    const { concerns, rights } = data!;
    if (concerns.length === 0) context.output.mark('good', '✓ None of the ten is wrong with it, as far as is known.');
    for (const { check, severity, because, fix } of concerns) {
      context.output.mark('bad', `✗ ${check} (${severity})`);
      context.output.paragraph(because, 2);
      context.output.paragraph(`→ ${fix}`, 2);
    }
    if (rights !== null) sayRights(context.output, rights);
  });
}

function sayRights(output: Output, { unregistered, wider, unused, absent, proposed }: Rights): void {
  const say = (title: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    output.say(`\n${title}`);
    for (const line of lines) output.say(`  ${line}`);
  };
  say('Nobody registered:', unregistered.map(rightWords));
  say(
    'Wider than registered:',
    wider.map(({ seen, grantId }) => `${rightWords(seen)} (${grantId})`),
  );
  say('Not used:', unused.map(rightWords));
  say(
    'Registered, and not there:',
    absent.map(({ scope, grantId }) => `${scope} (${grantId})`),
  );
  say('These would be enough:', proposed.map(rightWords));
}

function rightWords({ privilege, resource, through }: { privilege: string; resource: string; through?: string }) {
  return `${privilege} on ${resource}${through === undefined ? '' : `, by ${through}`}`;
}
