import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import {
  type Finding,
  jsonLines,
  type Report,
  scan,
  stateFolder,
  type Subject,
  text,
} from '../../discovery/scanner.js';
import { MusterError } from '../../kernel/errors.js';
import { plainLines } from '../plain-text.js';

/** What a scan's status says: nothing found that counts, something, or that it did not take place. */
const FOUND = 1;
const FAILED = 2;

const FORMATS: Readonly<Record<string, Report>> = { text, jsonl: jsonLines };

interface ScanCommandOptions {
  readonly history?: boolean;
  readonly cache?: boolean;
  readonly commits?: boolean;
  readonly staged?: boolean;
  readonly since?: string;
  readonly tree?: boolean;
  readonly ignored?: boolean;
  readonly rules?: string;
  readonly format?: string;
  readonly json?: boolean;
  readonly exitCode: string;
}

/** Looks for credentials where the developer is: needs no service, no database and no network. */
export function scanCommand(program: Command): void {
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
    .option('--ignored', 'also files that git ignores')
    .option('--rules <file>', 'rules of your own, in YAML')
    .addOption(new Option('--format <format>', 'how to tell it').choices(Object.keys(FORMATS)))
    .option('--exit-code <number>', 'the status where something was found', String(FOUND))
    .action(runScan);
}

async function runScan(paths: readonly string[], _own: ScanCommandOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ScanCommandOptions>();
  const { writeOut, writeErr } = command.configureOutput();
  try {
    const startedAt = performance.now();
    const { findings, skipped, summary } = await scan(subjectOf(paths, options), {
      at: new Date(),
      stateFolder: options.cache === false ? null : stateFolder(process.env),
      attribute: options.commits !== false,
      rules: options.rules === undefined ? null : readFileSync(options.rules, 'utf8'),
    });
    const report = FORMATS[options.format ?? (options.json ? 'jsonl' : 'text')]!;
    writeOut!(report(findings, skipped, { ...summary, seconds: (performance.now() - startedAt) / 1000 }));
    process.exitCode = findings.some(counts) ? Number(options.exitCode) : 0;
  } catch (error) {
    process.exitCode = FAILED;
    const message = error instanceof Error ? error.message : 'Something unexpected failed.';
    const code = error instanceof MusterError ? `  code: ${error.code}\n` : '';
    writeErr!(`muster: ${plainLines(message)}\n${code}`);
  }
}

function subjectOf(paths: readonly string[], { history, staged, since, ignored }: ScanCommandOptions): Subject {
  const folder = paths[0] ?? '.';
  if (history) return { kind: 'history', folder };
  if (staged) return { kind: 'staged', folder };
  if (since !== undefined) return { kind: 'since', folder, revision: since };
  if (paths.length === 1 && folder === '-') return { kind: 'input' };
  return { kind: 'paths', paths: paths.length === 0 ? ['.'] : paths, followIgnores: ignored !== true };
}

/** What makes a scan fail: what is to be believed, and nobody said to leave alone. */
function counts({ band, suppressed }: Finding): boolean {
  return band !== 'low' && suppressed === null;
}
