import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { components, Connection } from '../../client/index.js';
import { APPROVAL_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { untilInterrupted } from '../interruption.js';
import { run } from '../program.js';

type Approval = components['schemas']['Approval'];
type Verdict = components['schemas']['ApprovalDecision']['verdict'];

const LOOK_MILLISECONDS = 1000;

/** Consent by somebody other than those who ask. */
export function approvalCommands(program: Command): void {
  const approval = program.command('approval').description('what waits for somebody else’s consent');
  approval
    .command('list')
    .description('what is open')
    .option('--state <state>', 'pending, approved, denied, expired, cancelled', 'pending')
    .option('--mine', 'only what waits for you')
    .action(run(list));
  approval
    .command('show')
    .argument('<approval>', 'apr_…')
    .description('exactly what is asked, by whom, and who may decide')
    .action(run(show));
  approval
    .command('wait')
    .argument('<approval>', 'apr_…')
    .description('wait until somebody has decided; exit 0 approved, 1 anything else')
    .action(run(wait));
  for (const verdict of ['approve', 'deny'] as const)
    approval
      .command(verdict)
      .argument('<approval>', 'apr_…')
      .requiredOption('--reason <words>', 'why, for the log')
      .description(verdict === 'approve' ? 'agree to exactly what it says' : 'refuse it')
      .action(run((context, { reason }: { reason: string }, id) => decide(context, id, verdict, reason)));
}

async function list(context: CommandContext, options: { state: Approval['state']; mine?: boolean }): Promise<void> {
  const query = { state: options.state, limit: 200, ...(options.mine && { eligible: 'me' as const }) };
  const { data } = await (await context.signedIn()).api.GET('/v1/approvals', { params: { query } });
  context.output.result(data, () =>
    context.output.table(data!.items, APPROVAL_COLUMNS, `Nothing is ${options.state}.`),
  );
}

async function show(context: CommandContext, _options: object, id: string): Promise<void> {
  const approval = await read((await context.signedIn()).api, id);
  context.output.result(approval, () => {
    context.output.facts([
      ['what', approval.summary],
      ['id', approval.id],
      ['state', approval.state],
      ['asked by', approval.requester],
      ['asked', approval.createdAt],
      ['expires', approval.expiresAt],
      ['decided by', approval.decidedBy],
      ['because', approval.reason],
      ['you may decide', approval.canDecide ? 'yes' : 'no'],
      ['who may', approval.eligibleApproverIds.join(' ')],
      ['digest', approval.payloadDigest],
    ]);
    if (approval.payload === null) return;
    context.output.say('\nExactly this is asked:');
    context.output.say(indented(approval.payload));
  });
}

async function wait(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const approval = context.waits
    ? await untilInterrupted(
        context.notices,
        () => context.notices.mark('dim', 'Waiting for somebody to decide; Ctrl-C gives up.'),
        () => decided(api, id),
      )
    : await read(api, id);
  if (approval.state !== 'approved') process.exitCode = 1;
  context.output.result(approval, () => context.output.say(`${approval.state}: ${approval.summary}`));
}

async function decided(api: Connection['api'], id: string): Promise<Approval> {
  for (;;) {
    const approval = await read(api, id);
    if (approval.state !== 'pending') return approval;
    await sleep(LOOK_MILLISECONDS);
  }
}

async function read(api: Connection['api'], id: string): Promise<Approval> {
  return (await api.GET('/v1/approvals/{id}', { params: { path: { id } } })).data!;
}

async function decide(context: CommandContext, id: string, verdict: Verdict, reason: string): Promise<void> {
  const body = { verdict, reason };
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/approvals/{id}/decision', { params: { path: { id } }, body });
  context.output.result(data, () => {
    context.output.say(`${data!.state}: ${data!.summary}`);
    if (data!.state === 'approved')
      context.output.say('Whoever asked can go on now: an approval itself changes nothing.');
  });
}

/** JSON for people: the same value over several lines. */
function indented(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
