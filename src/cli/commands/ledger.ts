import type { Command } from 'commander';
import { LEDGER_COLUMNS } from '../columns.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { identityNamed } from '../lookup.js';
import { isId } from '../../kernel/index.js';
import { run } from '../program.js';

/** What is valid now, and ending it. */
export function ledgerCommands(program: Command): void {
  program
    .command('ledger')
    .description('every credential that is valid now: who holds it, who answers for it, when it ends')
    .option('--identity <identity>', 'id or name')
    .option('--all', 'also what has expired or was revoked')
    .action(run(ledger));
  program
    .command('revoke')
    .argument('<certificate>', 'crt_…')
    .requiredOption('--reason <words>', 'why, for the log')
    .description('end a certificate: enforcement points refuse it within a second, the CRL within a minute')
    .action(run(revoke));
}

async function ledger(context: CommandContext, options: { identity?: string; all?: boolean }): Promise<void> {
  const { api } = await context.signedIn();
  const identityId = options.identity === undefined ? undefined : (await identityNamed(api, options.identity)).id;
  const query = {
    limit: 200,
    ...(identityId !== undefined && { identityId }),
    ...(options.all && { state: 'all' as const }),
  };
  const { data } = await api.GET('/v1/ledger', { params: { query } });
  context.output.result(data, () => context.output.table(data!.items, LEDGER_COLUMNS, 'Nothing is valid now.'));
}

async function revoke(context: CommandContext, options: { reason: string }, id: string): Promise<void> {
  if (!isId('certificate', id))
    throw new CliError('option_invalid', 'Name a certificate by its id, crt_…; see: muster ledger');
  const body = { reason: options.reason } as never;
  const { data } = await (
    await context.signedIn()
  ).api.POST('/v1/certificates/{id}/revocation', { params: { path: { id } }, body });
  context.output.result(data, () => context.output.say(`${id} is revoked.`));
}
