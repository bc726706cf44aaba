import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { rotationNamed } from '../lookup.js';
import { run } from '../program.js';

/** Consumers that are gone for good. */
export function forgetCommand(rotation: Command): void {
  rotation
    .command('forget')
    .argument('<rotation>', 'id or name')
    .argument('<consumer>', 'as a run that is stuck names it')
    .requiredOption('--reason <words>', 'what became of it, for the log')
    .description(
      'wait no more for a consumer that is gone for good; a second person has to agree, and it comes back when it is seen',
    )
    .action(run(forget));
}

async function forget(
  context: CommandContext,
  { reason }: { readonly reason: string },
  named: string,
  consumer: string,
): Promise<void> {
  const { api } = await context.signedIn();
  const { id, name, run: live } = await rotationNamed(api, named);
  const params = { path: { id } };
  const { data } = await api.POST('/v1/rotations/{id}/forgotten-consumers', { params, body: { consumer, reason } });
  context.output.result(data, () => {
    context.output.say(`${name} waits no more for ${consumer}, until it is seen again.`);
    if (live) context.output.say(`See whether its run goes on: muster rotation watch ${live.id}`);
  });
}
