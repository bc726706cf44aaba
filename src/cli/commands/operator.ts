import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { callControl } from '../control.js';
import { run } from '../program.js';
import { askSecret } from '../prompt.js';

interface DataOption {
  readonly data: string;
}

/** What is done on the service's own machine, over its local socket. */
export function operatorCommands(program: Command): void {
  const dataOption = ['--data <folder>', 'the service’s data folder', 'data'] as const;
  program
    .command('unseal')
    .description('give a sealed service its unseal secret, on its own machine')
    .option(...dataOption)
    .action(run(unseal));
  program
    .command('admin')
    .description('what an operator does on the service’s own machine')
    .command('sign-in')
    .description('print a one-time sign-in for an administrator, when none has a session left')
    .option(...dataOption)
    .action(run(printSignIn));
}

async function unseal(context: CommandContext, options: DataOption): Promise<void> {
  const secret = await askSecret('Unseal secret: ');
  const result = await callControl(options.data, 'unseal', { secret });
  context.output.result(result, () => context.output.say('The service is unsealed.'));
}

async function printSignIn(context: CommandContext, options: DataOption): Promise<void> {
  const result = (await callControl(options.data, 'admin-sign-in', {})) as {
    signInToken: string;
    signInTokenExpiresAt: string;
  };
  context.output.result(result, () => {
    context.output.say(
      `One-time sign-in token, good until ${result.signInTokenExpiresAt}; all administrators are told:`,
    );
    context.output.say(result.signInToken);
    context.output.say('Use it with: muster login --token-file -');
  });
}
