import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import type { Output } from '../output.js';
import { run } from '../program.js';

type Posture = components['schemas']['FindingPosture'];
type Rights = NonNullable<Posture['rights']>;

/** What is wrong with a finding beyond whose it is, and what would be enough for it. */
export function postureCommand(finding: Command): void {
  finding
    .command('posture')
    .argument('<finding>', 'fnd_…')
    .description(
      'what is wrong with it by the OWASP NHI Top 10, how that is put right, and which rights would be enough',
    )
    .action(run(look));
}

async function look(context: CommandContext, _options: object, id: string): Promise<void> {
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
