import { type Command, InvalidArgumentError } from 'commander';
import { exitStatus, type Report, showReport, verifyExport, type VerifyOptions } from '../../audit/verifier/verify.js';
import { readCheckpoint, readDocument, sizeOfCheckpoint, takeExport } from '../audit-export.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { readNamedFile, writePrivateFile } from '../private-file.js';
import { run } from '../program.js';

interface ExportOptions {
  readonly out: string;
  readonly from?: number;
  readonly to?: number;
  readonly subject?: string;
  readonly pinned?: string;
}

interface VerifyArguments {
  readonly key?: string;
  readonly pinned?: string;
}

/** Also of a file that is not there: 1 would say that the log was changed. */
const CANNOT_BE_JUDGED = 2;

/** The log: reading it, taking it away, and proving it offline. */
export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the log of everything that happened, and its proofs');
  audit
    .command('records')
    .description('what happened, newest first')
    .option('--subject <id>', 'only what concerns this')
    .option('--type <type>', 'for example certificate.issued')
    .action(run(records));
  audit
    .command('checkpoint')
    .description('the signed state of the log now; keep it elsewhere')
    .option('--out <file>', 'where it goes, instead of being printed')
    .action(run(checkpoint));
  audit.command('key').description('the log’s public key, for whoever verifies').action(run(key));
  audit
    .command('export')
    .description('take a part of the log away as a file that proves itself')
    .requiredOption('--out <file>', 'where it goes (0600)')
    .option('--from <index>', 'first entry', indexOf)
    .option('--to <index>', 'the entry to stop before', indexOf)
    .option('--subject <id>', 'only what concerns this')
    .option('--pinned <file>', 'a checkpoint seen earlier: the file also proves that the log goes on from there')
    .action(run(exportLog));
  audit
    .command('verify')
    .argument('<file>', 'as muster audit export wrote it')
    .description('check an export offline; exit 0 it holds, 1 it was changed, 2 it cannot be judged')
    .option('--key <key>', 'the log’s public key, known by other means')
    .option('--pinned <file>', 'a checkpoint seen earlier: the log must go on from there')
    .action(run(verify));
}

function indexOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give the index of an entry, 0 or more.');
  return Number(text);
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

async function key(context: CommandContext): Promise<void> {
  const text = (await readDocument(await context.anonymous(), '/v1/audit/key')).trimEnd();
  context.output.result({ key: text }, () => context.output.say(text));
}

async function exportLog(context: CommandContext, options: ExportOptions): Promise<void> {
  const pinnedSize = options.pinned === undefined ? undefined : await sizePinnedIn(options.pinned);
  const bytes = await takeExport(await context.signedIn(), {
    ...(options.from !== undefined && { from: options.from }),
    ...(options.to !== undefined && { to: options.to }),
    ...(options.subject !== undefined && { subject: options.subject }),
    ...(pinnedSize !== undefined && { pinnedSize }),
  });
  await writePrivateFile(options.out, bytes);
  context.output.result({ file: options.out }, () =>
    context.output.say(`${options.out} is written. Check it with: muster audit verify ${options.out}`),
  );
}

async function sizePinnedIn(file: string): Promise<number> {
  const size = sizeOfCheckpoint((await readNamedFile(file)).toString());
  if (Number.isSafeInteger(size)) return size;
  throw new CliError(
    'file_unreadable',
    `${file} is no checkpoint. Keep one with: muster audit checkpoint --out <file>`,
  );
}

async function verify(context: CommandContext, options: VerifyArguments, file: string): Promise<void> {
  process.exitCode = CANNOT_BE_JUDGED;
  const pinned = options.pinned === undefined ? undefined : (await readNamedFile(options.pinned)).toString();
  const report = judge(await readNamedFile(file), { key: options.key, pinned });
  context.output.result(report, () => context.output.say(showReport(report).trimEnd()));
  process.exitCode = exitStatus(report);
}

function judge(bytes: Buffer, known: VerifyOptions): Report {
  try {
    return verifyExport(bytes, known);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'The key or the checkpoint cannot be used.';
    throw new CliError('option_invalid', why, { cause });
  }
}
