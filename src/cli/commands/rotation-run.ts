import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { components, Connection } from '../../client/index.js';
import { isId } from '../../kernel/index.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { rotationNamed } from '../lookup.js';
import type { Output } from '../output.js';
import { run } from '../program.js';

type Run = components['schemas']['RotationRun'];
type WholeRun = components['schemas']['WholeRotationRun'];

const PAGE = 200;
const LOOK_AGAIN_MILLISECONDS = 1_000;
const STATES: readonly Run['state'][] = ['planned', 'running', 'held', 'stuck', 'finished', 'cancelled'];
const STEPS: readonly Run['step'][] = ['create', 'deliver', 'verify-new', 'watch-old', 'revoke-old', 'verify-dead'];
const ENDED: readonly Run['state'][] = ['finished', 'cancelled'];
const MOST_CALLERS = 20;

/** Rotations under way. */
export function runCommands(rotation: Command): void {
  rotation
    .command('run')
    .argument('<rotation>', 'id or name')
    .requiredOption('--reason <words>', 'why now, for the log')
    .option('--suspicion', 'somebody else may have the secret')
    .option('--watch', 'stay until it is over')
    .description('rotate it now')
    .action(run(begin));
  rotation
    .command('watch')
    .argument('<run>', 'rrn_…, or the rotation by id or name')
    .description('follow it until it is over, or a human has to go on: exit 0 finished, 1 otherwise')
    .action(run(watch));
  rotation
    .command('runs')
    .addOption(new Option('--state <state>', 'only these, for example stuck').choices(STATES))
    .option('--rotation <rotation>', 'only of this one: id or name')
    .description('runs, the latest first; what is stuck says what to do')
    .action(run(list));
  for (const [name, description, act] of DEEDS)
    rotation
      .command(name)
      .argument('<run>', 'rrn_…')
      .requiredOption('--reason <words>', 'why, for the log')
      .description(description)
      .action(run((context, { reason }: { reason: string }, id) => act(context, id, reason)));
  rotation
    .command('retry')
    .argument('<run>', 'rrn_…')
    .description('go on with what is stuck, once its cause is gone')
    .action(run((context, _options, id) => retry(context, id)));
}

type Deed = (context: CommandContext, id: string, reason: string) => Promise<void>;

const DEEDS: readonly (readonly [name: string, description: string, act: Deed])[] = [
  ['override', 'withdraw the old one although somebody may still use it; a second person has to agree', override],
  ['cancel', 'go back to the old one, before it is withdrawn', cancel],
];

async function begin(
  context: CommandContext,
  { reason, suspicion, watch: stay }: { reason: string; suspicion?: boolean; watch?: boolean },
  named: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const { id } = await rotationNamed(api, named);
  const body = { cause: suspicion ? ('suspicion' as const) : ('by-hand' as const), reason };
  const { data } = await api.POST('/v1/rotations/{id}/runs', { params: { path: { id } }, body });
  if (stay) return follow(context, api, data!.id);
  context.output.result(data, () => {
    context.output.say(`${data!.id} is under way.`);
    context.output.say(`Follow it with: muster rotation watch ${data!.id}`);
  });
}

async function watch(context: CommandContext, _options: object, named: string): Promise<void> {
  const { api } = await context.signedIn();
  await follow(context, api, isId('rotationRun', named) ? named : await liveRunOf(api, named));
}

async function liveRunOf(api: Connection['api'], named: string): Promise<string> {
  const { id, name, run: live } = await rotationNamed(api, named);
  if (live) return live.id;
  throw new CliError('not_found', `Nothing of ${name} is under way. What was: muster rotation runs --rotation ${id}`);
}

/** Says each change of a run as it comes. */
async function follow(context: CommandContext, api: Connection['api'], id: string): Promise<void> {
  const params = { path: { id } };
  for (let said = ''; ; await sleep(LOOK_AGAIN_MILLISECONDS)) {
    const { data } = await api.GET('/v1/rotation-runs/{id}', { params });
    const whole = data!;
    const words = progressWords(whole);
    if (words !== said) context.output.say(words);
    said = words;
    if (whole.state !== 'stuck' && !ENDED.includes(whole.state)) continue;
    if (whole.state !== 'finished' || whole.direction === 'back') process.exitCode = 1;
    return context.output.result(whole, () => sayEnd(context.output, whole));
  }
}

const BAR_FULL = '■';
const BAR_EMPTY = '□';

function progressWords({ direction, step, state, failure, evidence }: WholeRun): string {
  const done = state === 'finished' ? STEPS.length : STEPS.indexOf(step);
  const bar = BAR_FULL.repeat(done) + BAR_EMPTY.repeat(STEPS.length - done);
  const where = state === 'finished' ? 'finished' : `${direction === 'back' ? 'back: ' : ''}${step}`;
  const kept = failure === null ? '' : `  ${state === 'running' ? 'waits' : state}: ${failure}`;
  const left = step === 'watch-old' && evidence && state !== 'finished' ? `  ${leftWords(evidence)}` : '';
  return `${bar}  ${where}${kept}${left}`;
}

function leftWords({ callerCount, missingCount, permittedFrom }: NonNullable<WholeRun['evidence']>): string {
  return [
    ...(callerCount > 0 ? [`${callerCount} seen on the old one`] : []),
    ...(missingCount > 0 ? [`${missingCount} not seen on the new one`] : []),
    ...(callerCount + missingCount === 0 && permittedFrom !== null ? [`quiet; goes on at ${permittedFrom}`] : []),
  ].join(', ');
}

function sayEnd(output: Output, whole: WholeRun): void {
  if (whole.state === 'finished' && whole.direction !== 'back')
    return output.mark('good', `✓ ${whole.rotationName} is at version ${whole.newVersion}. The old one is dead.`);
  if (whole.state === 'cancelled' || whole.direction === 'back')
    return output.say(`${whole.rotationName} went back: ${whole.cancelReason ?? whole.failure ?? 'cancelled'}`);
  sayStuck(output, whole);
}

function sayStuck(output: Output, { runbook, evidence }: WholeRun): void {
  output.mark('bad', '✗ It is stuck. Both credentials work; a human has to go on.');
  if (runbook) output.paragraph(runbook.words, 2);
  for (const gap of evidence?.gaps ?? []) output.paragraph(gap, 2);
  if (evidence && evidence.missing.length > 0)
    output.say(`\nNot seen on the new one: ${evidence.missing.slice(0, MOST_CALLERS).join(', ')}`);
  if (evidence && evidence.callers.length > 0) {
    output.say('\nSeen on the old one:');
    output.table(
      evidence.callers.slice(0, MOST_CALLERS),
      [
        { title: 'ADDRESS', value: ({ address }) => address },
        { title: 'APPLICATION', value: ({ application }) => application },
        { title: 'SESSION', value: ({ session, open }) => (open ? (session ?? 'open') : 'over') },
        { title: 'LAST SEEN', value: ({ lastSeenAt }) => lastSeenAt },
      ],
      '',
    );
  }
  if (runbook?.command) output.say(`\nThen: ${runbook.command}`);
}

async function list(
  context: CommandContext,
  { state, rotation }: { state?: Run['state']; rotation?: string },
): Promise<void> {
  const { api } = await context.signedIn();
  const query = {
    limit: PAGE,
    ...(state && { state }),
    ...(rotation !== undefined && { rotationId: (await rotationNamed(api, rotation)).id }),
  };
  const { data } = await api.GET('/v1/rotation-runs', { params: { query } });
  context.output.result(data, () => {
    context.output.table(
      data!.items,
      [
        { title: 'ID', value: ({ id }) => id },
        { title: 'ROTATION', value: ({ rotationName }) => rotationName },
        { title: 'WHY', value: ({ cause }) => cause },
        { title: 'STATE', value: (one) => one.state },
        { title: 'STEP', value: ({ step }) => step },
        { title: 'SINCE', value: ({ stepSince, endedAt }) => endedAt ?? stepSince },
        { title: 'KEPT BY', value: ({ failure }) => failure },
      ],
      'No run yet.',
    );
    for (const { state: how, rotationName, runbook } of data!.items)
      if (how === 'stuck' && runbook)
        context.output.say(`\n${rotationName}: ${runbook.words}\n  ${runbook.command ?? ''}`);
    if (data!.nextCursor !== null) context.output.say(`The latest ${PAGE} are shown.`);
  });
}

async function retry(context: CommandContext, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/rotation-runs/{id}/retry', { params: { path: { id } } });
  context.output.result(data, () => context.output.say(`It goes on. Follow it with: muster rotation watch ${id}`));
}

async function override(context: CommandContext, id: string, reason: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/rotation-runs/{id}/override', { params: { path: { id } }, body: { reason } });
  context.output.result(data, () =>
    context.output.say(`The old one goes. Follow it with: muster rotation watch ${id}`),
  );
}

async function cancel(context: CommandContext, id: string, reason: string): Promise<void> {
  const { api } = await context.signedIn();
  const { data } = await api.POST('/v1/rotation-runs/{id}/cancellation', {
    params: { path: { id } },
    body: { reason },
  });
  context.output.result(data, () =>
    context.output.say(`${data!.rotationName} goes back to the old one. Follow it with: muster rotation watch ${id}`),
  );
}
