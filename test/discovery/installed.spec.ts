import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { scanHistory } from '../../src/discovery/history/history-scan.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';
import { dockerArchive, tarOf } from './images/tars.js';
import { seeded } from './scan/made-rules.js';

jest.setTimeout(600_000);

const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const token = made.make(seeded(5));
const other = made.make(seeded(6));
/** All that the scan loads beside what it is packed with. */
const LIBRARIES = ['yaml', 'smol-toml'];

const FILES_FOR_TWO_THREADS = 8000;
const TELL_WHAT_IS_LOADED = path.join(REPOSITORY, 'test/harness/tell-what-is-loaded.cjs');
/** Random, so that it is packed to about as many. */
const BYTES_FOR_TWO_THREADS = 7_000_000;

let home: string;
let folder: string;

beforeAll(async () => {
  await ensureBuilt();
  home = mkdtempSync(path.join(tmpdir(), 'muster-installed-'));
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  ) as [{ filename: string }];
  const modules = path.join(home, 'muster/node_modules');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', path.join(home, filename), '-C', modules]);
  execFileSync('mv', [path.join(modules, 'package'), path.join(modules, 'muster-nhi')]);
  for (const name of LIBRARIES)
    cpSync(path.join(REPOSITORY, 'node_modules', name), path.join(modules, name), { recursive: true });
  chmodSync(path.join(modules, 'muster-nhi/bin/muster.js'), 0o755);
  symlinkSync('../muster-nhi/bin/muster.js', path.join(modules, '.bin/muster'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(path.join(home, 'work-'));
});

function put(name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const PATH = [path.join(home, 'muster/node_modules/.bin'), process.env.PATH].join(path.delimiter);
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@a', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@a' };
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: { PATH, HOME: home, ...who, ...environment },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

const muster = (...args: string[]) => run('muster', ['scan', ...args]);
const git = (...args: string[]) => run('git', args);

interface Place {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** As the harness says it. */
const THREAD = 'a thread starts';

/** A scan that says what it loads. */
function loading(...args: string[]) {
  const { status, out, err } = run('muster', ['scan', ...args], { NODE_OPTIONS: `--require ${TELL_WHAT_IS_LOADED}` });
  return { status, out, loaded: err.split('\n') };
}

const rulesIn = (loaded: readonly string[]) => loaded.filter((line) => line.startsWith('rules'));

function commitAll(): void {
  git('add', '.');
  git('commit', '-q', '-m', 'all');
  git('repack', '-q', '-a', '-d');
}

describe('muster scan, from the packed tarball, with neither Nest nor a database beside it', () => {
  it('is packed without anything that is not asked for', () => {
    const modules = path.join(home, 'muster/node_modules');
    expect(existsSync(path.join(modules, 'muster-nhi/dist/bundle/program.cjs'))).toBe(true);
    expect(existsSync(path.join(modules, 'muster-nhi/dist/bundle/scan-chunks/scan.cjs.cache'))).toBe(true);
    expect(existsSync(path.join(modules, 'muster-nhi/dist/bundle/service.cjs'))).toBe(false);
    expect(existsSync(path.join(modules, '@nestjs'))).toBe(false);
  });

  it('has every option that its guide names, and its guide every option', () => {
    const optionsIn = (text: string) => new Set(text.match(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g));
    const guide = readFileSync(path.join(REPOSITORY, 'docs/guides/scan.md'), 'utf8');
    // Those of npm, gitleaks and docker, and of secretlint's comments.
    const others = new Set(['--global', '--report-format', '--help']);
    const own = optionsIn(muster('--help').out);
    expect([...optionsIn(guide)].filter((option) => !others.has(option) && !own.has(option))).toEqual(['--json']);
    expect([...own].filter((option) => !optionsIn(guide).has(option))).toEqual(['--tree', '--help']);
  });

  it('says what it found, and never the secret', () => {
    put('a.conf', `key = ${token}\n`);
    const { status, out, err } = muster();
    expect([status, err]).toEqual([1, '']);
    expect(out).toContain('at a.conf:1:7');
    expect(out).not.toContain(token);
    expect(out).not.toContain('\u001b');
  });

  it.each([
    ['nothing that counts', [], 0],
    ['a folder that is not there', ['nowhere'], 2],
    ['a number that is no status', ['--exit-code', '256'], 2],
    ['an output without a form', ['--output', 'file'], 2],
    ['an output of no form', ['--output', 'xml=file'], 2],
    ['an option that there is none of', ['--fix'], 2],
    ['a baseline that is not there', ['--baseline', 'none'], 2],
    ['rules that are not there', ['--rules', 'none'], 2],
    ['a revision outside of a repository', ['--since', 'HEAD'], 2],
    ['an image that is none', ['--image', 'a.txt'], 2],
  ])('ends with its status for %s', (_, args, expected) => {
    put('a.txt', 'nothing here\n');
    const { status, err } = muster(...args);
    expect(status).toBe(expected);
    if (expected === 2) expect(err).toMatch(/^muster: .*\n {2}code: [a-z_]+\n$|^error: /);
  });

  it('loads in each of its threads what V8 made of the rules when it was built', () => {
    for (let number = 0; number < FILES_FOR_TWO_THREADS; number++) put(`files/${number}.txt`, '');
    put('a.conf', `key = ${token}\n`);
    const { status, loaded } = loading();
    expect(status).toBe(1);
    expect(rulesIn(loaded)).toHaveLength(Math.min(availableParallelism(), 2));
    for (const line of rulesIn(loaded)) expect(line).toMatch(/^rules[\w.-]+ taken$/);
  });

  it('starts the second thread of a large history before it loads its rules, and none where little is new', () => {
    put('a.conf', `key = ${token}\n`);
    git('init', '-q');
    commitAll();
    expect(loading('--history', '--no-cache').loaded).not.toContain(THREAD);
    put('b.bin', randomBytes(BYTES_FOR_TWO_THREADS));
    commitAll();
    const first = loading('--history', '.', '--format', 'text');
    expect(first.out).toContain('at a.conf:1:7');
    if (availableParallelism() > 1) {
      const before = first.loaded.slice(0, first.loaded.indexOf(THREAD));
      expect(before).toContain('early-thread.cjs taken');
      expect(rulesIn(before)).toEqual([]);
      expect(rulesIn(first.loaded)).toHaveLength(2);
    }
    const second = loading('--history');
    expect(second.loaded).not.toContain(THREAD);
    expect(second.out).toContain('at a.conf:1:7');
  });

  it('finds in a large history with two threads what one finds', async () => {
    const chance = seeded(7);
    for (let file = 0; file < 28; file++) {
      const numbers = Array.from(randomBytes(200_000)).join(', ');
      put(`${file}.conf`, `${numbers}\nkey = ${made.make(chance)}\n`);
    }
    git('init', '-q');
    commitAll();
    const { loaded, out } = loading('--history', '--no-cache', '--format', 'jsonl');
    if (availableParallelism() > 1) expect(loaded).toContain(THREAD);
    const told = out
      .trim()
      .split('\n')
      .flatMap((line) => (JSON.parse(line) as { locations?: readonly Place[] }).locations ?? []);
    const { sightings } = await scanHistory(folder, {
      describing: { key: Buffer.alloc(32, 1), at: new Date() },
      threads: 1,
    });
    expect(sightings).toHaveLength(28);
    const placeOf = ({ path: file, line, column }: Place) => `${file}:${line}:${column}`;
    expect(told.map(placeOf).sort()).toEqual(sightings.map(({ location }) => placeOf(location)).sort());
  });

  it('says what is wrong with a repository whose packs cannot be listed', () => {
    git('init', '-q');
    rmSync(path.join(folder, '.git/objects/pack'), { recursive: true });
    put('.git/objects/pack', 'not a folder');
    const { status, out, err } = muster('--history');
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/unreadable|corrupt/);
  });

  it('chooses its status, and reads standard input', () => {
    put('a.txt', token);
    expect(muster('--exit-code', '183').status).toBe(183);
    const { status, out } = run('sh', ['-c', 'muster scan - < a.txt']);
    expect([status, out]).toEqual([1, expect.stringContaining('at <stdin>:1:1')]);
  });

  it('reads what says to leave alone, and rules of one’s own', () => {
    put('a.conf', `${token}\n${other} # gitleaks:allow\nacme_${'0a1b2c3d'.repeat(4)}\n`);
    put('.muster-scan.yaml', 'allow:\n  - { rule: acme-token, reason: a sample, until: 2999-01-01 }\n');
    put('.gitleaks.toml', `[allowlist]\nregexes = ['^${token.slice(0, 12)}']\n`);
    put(
      'rules.yml',
      'rules:\n  - { id: acme-token, name: token, kind: token, pattern: "acme_[0-9a-f]{32}", starts: [acme_] }\n',
    );
    const { status, out } = muster('a.conf', '--rules', 'rules.yml');
    expect(out).toMatch(/Left alone because somebody said so: .*1 by allow-file/);
    expect(out).toMatch(/1 by gitleaks-config/);
    expect(out).toMatch(/1 by inline/);
    expect(status).toBe(0);
    expect(muster('a.conf', '--ignore-inline-allows').out).toContain('1 found');
  });

  it('writes several reports at once, each for its owner alone', () => {
    put('a.conf', token);
    const forms = ['sarif', 'gitlab', 'junit', 'csv', 'jsonl', 'markdown', 'github', 'text'];
    const { status, out } = muster('a.conf', ...forms.flatMap((form) => ['--output', `${form}=out/${form}`]));
    expect([status, out]).toEqual([1, expect.stringContaining('1 found')]);
    for (const form of forms) {
      const file = path.join(folder, 'out', form);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain('a.conf');
      expect(readFileSync(file, 'utf8')).not.toContain(token);
    }
  });

  it('begins a baseline, holds to it, and takes up more', () => {
    put('a.conf', token);
    const begun = muster('--baseline', 'known', '--update-baseline');
    expect([begun.status, begun.err]).toEqual([0, expect.stringContaining('1 more, 0 fewer')]);
    put('b.conf', `\n\n${token}`);
    expect(muster('--baseline', 'known').status).toBe(0);
    put('b.conf', other);
    const { status, out } = muster('--baseline', 'known', '--output', 'markdown=summary.md');
    expect([status, out]).toEqual([1, expect.stringContaining('1 found')]);
    expect(readFileSync(path.join(folder, 'summary.md'), 'utf8')).toContain('| **1** | 1 | 0 | 0 |');
    expect(muster('--baseline', 'known', '--update-baseline').err).toContain('1 more, 0 fewer');
  });

  it('finds in a history what is no longer there', () => {
    git('init', '-q');
    put('a.conf', token);
    git('add', '.');
    git('commit', '-qm', 'one');
    put('a.conf', 'gone');
    git('commit', '-qam', 'two');
    expect(muster().status).toBe(0);
    const { status, out } = muster('--history');
    expect([status, out]).toEqual([1, expect.stringMatching(/at a\.conf:1:1, by [0-9a-f]{12} of /)]);
  });

  it('finds in an image what a later layer deleted', () => {
    put('app.tar', dockerArchive([tarOf({ name: 'a.conf', content: token }), tarOf({ name: '.wh.a.conf' })]));
    const { status, out } = muster('--image', 'app.tar');
    expect([status, out]).toEqual([1, expect.stringContaining('at a.conf:1:1, no longer in use there')]);
  });
});

describe('in a hook of git', () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly pass_filenames: boolean;
  }
  const hooks = parse(readFileSync(path.join(REPOSITORY, '.pre-commit-hooks.yaml'), 'utf8')) as Hook[];

  it.each(hooks)('$id keeps a secret from being committed', ({ entry, pass_filenames }) => {
    expect(pass_filenames).toBe(false);
    git('init', '-q');
    put('.git/hooks/pre-commit', `#!/bin/sh\nexec ${entry}\n`);
    chmodSync(path.join(folder, '.git/hooks/pre-commit'), 0o755);
    put('a.txt', 'nothing\n');
    git('add', '.');
    expect(git('commit', '-qm', 'one').status).toBe(0);
    put('a.txt', `nothing\nkey = ${token}\n`);
    git('add', '.');
    const refused = git('commit', '-qm', 'two');
    expect(refused.status).not.toBe(0);
    expect(refused.out + refused.err).toContain('at a.txt:2:7');
    // What is staged decides, not what lies there.
    put('a.txt', 'nothing\n');
    expect(git('commit', '-qm', 'two').status).not.toBe(0);
    git('add', '.');
    put('b.txt', token);
    expect(git('commit', '-qm', 'three', '--allow-empty').status).toBe(0);
  });
});

describe('in a pipeline', () => {
  interface Step {
    readonly id?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }
  const action = parse(readFileSync(path.join(REPOSITORY, 'ci/github/action.yml'), 'utf8')) as {
    readonly runs: { readonly steps: readonly Step[] };
  };
  const template = parse(readFileSync(path.join(REPOSITORY, 'ci/gitlab/muster-scan.yml'), 'utf8')) as {
    readonly 'muster-scan': { readonly script: readonly string[] };
  };

  function runAction(environment: Readonly<Record<string, string>>) {
    const files = { GITHUB_OUTPUT: path.join(folder, 'output'), GITHUB_STEP_SUMMARY: path.join(folder, 'summary') };
    const unset = {
      MUSTER_PATHS: '.',
      MUSTER_MODE: 'tree',
      MUSTER_BASELINE: '',
      MUSTER_IGNORE_INLINE: 'false',
      MUSTER_SINCE: '',
    };
    const step = action.runs.steps.find(({ id }) => id === 'scan')!;
    const result = run('bash', ['-c', step.run!], {
      RUNNER_TEMP: home,
      CI: 'true',
      ...files,
      ...unset,
      ...environment,
    });
    const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    return { ...result, output: read(files.GITHUB_OUTPUT), summary: read(files.GITHUB_STEP_SUMMARY) };
  }

  it('no words of an event are put into a script', () => {
    const scripts = action.runs.steps.flatMap((step) => (step.run === undefined ? [] : [step.run]));
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) expect(script).not.toContain('${{');
  });

  it('GitHub’s action annotates, summarises, writes SARIF and tells its status', () => {
    put('a.conf', token);
    const { status, out, output, summary } = runAction({});
    expect([status, output]).toEqual([0, expect.stringMatching(/^status=1\nsarif=.*muster\.sarif\n$/)]);
    expect(out).toContain('::error file=a.conf,line=1');
    expect(summary).toContain('| **1** | 0 | 0 | 0 |');
    expect(JSON.parse(readFileSync(path.join(home, 'muster.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('GitHub’s action looks at what a pull request brings, and holds to a baseline', () => {
    git('init', '-q');
    put('a.conf', token);
    git('add', '.');
    git('commit', '-qm', 'one');
    const since = git('rev-parse', 'HEAD').out.trim();
    put('b.conf', 'nothing');
    git('add', '.');
    git('commit', '-qm', 'two');
    expect(runAction({ MUSTER_MODE: 'changes', MUSTER_SINCE: since }).output).toContain('status=0');
    expect(runAction({ MUSTER_MODE: 'changes', MUSTER_SINCE: '0'.repeat(40) }).output).toContain('status=1');
    muster('--baseline', 'known', '--update-baseline');
    rmSync(path.join(folder, 'output'));
    expect(runAction({ MUSTER_BASELINE: 'known' }).output).toContain('status=0');
    expect(runAction({ MUSTER_MODE: 'other' }).status).toBe(2);
    expect(runAction({ MUSTER_PATHS: '$(touch owned) nowhere' }).status).toBe(2);
    expect(existsSync(path.join(folder, 'owned'))).toBe(false);
  });

  it('GitLab’s template writes the report that GitLab reads', () => {
    put('a.conf', token);
    const unset = { MUSTER_MODE: 'tree', MUSTER_BASELINE: '', MUSTER_IGNORE_INLINE: 'false' };
    const environment = { ...unset, MUSTER_PREFIX: path.join(home, 'muster'), CI: 'true' };
    const script = template['muster-scan'].script.at(-1)!;
    expect(run('sh', ['-e', '-c', script], environment).status).toBe(1);
    const report = readFileSync(path.join(folder, 'gl-secret-detection-report.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ vulnerabilities: [{ location: { file: 'a.conf', start_line: 1 } }] });
    expect(run('sh', ['-e', '-c', script], { ...environment, MUSTER_MODE: 'other' }).status).toBe(2);
  });
});
