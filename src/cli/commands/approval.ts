import type { Command } from 'commander';
import type { components } from '../../client/index.js';
import { APPROVAL_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { run } from '../program.js';

type Verdict = components['schemas']['ApprovalDecision']['verdict'];

/** Consent by somebody other than those who ask. */
export function approvalCommands(program: Command): void {
  const approval = program.command('approval').description('what waits for somebody else’s consent');
  approval
    .command('list')
    .description('what is open')
    .option('--state <state>', 'pending, approved, denied, expired, cancelled', 'pending')
    .action(run(list));
  for (const verdict of ['approve', 'deny'] as const)
    approval
      .command(verdict)
      .argument('<approval>')
      .requiredOption('--reason <words>', 'why, for the log')
      .description(verdict === 'approve' ? 'agree to exactly what it says' : 'refuse it')
      .action(run((context, { reason }: { reason: string }, id) => decide(context, id, verdict, reason)));
}

async function list(
  context: CommandContext,
  options: { state: components['schemas']['Approval']['state'] },
): Promise<void> {
  const query = { state: options.state, limit: 200 };
  const { data } = await (await context.signedIn()).api.GET('/v1/approvals', { params: { query } });
  context.output.result(data, () =>
    context.output.table(data!.items, APPROVAL_COLUMNS, `Nothing is ${options.state}.`),
  );
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
