import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';
import { Figures, figure } from './figures.js';
import { type Corpus, corpusOf, writeCorpus } from './labelled/corpus.js';
import { ratio, score, type Score, type Share, type Told, toldOf } from './labelled/score.js';
import type { Options } from './options.js';

const SEED = 'muster truth 1';
const GITLEAKS = path.join(process.env['PEERS_DIR'] ?? '/tmp/muster-peers', 'bin/gitleaks');

/** Scans a labelled corpus (`labelled/corpus.ts`), with gitleaks beside us where it is installed: of a band, only what counts. */
export async function benchTruth({ explain }: Options, figures: Figures): Promise<void> {
  await ensureBuilt();
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-bench-truth-'));
  try {
    const corpus = corpusOf(SEED);
    writeCorpus(corpus, folder);
    report('muster', corpus, told(folder), figures, explain);
    if (existsSync(GITLEAKS)) report('gitleaks', corpus, toldByGitleaks(folder), figures, false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function told(folder: string): readonly Told[] {
  const command = [path.join(REPOSITORY, 'bin/muster.js'), 'scan', folder, '--ignored', '--format', 'jsonl'];
  return run(process.execPath, command)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Parameters<typeof toldOf>[0])
    .filter(({ band }) => band !== undefined)
    .flatMap(toldOf);
}

function toldByGitleaks(folder: string): readonly Told[] {
  const out = path.join(folder, 'gitleaks-report.json');
  run(GITLEAKS, ['dir', '--no-banner', '--exit-code', '0', '-f', 'json', '-r', out, folder]);
  const findings = JSON.parse(readFileSync(out, 'utf8')) as readonly {
    File: string;
    StartLine: number;
    EndLine: number;
  }[];
  return findings.map(({ File, StartLine, EndLine }) => ({
    path: path.relative(folder, File),
    first: StartLine,
    last: EndLine,
    band: 'told',
  }));
}

/** @throws Error where it did not come to its end */
function run(command: string, args: readonly string[]): string {
  const { stdout, status } = spawnSync(command, args, { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with ${status}.`);
  return stdout.toString();
}

function report(tool: string, corpus: Corpus, all: readonly Told[], figures: Figures, explain: boolean): void {
  const scored = score(corpus, all);
  figures.print(tool, [
    figure('secrets', scored.recall.of, ''),
    figure('told', scored.precision.of, ''),
    figure('recall', ratio(scored.recall), '1'),
    figure('precision', ratio(scored.precision), '1'),
    ...[...scored.precisionByBand].map(([band, one]) => figure(`precision_${band}`, ratio(one), '1')),
  ]);
  figures.print(`${tool}, recall`, byKind(scored.recallByKind));
  figures.print(`${tool}, false alarms`, byKind(scored.alarms));
  if (explain) tell(corpus, scored);
}

function byKind(shares: ReadonlyMap<string, Share>) {
  return [...shares].map(([kind, one]) => figure(kind, ratio(one), '1'));
}

/** Each line that was missed, or told though it holds nothing. */
function tell({ files }: Corpus, { missed, wrong }: Score): void {
  const line = (name: string, number: number) => files.get(name)!.split('\n')[number - 1]!.slice(0, 160);
  for (const { kind, path: name, first } of missed)
    process.stderr.write(`missed ${kind}, ${name}:${first}: ${line(name, first)}\n`);
  for (const { band, path: name, first } of wrong)
    process.stderr.write(`${band} ${name}:${first}: ${line(name, first)}\n`);
}
