import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { exitStatus, showReport, verifyExport } from '../../audit/verifier/verify.js';
import { readCheckpoint, takeExport } from '../audit-export.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { writePrivateFile } from '../private-file.js';
import { run } from '../program.js';

interface ExportOptions {
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
}

interface VerifyOptions {
  readonly key?: string;
  readonly pinned?: string;
}

/** The log: reading it, taking it away, and proving it offline. */
export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the log of everything that happened, and its proofs');
  audit
    .command('records')
    .description('what happened, oldest first')
    .option('--subject <id>', 'only what concerns this')
    .option('--type <type>', 'for example certificate.issued')
    .action(run(records));
  audit
    .command('checkpoint')
    .description('the signed state of the log now; keep it elsewhere')
    .option('--out <file>')
    .action(run(checkpoint));
  audit
    .command('export')
    .description('take a part of the log away as a file that proves itself')
    .requiredOption('--out <file>', 'where it goes (0600)')
    .option('--from <index>', 'first entry')
    .option('--to <index>', 'last entry')
    .option('--subject <id>', 'only what concerns this')
    .action(run(exportLog));
  audit
    .command('verify')
    .argument('<file>')
    .description('check an export offline; exit 0 it holds, 1 it was changed, 2 it cannot be judged')
    .option('--key <key>', 'the log’s public key, known by other means')
    .option('--pinned <file>', 'a checkpoint seen earlier: the log must go on from there')
    .action(run(verify));
}

async function records(context: CommandContext, options: { subject?: string; type?: string }): Promise<void> {
  const { subject, type } = options;
  const query = {
    limit: 200,
    ...(subject !== undefined && { subject }),
    ...(type !== undefined && { type: type as never }),
  };
  const { data } = await (await context.signedIn()).api.GET('/v1/audit/records', { params: { query } });
  context.output.result(data, () =>
    context.output.table(
      data!.items,
      [
        { title: 'INDEX', value: ({ index }) => index },
        { title: 'WHEN', value: ({ at }) => at },
        { title: 'WHAT', value: (record) => record.type },
        { title: 'BY', value: ({ actor }) => actor },
        { title: 'ON', value: (record) => record.subject },
      ],
      'Nothing fits.',
    ),
  );
}

async function checkpoint(context: CommandContext, options: { out?: string }): Promise<void> {
  const note = await readCheckpoint(await context.anonymous());
  if (options.out !== undefined) await writePrivateFile(options.out, note);
  context.output.result({ checkpoint: note }, () =>
    context.output.say(options.out === undefined ? note.trimEnd() : `Kept in ${options.out}.`),
  );
}

async function exportLog(context: CommandContext, options: ExportOptions): Promise<void> {
  const bytes = await takeExport(await context.signedIn(), {
    ...(options.from !== undefined && { from: Number(options.from) }),
    ...(options.to !== undefined && { to: Number(options.to) }),
    ...(options.subject !== undefined && { subject: options.subject }),
  });
  await writePrivateFile(options.out, bytes);
  context.output.result({ file: options.out }, () =>
    context.output.say(`${options.out} is written. Check it with: muster audit verify ${options.out}`),
  );
}

async function verify(context: CommandContext, options: VerifyOptions, file: string): Promise<void> {
  const pinned = options.pinned === undefined ? undefined : await readFile(options.pinned, 'utf8');
  const report = verifyExport(await bytesOf(file), { key: options.key, pinned });
  context.output.result(report, () => context.output.say(showReport(report).trimEnd()));
  process.exitCode = exitStatus(report);
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CliError('file_unreadable', `${file} cannot be read.`, { cause });
  }
}
