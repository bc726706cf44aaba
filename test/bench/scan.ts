import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';
import { Figures, figure } from './figures.js';
import type { Options } from './options.js';
import { plant, type Planted } from './planting.js';

const SUBJECTS = ['rails', 'spire', 'fastify', 'express'];
const PLANTED = 200;
const SEED = 'muster scan 1';
const RUNS = 5;
const MUSTER = [process.execPath, path.join(REPOSITORY, 'bin/muster.js'), 'scan'];
const PEERS = process.env['PEERS_DIR'] ?? '/tmp/muster-peers';
const TIME = '/usr/bin/time';
/** What scans of histories leave is not the user's. */
const CACHE = path.join(tmpdir(), `muster-bench-cache-${process.pid}`);
/** Nothing found, something (ours), something (kingfisher): the others are told to say nothing by it. */
const STATUSES = [0, 1, 200, 205];
const LOG = ['log', '-p', '-U0', '--full-history', '--all'];

interface Tool {
  readonly name: string;
  /** Whether what it tells has paths: a run of ours that has, and misses something, does not count. */
  readonly saysWhere?: true;
  /** Whether it is measured when it has been there before. */
  readonly again?: true;
  readonly tree?: (folder: string, out: string) => readonly string[];
  readonly history?: (folder: string, out: string) => readonly string[];
  readonly staged?: (folder: string, out: string) => readonly string[];
}

const kingfisher = (out: string) => [
  ...[path.join(PEERS, 'bin/kingfisher'), 'scan', '--turbo', '--no-validate', '--no-update-check', '-q'],
  ...['--format', 'json', '-o', out],
];

const TOOLS: readonly Tool[] = [
  {
    name: 'muster',
    saysWhere: true,
    tree: (folder) => [...MUSTER, folder, '--format', 'jsonl'],
    history: (folder) => [...MUSTER, folder, '--history', '--no-cache', '--format', 'jsonl'],
    staged: (folder) => [...MUSTER, folder, '--staged', '--format', 'jsonl'],
  },
  {
    name: 'muster without commits',
    history: (folder) => [...MUSTER, folder, '--history', '--no-cache', '--no-commits', '--format', 'jsonl'],
  },
  {
    name: 'muster again',
    saysWhere: true,
    again: true,
    history: (folder) => [...MUSTER, folder, '--history', '--format', 'jsonl'],
  },
  { name: 'git log -p', history: (folder) => ['git', '-C', folder, ...LOG] },
  {
    name: 'gitleaks',
    ...common('gitleaks', 'dir', ['--no-banner', '--exit-code', '0', '-f', 'json', '-r']),
  },
  { name: 'betterleaks', ...common('betterleaks', 'fs', ['-s', '--exit-code', '0', '-o']) },
  {
    name: 'kingfisher --turbo',
    tree: (folder, out) => [...kingfisher(out), '--git-history', 'none', folder],
    history: (folder, out) => [...kingfisher(out), folder],
  },
];

/** How gitleaks and its successor are called: alike. */
function common(name: string, tree: string, options: readonly string[]): Omit<Tool, 'name'> {
  const program = path.join(PEERS, 'bin', name);
  return {
    tree: (folder, out) => [program, tree, ...options, out, folder],
    history: (folder, out) => [program, 'git', ...options, out, folder],
    staged: (folder, out) => [program, 'git', '--staged', ...options, out, folder],
  };
}

interface Measure {
  readonly wall: number;
  readonly cpu: number;
  readonly megabytes: number;
  readonly output: string;
}

/**
 * Scans the trees and histories of clones that lie beside the project (`--repositories`), planted first, with the peers that are
 * installed (`shared/peers/scanning/install.sh`, PEERS_DIR). A run of ours that misses one of what was planted does not count.
 *
 * @throws Error that names what was missed, or what is not there
 */
export async function benchScan(options: Options, figures: Figures): Promise<void> {
  if (!existsSync(TIME)) throw new Error('The bench measures processes by /usr/bin/time: install the package time.');
  await ensureBuilt();
  const place = mkdtempSync(path.join(tmpdir(), 'muster-bench-scan-'));
  try {
    const subjects = SUBJECTS.filter((subject) => existsSync(path.join(options.repositories, subject)));
    if (subjects.length === 0)
      throw new Error(`${options.repositories} holds no clone of ${SUBJECTS.join(', ')}. Say --repositories DIR.`);
    for (const subject of subjects) {
      const clone = path.join(options.repositories, subject);
      measureTree(place, clone, subject, figures);
      measureHistory(place, clone, subject, figures);
    }
  } finally {
    for (const folder of [place, CACHE]) rmSync(folder, { recursive: true, force: true });
  }
}

function measureTree(place: string, clone: string, subject: string, figures: Figures): void {
  const folder = path.join(place, `${subject}-tree`);
  const files = git(clone, 'ls-files', '-z')
    .split('\0')
    .filter(Boolean)
    .filter((name) => lstatSync(path.join(clone, name)).isFile());
  for (const name of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), readFileSync(path.join(clone, name)));
  }
  const planted = plant(folder, files, PLANTED, `${SEED} ${subject}`);
  const bytes = files.reduce((sum, name) => sum + lstatSync(path.join(folder, name)).size, 0);
  const name = `${subject}, tree, ${(bytes / 1e6).toFixed(1)} MB`;
  for (const tool of TOOLS)
    if (tool.tree) report(name, tool, (out) => tool.tree!(folder, out), planted, figures, bytes, RUNS);
}

/** The same planting, committed ten at a time, and taken out again by a last commit. */
function measureHistory(place: string, clone: string, subject: string, figures: Figures): void {
  const folder = path.join(place, `${subject}-history`);
  // With all its refs, and nothing that none of them leads to.
  cpSync(realpathSync(clone), folder, { recursive: true, verbatimSymlinks: true });
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  const files = git(folder, 'ls-files', '-z')
    .split('\0')
    .filter(Boolean)
    .filter((name) => lstatSync(path.join(folder, name)).isFile());
  const planted = plant(folder, files, PLANTED, `${SEED} ${subject}`);
  for (let from = 0; from < planted.length; from += 10) {
    git(folder, 'add', '--', ...planted.slice(from, from + 10).map((one) => one.path));
    git(folder, ...identity, 'commit', '-q', '--allow-empty', '-m', `Planted ${from}`);
  }
  const staged = measureStaged(folder, planted);
  git(folder, ...identity, 'revert', '--no-commit', `HEAD~${PLANTED / 10}..HEAD`);
  git(folder, ...identity, 'commit', '-q', '--allow-empty', '-m', 'Taken out');
  repack(folder);
  const runs = subject === 'rails' ? 3 : RUNS;
  for (const tool of TOOLS)
    if (tool.history)
      report(`${subject}, history`, tool, (out) => tool.history!(folder, out), planted, figures, undefined, runs);
  figures.print(`${subject}, twenty staged files`, staged);
}

/** As a clone is packed; one that lacks blobs cannot be packed anew, and what was planted is packed alone. */
function repack(folder: string): void {
  try {
    git(folder, 'repack', '-q', '-a', '-d');
  } catch {
    git(folder, 'repack', '-q', '-d');
  }
}

/** Twenty of the planted files as if they were staged anew, on a commit before them. */
function measureStaged(folder: string, planted: readonly Planted[]): Parameters<Figures['print']>[1] {
  git(folder, 'reset', '-q', '--soft', 'HEAD~2');
  const before = new Set(planted.slice(0, -20).map((one) => one.path));
  const expected = planted.slice(-20).filter((one) => !before.has(one.path));
  const measured = TOOLS.flatMap((tool) => {
    if (!tool.staged || !existsSync(tool.staged(folder, '')[0]!)) return [];
    const runs = Array.from({ length: RUNS }, () =>
      run(tool.staged!(folder, path.join(folder, '.git/report.json')), folder),
    );
    if (tool.saysWhere) for (const { output } of runs) refuseMisses(output, expected);
    return [figure(`${tool.name}_wall`, median(runs.map(({ wall }) => wall)), 's')];
  });
  git(folder, 'reset', '-q', '--soft', 'ORIG_HEAD');
  return measured;
}

function report(
  name: string,
  tool: Tool,
  command: (out: string) => readonly string[],
  planted: readonly Planted[],
  figures: Figures,
  bytes: number | undefined,
  count: number,
): void {
  const out = path.join(tmpdir(), `muster-bench-report-${process.pid}.json`);
  if (tool.name !== 'git log -p' && !existsSync(command(out)[0]!)) return;
  if (tool.again) run(command(out), REPOSITORY);
  const runs = Array.from({ length: count }, () => run(command(out), REPOSITORY));
  rmSync(out, { force: true });
  if (tool.saysWhere) for (const { output } of runs) refuseMisses(output, planted);
  const of = (value: (measure: Measure) => number) => median(runs.map(value));
  figures.print(`${name}, ${tool.name}`, [
    figure(
      'wall',
      of(({ wall }) => wall),
      's',
    ),
    figure(
      'cpu',
      of(({ cpu }) => cpu),
      's',
    ),
    figure(
      'memory',
      of(({ megabytes }) => megabytes),
      'MB',
    ),
    ...(bytes === undefined ? [] : [figure('rate', bytes / 1e6 / of(({ cpu }) => cpu), 'MB/cpu-s')]),
  ]);
}

function run(command: readonly string[], cwd: string): Measure {
  const times = path.join(tmpdir(), `muster-bench-time-${process.pid}`);
  // Node reads the certificates that this names before anything else, which takes longer than itself to start.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const { stdout, status, error } = spawnSync(TIME, ['-o', times, '-f', '%e %U %S %M', ...command], {
    cwd,
    env: { ...env, XDG_CACHE_HOME: CACHE },
    maxBuffer: 2 ** 31,
    stdio: ['ignore', command[0] === 'git' ? 'ignore' : 'pipe', 'ignore'],
  });
  if (error || !STATUSES.includes(status ?? -1)) throw new Error(`${command.join(' ')} ended with ${status}.`);
  const [wall, user, system, kilobytes] = readFileSync(times, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  rmSync(times);
  return { wall: wall!, cpu: user! + system!, megabytes: kilobytes! / 1024, output: stdout?.toString() ?? '' };
}

interface Place {
  readonly path: string;
  readonly line: number;
}

/** A planted credential counts as found by a finding at its line, or one of the lines of a pair. */
function refuseMisses(output: string, planted: readonly Planted[]): void {
  const found = new Set(
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { locations?: readonly Place[] })
      .flatMap(({ locations = [] }) => locations.map((place) => `${place.path}:${place.line}`)),
  );
  const missed = planted.filter((one) => ![0, 1].some((further) => found.has(`${one.path}:${one.line + further}`)));
  if (missed.length === 0) return;
  const some = missed.slice(0, 5).map(({ kind, path: name, line }) => `${kind} at ${name}:${line}`);
  throw new Error(`${missed.length} of ${planted.length} planted credentials were missed: ${some.join(', ')}.`);
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
