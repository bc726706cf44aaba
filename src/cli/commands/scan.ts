import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import {
  catalogue,
  counts,
  type Finding,
  REPORTS,
  type ReportSummary,
  revisionOf,
  scan,
  type ScanResult,
  stateFolder,
  type Subject,
  textFor,
  withBaseline,
} from '../../discovery/scanner.js';
import { MusterError, SERVICE_VERSION } from '../../kernel/index.js';
import { screenOf } from '../output.js';
import { plainLines } from '../plain-text.js';
import { readNamedFile, writePrivateFile } from '../private-file.js';
import { baselineIn, updateBaseline } from '../scan/baseline-file.js';
import { collectOutput, exitCode, type FileOutput, FORMATS } from '../scan/outputs.js';
import { progressOn } from '../scan/progress.js';

/** What a scan's status says: nothing found that counts, something, or that it did not take place. */
const FOUND = 1;
const FAILED = 2;

interface ScanCommandOptions {
  readonly history?: boolean;
  readonly cache?: boolean;
  readonly commits?: boolean;
  readonly staged?: boolean;
  readonly since?: string;
  readonly image?: string;
  readonly tree?: boolean;
  readonly ignored?: boolean;
  readonly rules?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly ignoreInlineAllows?: boolean;
  readonly ignoreForeignAllows?: boolean;
  readonly format?: string;
  readonly output: readonly FileOutput[];
  readonly all?: boolean;
  readonly progress?: boolean;
  readonly json?: boolean;
  readonly exitCode: number;
  readonly registry?: string;
  readonly certificate?: string;
}

/** Asks Muster whose findings are; only where the rest of the command is loaded as well. */
export type AskRegistry = (
  command: Command,
  place: { readonly url: string; readonly certificate: string | undefined },
  findings: readonly Finding[],
  key: Uint8Array,
) => Promise<readonly Finding[]>;

const KEY_BYTES = 32;

/** Since the process began: a clock that Node has at hand, which loads `performance` first. */
const milliseconds = () => process.uptime() * 1000;

/** Looks for credentials where the developer is: needs no service, no database and no network unless Muster is to be asked. */
export function scanCommand(program: Command, ask?: AskRegistry): void {
  program
    .command('scan')
    .argument('[paths...]', 'files and folders, or - for standard input; here unless given')
    .description('find credentials in files, in what is staged or committed, and say whose they are')
    .option('--tree', 'the files as they are now (as without an option)')
    .option('--history', 'all that was ever committed, also where no branch leads there any more')
    .option('--no-cache', 'read a history again from its beginning, and leave nothing for the next scan')
    .option('--no-commits', 'of a history, without the paths and commits of what is found')
    .option('--staged', 'only what is staged for the next commit')
    .option('--since <revision>', 'only what was committed after a revision')
    .option('--image <file>', 'a container image in a file, as docker save and OCI layouts have it')
    .option('--ignored', 'also files that git ignores')
    .option('--rules <file>', 'rules of your own, in YAML')
    .option('--baseline <file>', 'leave alone what was there when this file was written')
    .option('--update-baseline', 'write what is there now to the baseline')
    .option('--ignore-inline-allows', 'listen to no comment beside a secret: for branches that are protected')
    .option('--ignore-foreign-allows', "listen to no other tool's files and comments")
    .addOption(new Option('--format <format>', 'how to tell it').choices(FORMATS))
    .option('--output <format=file>', 'tell it to a file too; may be given several times', collectOutput, [])
    .option('--all', 'tell one by one what is of low confidence or left alone, too')
    .option('--no-progress', 'without a bar while it works')
    .option('--exit-code <number>', 'the status where something was found', exitCode, FOUND)
    .option('--registry <url>', 'ask Muster there whose they are: by digests and names, never by a secret')
    .option(
      '--certificate <folder>',
      'ask as the workload whose certificate it holds; as who is signed in unless given',
    )
    .action((paths: readonly string[], _own: ScanCommandOptions, command: Command) => runScan(paths, command, ask));
}

async function runScan(paths: readonly string[], command: Command, ask: AskRegistry | undefined): Promise<void> {
  const options = command.optsWithGlobals<ScanCommandOptions>();
  const { writeOut, writeErr } = streamsOf(command);
  try {
    const subject = subjectOf(paths, options);
    const baseline = options.baseline ? await baselineIn(options.baseline, options.updateBaseline === true) : null;
    const at = new Date();
    const startedAt = milliseconds();
    const progress = progressOn(process.stderr, options.progress !== false, process.env, () => milliseconds());
    const asked = options.registry !== undefined && ask !== undefined;
    const key = baseline?.key ?? (asked ? randomBytes(KEY_BYTES) : undefined);
    const result = await scan(subject, {
      at,
      matching: asked,
      stateFolder: options.cache === false || asked ? null : stateFolder(process.env),
      attribute: options.commits !== false,
      rules: options.rules === undefined ? null : (await readNamedFile(options.rules)).toString(),
      allows: { inline: !options.ignoreInlineAllows, foreign: !options.ignoreForeignAllows },
      progress: progress.tell,
      ...(key && { key }),
    }).finally(progress.end);
    const found = baseline ? withBaseline(result.findings, baseline) : result.findings;
    const place = { url: options.registry ?? '', certificate: options.certificate };
    const findings = asked ? await ask(command, place, found, key!) : found;
    const seconds = (milliseconds() - startedAt) / 1000;
    const told = { ...result, findings };
    await tell(
      told,
      options,
      { at, seconds, isStable: baseline?.kind === 'muster', folder: folderOf(subject) },
      writeOut,
    );
    if (options.baseline && baseline && options.updateBaseline)
      writeErr(await updateBaseline(options.baseline, baseline, findings));
    process.exitCode = !options.updateBaseline && findings.some(counts) ? options.exitCode : 0;
  } catch (error) {
    process.exitCode = FAILED;
    const message = error instanceof Error ? error.message : 'Something unexpected failed.';
    const code = error instanceof MusterError ? `  code: ${error.code}\n` : '';
    writeErr(`muster: ${plainLines(message)}\n${code}`);
  }
}

function streamsOf(command: Command): { writeOut: (text: string) => void; writeErr: (text: string) => void } {
  const output = command.configureOutput();
  return { writeOut: (text) => output.writeOut!(text), writeErr: (text) => output.writeErr!(text) };
}

interface Circumstances {
  readonly at: Date;
  readonly seconds: number;
  readonly isStable: boolean;
  readonly folder: string | null;
}

/** Files first: where one cannot be written, nothing is said to be well. */
async function tell(
  { findings, skipped, summary }: ScanResult,
  { format, json, output, all }: ScanCommandOptions,
  { at, seconds, isStable, folder }: Circumstances,
  write: (text: string) => void,
): Promise<void> {
  const shown = format ?? (json ? 'jsonl' : 'text');
  const isText = shown === 'text' && output.length === 0;
  const whole: ReportSummary = {
    ...summary,
    seconds,
    isStable,
    at: at.toISOString(),
    version: SERVICE_VERSION,
    catalogue: isText ? [] : catalogue(),
    repository: isText || folder === null ? null : revisionOf(folder),
  };
  for (const { format: name, file } of output) await writePrivateFile(file, REPORTS[name]!(findings, skipped, whole));
  const { width, colour } = screenOf(process.stdout, write);
  const report = shown === 'text' ? textFor({ width, colour, all: all === true }) : REPORTS[shown]!;
  write(report(findings, skipped, whole));
}

function subjectOf(paths: readonly string[], options: ScanCommandOptions): Subject {
  const { history, staged, since, image, ignored } = options;
  const folder = paths[0] ?? '.';
  if (image !== undefined) return { kind: 'image', file: image };
  if (history) return { kind: 'history', folder };
  if (staged) return { kind: 'staged', folder };
  if (since !== undefined) return { kind: 'since', folder, revision: since };
  if (paths.length === 1 && folder === '-') return { kind: 'input' };
  return { kind: 'paths', paths: paths.length === 0 ? ['.'] : paths, followIgnores: ignored !== true };
}

/** Whose version the reports name. */
function folderOf(subject: Subject): string | null {
  if (subject.kind === 'input' || subject.kind === 'image') return null;
  return subject.kind === 'paths' ? subject.paths[0]! : subject.folder;
}
