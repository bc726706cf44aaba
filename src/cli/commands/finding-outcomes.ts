import type { Command } from 'commander';
import type { components, Connection } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { identityNamed, namesOf } from '../lookup.js';
import { run } from '../program.js';

type Draft = components['schemas']['RegistrationDraft'];

interface Words {
  readonly reason: string;
}

/** What becomes of what was found: somebody's, nothing any more, or one with another. */
export function outcomeCommands(finding: Command): void {
  finding
    .command('adopt')
    .argument('<finding>', 'fnd_…')
    .description('say whose it is: it is known by its names and its key from now on')
    .option('--identity <identity>', 'id or name; without it, what a registration would be is told')
    .action(run(adopt));
  reasoned(finding, 'retire', 'have it open nothing any more, or tell how').action(run(retire));
  finding
    .command('plan')
    .argument('<finding>', 'fnd_…')
    .description('how it would be retired, and what would be left to people')
    .action(run(plan));
  reasoned(finding, 'merge', 'say that it is one with another')
    .requiredOption('--into <finding>', 'the one that stays: fnd_…')
    .action(run(merge));
  reasoned(finding, 'split', 'take a merge back').action(run(split));
}

function reasoned(finding: Command, name: string, description: string): Command {
  return finding
    .command(name)
    .argument('<finding>', 'fnd_…')
    .description(description)
    .requiredOption('--reason <words>', 'why, for the log');
}

async function adopt(context: CommandContext, { identity }: { identity?: string }, id: string): Promise<void> {
  const { api } = await context.signedIn();
  if (identity === undefined) return draft(context, api, id);
  const body = { identityId: (await identityNamed(api, identity)).id };
  const { data } = await api.POST('/v1/findings/{id}/adoption', { params: { path: { id } }, body });
  context.output.result(data, () => context.output.say(data!.because));
}

/** What a person completes and registers. */
async function draft(context: CommandContext, api: Connection['api'], id: string): Promise<void> {
  const { data } = await api.GET('/v1/findings/{id}/draft', { params: { path: { id } } });
  const called = await namesOf(
    api,
    data!.custodians.map(({ personId }) => personId),
  );
  context.output.result(data, () => {
    const { name, kind, environment, purpose, privileged, aliases, custodians } = data!;
    context.output.facts([
      ['name', name],
      ['kind', kind],
      ['environment', environment],
      ['purpose', purpose],
      ['privileged', privileged ? 'yes' : 'no'],
      ['known as', aliases.join(' ')],
    ]);
    for (const { personId, because } of custodians)
      context.output.say(`custodian? ${called.get(personId) ?? 'somebody'} (${personId}): ${because}`);
    context.output.say(
      `\nPlatform engineers and administrators register it, with what is right:\n  ${registrationOf(data!)}`,
    );
    context.output.say(`Then: muster finding adopt ${id} --identity ${name}`);
  });
}

/** The command that registers it, as far as it can be said. */
function registrationOf({ name, kind, environment, purpose, privileged, custodians }: Draft): string {
  const [first, second] = custodians;
  return [
    `muster register ${name} --kind ${kind} --environment ${environment ?? '…'} --team …`,
    `--purpose ${quoted(purpose)} --custodian ${first?.personId ?? '…'} --backup ${second?.personId ?? '…'}`,
    ...(privileged ? ['--privileged'] : []),
  ].join(' ');
}

/** As a shell takes it for one word and does nothing with: what it says was found in a stranger's file. */
function quoted(words: string): string {
  return `'${words.replaceAll("'", String.raw`'\''`)}'`;
}

async function retire(context: CommandContext, { reason }: Words, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/findings/{id}/retirement', { params: { path: { id } }, body: { reason } });
  context.output.result(data, () => {
    const { finding, steps } = data!;
    context.output.say(
      finding.retirement?.way === 'steps' ? 'Do this:' : `Done: ${finding.retirement?.way}. What is left:`,
    );
    for (const [index, step] of steps.entries()) context.output.say(`${index + 1}. ${step}`);
  });
}

async function plan(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const params = { path: { id } };
  const { data } = await api.GET('/v1/findings/{id}/retirement', { params });
  const { state } = (await api.GET('/v1/findings/{id}', { params })).data!;
  context.output.result(data, () => {
    context.output.say(`${WAYS[data!.way]} Then:`);
    for (const [index, step] of data!.steps.entries()) context.output.say(`${index + 1}. ${step}`);
    if (state === 'open') context.output.say(`\nDo it with: muster finding retire ${id} --reason …`);
    else context.output.say(`\nIt is ${state}.`);
  });
}

const WAYS: Readonly<Record<components['schemas']['PlannedRetirement']['way'], string>> = {
  'close-account': 'Muster closes the account on its target.',
  'revoke-certificate': 'Muster revokes the certificate.',
  rotate: 'Muster rotates it.',
  steps: 'Muster cannot reach it: people end it.',
};

async function merge(context: CommandContext, { reason, into }: Words & { into: string }, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const body = { intoId: into, reason };
  const { data } = await api.POST('/v1/findings/{id}/merge', { params: { path: { id } }, body });
  context.output.result(data, () =>
    context.output.say(`It is one with ${into} now. Take that back with: muster finding split ${id} --reason …`),
  );
}

async function split(context: CommandContext, { reason }: Words, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/findings/{id}/split', { params: { path: { id } }, body: { reason } });
  context.output.result(data, () => context.output.say(`It stands by itself again, ${data!.state}: ${data!.because}`));
}
