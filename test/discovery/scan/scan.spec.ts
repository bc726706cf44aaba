import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, createReadStream, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/discovery/rules/index.js';
import { publicUri, revisionOf } from '../../../src/discovery/scan/revision.js';
import { type ScanResult, scan, type Subject } from '../../../src/discovery/scanner.js';
import { ensureBuilt, REPOSITORY } from '../../harness/build.js';
import { seeded } from './made-rules.js';

const KEY = Buffer.alloc(32, 1);
const AT = new Date('2026-11-22T00:00:00Z');
const token = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(5));

let folder: string;
const folders: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'muster-scan-'));
  folders.push(folder);
});

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

function put(name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
  }).toString();
}

interface Asked {
  readonly kind: Subject['kind'];
  readonly paths?: readonly string[];
  readonly followIgnores?: boolean;
  readonly folder?: string;
  readonly revision?: string;
}

function run(subject: Asked = { kind: 'paths' }, rules: string | null = null) {
  const whole = { paths: [folder], followIgnores: true, folder, ...subject } as Subject;
  return scan(whole, { key: KEY, at: AT, rules });
}

/** `path:line:column` of every place, in the order of the report. */
function places({ findings }: ScanResult): string[] {
  return findings.flatMap(({ locations }) =>
    locations.map(({ path: at, line, column, within }) => [`${at}:${line}:${column}`, ...within].join(' in ')),
  );
}

describe('a scan of files', () => {
  it('says where a secret stands, once for all its places, and never what it is', async () => {
    put('b.txt', `one\ntwo ${token}\n`);
    put('a/c.txt', `é ${token} ${token}`);
    const result = await run();
    expect(places(result)).toEqual(['a/c.txt:1:3', 'a/c.txt:1:44', 'b.txt:2:5']);
    expect(result.findings).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain(token);
    expect(result.findings[0]).toMatchObject({ rule: 'github-pat-classic', band: 'high', lastFour: token.slice(-4) });
  });

  it('takes the password out of a connection string that is the value of a variable, too', async () => {
    const password = token.slice(4, 20);
    put(
      'compose.yml',
      `services:\n  a:\n    environment:\n      ODBC_DSN: "Server=db.example;UID=a;PWD=${password}"\n`,
    );
    const { findings } = await run();
    expect(findings.map(({ rule, band }) => [rule, band])).toEqual([['ado-connection-string', 'medium']]);
  });

  it.each([
    ['base64', Buffer.from(`token: ${token}\n`).toString('base64'), ['base64']],
    ['base64 that begins a byte later', Buffer.from(`atoken: ${token}\n`).toString('base64'), ['base64']],
    ['base64 that begins two bytes later', Buffer.from(`abtoken: ${token}\n`).toString('base64'), ['base64']],
    [
      'gzip in base64 in base64',
      Buffer.from(gzipSync(`token ${token}`).toString('base64')).toString('base64'),
      ['base64', 'gzip'],
    ],
    [
      'lines of base64',
      Buffer.from(`${'filler '.repeat(20)}${token}`)
        .toString('base64')
        .replaceAll(/.{60}/g, '$&\n'),
      ['base64'],
    ],
    ['hexadecimal digits', Buffer.from(`token ${token}`).toString('hex'), ['hex']],
    ['gzip in base64', gzipSync(`token ${token}`).toString('base64'), ['gzip']],
  ])('looks into %s', async (_, text, within) => {
    put('data.yaml', `data: ${text}\n`);
    const { findings } = await run();
    expect(findings.map(({ rule, locations }) => [rule, locations[0]!.within])).toEqual([
      ['github-pat-classic', within],
    ]);
  });

  it('says where a key ends as it is written: its lines may be escapes of one', async () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trim();
    put('a.json', `{\n  "key": "${pem.replaceAll('\n', '\\n')}"\n}\n`);
    put('b.pem', `${pem}\n`);
    const { findings } = await run();
    const ends = findings.flatMap(({ locations }) => locations).map(({ endLine, endColumn }) => [endLine, endColumn]);
    expect(ends).toEqual([
      [2, '  "key": "'.length + pem.length + 3],
      [3, '-----END PRIVATE KEY-----'.length + 1],
    ]);
  });

  it('reads UTF-16', async () => {
    put('a.reg', Buffer.from(`\ufeffkey\r\n="${token}"\r\n`, 'utf16le'));
    expect(places(await run())).toEqual(['a.reg:2:3']);
  });

  it('leaves out what is binary, and counts it', async () => {
    put('a.bin', Buffer.from(`\0\x01${token}`));
    const { findings, skipped } = await run();
    expect([findings, skipped]).toEqual([[], [{ path: 'a.bin', reason: 'binary' }]]);
  });

  it('follows no link out of the folder, and counts it', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'muster-outside-'));
    folders.push(outside);
    writeFileSync(path.join(outside, 'secret.txt'), token);
    symlinkSync(path.join(outside, 'secret.txt'), path.join(folder, 'link.txt'));
    symlinkSync(outside, path.join(folder, 'folder'));
    symlinkSync('nowhere', path.join(folder, 'dangling'));
    const { findings, skipped } = await run();
    expect(findings).toEqual([]);
    expect(skipped).toEqual([
      { path: 'folder', reason: 'link-outside' },
      { path: 'link.txt', reason: 'link-outside' },
    ]);
  });

  it('waits for no pipe, and counts it', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    expect((await run()).skipped).toEqual([{ path: 'pipe', reason: 'special-file' }]);
  });

  it.each([
    ['in a folder', () => undefined],
    ['in a work tree', (git: (...words: string[]) => void) => git('init', '-q')],
    ['that git tracks', (git: (...words: string[]) => void) => [git('init', '-q'), git('add', '.')]],
  ])('reads files and folders %s whose names are no UTF-8, beside others', async (_, prepare) => {
    const odd = (...parts: readonly string[]) => Buffer.from([folder, ...parts].join('/'), 'latin1');
    put('plain.txt', token);
    put('node_modules/installed.txt', token);
    mkdirSync(odd('d\xe9'));
    writeFileSync(odd('caf\xe9.txt'), token);
    writeFileSync(odd('d\xe9', 'in.txt'), token);
    put('.git-like/a.txt', token);
    prepare((...words) => execFileSync('git', ['-C', folder, ...words]));
    const result = await run();
    const found = places(result).filter((place) => !place.startsWith('node_modules/'));
    expect(found.sort()).toEqual(['.git-like/a.txt:1:1', 'caf\ufffd.txt:1:1', 'd\ufffd/in.txt:1:1', 'plain.txt:1:1']);
    expect(result.skipped.filter(({ reason }) => reason !== 'installed')).toEqual([]);
  });

  it('counts what it may not read', async () => {
    put('a.txt', token);
    chmodSync(path.join(folder, 'a.txt'), 0);
    const { skipped, findings } = await run();
    // A superuser reads everything.
    if (findings.length === 0) expect(skipped).toEqual([{ path: 'a.txt', reason: 'unreadable' }]);
  });

  it('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    put('a.txt', token);
    expect(places(await run())).toEqual(['a.txt:1:1']);
  });

  it('finds what stands across the pieces that a large file is read in, with its line', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const pieces = [4 * 1024 * 1024, 4 * 1024 * 1024 + 128 * 1024, 9_000_000];
    let text = '';
    const expected = pieces.map((at) => {
      text += line.repeat(Math.floor((at - text.length - 20) / line.length));
      text += `${token}\n`;
      return `a.log:${text.split('\n').length - 1}:1`;
    });
    put('a.log', text + line.repeat(1000));
    expect(places(await run())).toEqual(expected);
  });

  it('finds what stands in one line of fifty megabytes', async () => {
    const half = 'y'.repeat(25_000_000);
    put('a.min.js', `${half};${token};${half}`);
    expect(places(await run())).toEqual([`a.min.js:1:${half.length + 2}`]);
  });

  it('gives a bomb no more room than a manifest needs', async () => {
    put('bomb.yaml', `data: ${gzipSync(Buffer.alloc(64 * 1024 * 1024, 97)).toString('base64')}\ntoken: ${token}\n`);
    expect(places(await run())).toEqual(['bomb.yaml:2:8']);
  });

  it('says the same whatever order it sees the files in', async () => {
    for (let index = 0; index < 30; index++) put(`f${index}.txt`, `${'\n'.repeat(index % 3)}${token}`);
    const first = await run();
    expect(first.findings).toEqual((await run()).findings);
    expect(places(first)).toEqual([...places(first)].sort((a, b) => (a.split(':')[0]! < b.split(':')[0]! ? -1 : 1)));
  });
});

describe('a scan of a work tree', () => {
  beforeEach(() => {
    git('init', '-q');
  });

  it('sees what is tracked and what is new, and leaves what is ignored unless it is asked for', async () => {
    put('.gitignore', 'ignored.txt\nnode_modules\n');
    put('ignored.txt', token);
    put('tracked.txt', token);
    git('add', '.');
    put('new.txt', token);
    expect(places(await run())).toEqual(['new.txt:1:1', 'tracked.txt:1:1']);
    expect(places(await run({ kind: 'paths', followIgnores: false }))).toEqual([
      'ignored.txt:1:1',
      'new.txt:1:1',
      'tracked.txt:1:1',
    ]);
  });

  it('sees a named folder of it alone', async () => {
    put('a/one.txt', token);
    put('b/two.txt', token);
    expect(places(await run({ kind: 'paths', paths: [path.join(folder, 'a')] }))).toEqual(['one.txt:1:1']);
  });

  it.each<[string, () => void]>([
    ['on a branch', () => git('checkout', '-q', '-b', 'feature/one.two')],
    ['whose refs are packed', () => git('pack-refs', '--all')],
    ['at no branch', () => git('checkout', '-q', '--detach')],
    ['with an address in quotes', () => git('config', 'remote.origin.url', 'https://git.example/a#b')],
    ['with its address in another file', () => git('config', 'include.path', 'more')],
  ])('says as git does which version it looked at, %s', (_, change) => {
    git('init', '-q', '-b', 'main');
    put('.git/more', '[remote "origin"]\n\turl = https://git.example/c/d\n');
    git('config', 'remote.origin.url', 'https://git.example/a/b');
    git('commit', '-q', '--allow-empty', '-m', 'one');
    change();
    expect(revisionOf(folder)).toEqual({
      commit: git('rev-parse', 'HEAD').trim(),
      uri: publicUri(git('config', '--get', 'remote.origin.url').trim()),
      branch:
        git('rev-parse', '--abbrev-ref', 'HEAD')
          .trim()
          .replace(/^HEAD$/, '') || null,
    });
  });

  it('sees of what is staged only what is new, as it is staged', async () => {
    const other = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(6));
    put('a.txt', `${other}\n`);
    git('add', '.');
    git('commit', '-qm', 'one');
    put('a.txt', `${other}\nmore\n${token}\n`);
    put('"quoted"\\ é.txt', `${token}\n`);
    git('add', '.');
    put('a.txt', 'gone again');
    put('unstaged.txt', token);
    expect(places(await run({ kind: 'staged' }))).toEqual(['"quoted"\\ é.txt:1:1', 'a.txt:3:1']);
  });

  it('sees what commits after a revision brought, also what a later one took out, and which brought it', async () => {
    put('a.txt', 'nothing\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    put('a.txt', `nothing\n${token}\n`);
    git('commit', '-qam', 'two');
    const brought = git('rev-parse', 'HEAD').trim();
    put('a.txt', 'nothing\n');
    git('commit', '-qam', 'three');
    const { findings } = await run({ kind: 'since', revision: 'HEAD~2' });
    expect(findings.map(({ locations: [place] }) => [place!.path, place!.line, place!.commits[0]!.id])).toEqual([
      ['a.txt', 2, brought],
    ]);
  });

  it('names each commit that brought the same version of a file', async () => {
    git('commit', '-qm', 'nothing', '--allow-empty');
    const bringing = ['one', 'again'].map((message) => {
      put('a.txt', `${token}\n`);
      git('add', '.');
      git('commit', '-qm', message);
      const brought = git('rev-parse', 'HEAD').trim();
      put('a.txt', 'nothing\n');
      git('commit', '-qam', `${message}, taken out`);
      return brought;
    });
    const { findings } = await run({ kind: 'since', revision: 'HEAD~4' });
    const commits = findings.flatMap(({ locations }) => locations.map((place) => place.commits[0]!.id));
    expect(commits.sort()).toEqual(bringing.sort());
  });

  it.each([
    ['a revision that is none', { kind: 'since' as const, revision: '--output=x' }, 'revision_unknown'],
    ['a folder without a repository', { kind: 'staged' as const, folder: tmpdir() }, 'no_repository'],
    ['a path that is none', { kind: 'paths' as const, paths: ['/nowhere/at/all'] }, 'path_not_found'],
  ])('refuses %s', async (_, subject, code) => {
    await expect(run(subject)).rejects.toMatchObject({ code });
  });

  it('runs nothing that the repository names', async () => {
    const program = path.join(folder, 'evil.sh');
    writeFileSync(program, `#!/bin/sh\ntouch ${path.join(folder, 'ran')}\n`, { mode: 0o755 });
    put('a.txt', `${token}\n`);
    put('.gitattributes', '* diff=evil filter=evil\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    put('b.txt', `${token}\n`);
    git('add', '.');
    for (const setting of [
      ...[
        'core.fsmonitor',
        'core.pager',
        'core.sshCommand',
        'core.editor',
        'diff.external',
        'gpg.program',
        'credential.helper',
      ],
      ...['diff.evil.command', 'diff.evil.textconv', 'filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process'],
    ])
      git('config', setting, program);
    git('config', 'log.showSignature', 'true');
    git('config', 'core.hooksPath', folder);
    for (const hook of ['post-index-change', 'reference-transaction'])
      writeFileSync(path.join(folder, hook), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    rmSync(path.join(folder, 'ran'), { force: true });
    await run();
    await run({ kind: 'staged' });
    await run({ kind: 'since', revision: 'HEAD' });
    await run({ kind: 'history' });
    expect(places(await run({ kind: 'paths', followIgnores: false })).some((place) => place.startsWith('ran'))).toBe(
      false,
    );
    expect(() => execFileSync('test', ['-e', path.join(folder, 'ran')])).toThrow();
  });
});

describe('rules of the user’s own', () => {
  const RULE = {
    id: 'acme-token',
    name: 'deploy token',
    kind: 'token',
    starts: ['acme_'],
    pattern: 'acme_[0-9a-f]{32}',
  };
  const yaml = (...rules: object[]) => JSON.stringify({ rules });

  it('are looked for beside the others', async () => {
    put('a.txt', `acme_${'0f1e2d3c'.repeat(4)} ${token}`);
    const { findings } = await run({ kind: 'paths' }, yaml(RULE));
    expect(findings.map(({ rule, vendor }) => [rule, vendor])).toEqual([
      ['acme-token', 'own'],
      ['github-pat-classic', 'GitHub'],
    ]);
  });

  it.each([
    [
      'names',
      { starts: undefined, names: ['acme_key'], pattern: '[0-9a-f]{32}' },
      `ACME_KEY = "${'0f1e2d3c'.repeat(4)}"`,
    ],
    ['literals within', { starts: undefined, around: ['-AC-'], pattern: '[0-9]{4}-AC-[0-9]{4}' }, 'code 1234-AC-5678.'],
  ])('are found by %s', async (_, change, text) => {
    put('a.txt', text);
    const { findings } = await run({ kind: 'paths' }, yaml({ ...RULE, ...change }));
    expect(findings.map(({ rule }) => rule)).toEqual(['acme-token']);
  });

  it.each([
    ['(?:a+)+$', 'aaaa'],
    ['(?:a{1,30}){1,30}c', 'aaaa'],
    ['(?:a|a)*c', 'aaaa'],
  ])('cannot take forever: %s', async (pattern, start) => {
    put('a.txt', `${'a'.repeat(5000)}!\n`.repeat(20) + token);
    const startedAt = Date.now();
    const { findings, skipped } = await run({ kind: 'paths' }, yaml({ ...RULE, starts: [start], pattern }));
    expect(findings.map(({ rule }) => rule)).toContain('github-pat-classic');
    expect(skipped.every(({ reason }) => reason === 'rule-too-slow')).toBe(true);
    expect(Date.now() - startedAt).toBeLessThan(60_000);
  });

  it.each([
    ['no YAML', '"a', 'not YAML'],
    ['no list', 'rules: {}', 'no list named'],
    ['no pattern', yaml({ ...RULE, pattern: undefined }), '`pattern` is missing'],
    ['no expression', yaml({ ...RULE, pattern: '(' }), '`pattern` is no expression'],
    ['an expression for everything', yaml({ ...RULE, pattern: 'x*' }), 'matches nothing at all'],
    ['a kind that is none', yaml({ ...RULE, kind: 'thing' }), '`kind` is one of'],
    ['an id with large letters', yaml({ ...RULE, id: 'ACME' }), '`id` has small letters'],
    ['a field that is none', yaml({ ...RULE, regex: 'x' }), 'there is no `regex`'],
    ['two ways to look', yaml({ ...RULE, names: ['a_b'] }), 'give one of'],
    ['nothing to look for', yaml({ ...RULE, starts: undefined }), 'give one of'],
    ['too short a start', yaml({ ...RULE, starts: ['ab'] }), 'from 3 to 48'],
    ['the same twice', yaml(RULE, RULE), 'stands there twice'],
    ['an alias', 'rules: &a [*a]', 'it is'],
  ])('are refused with words where they are %s', async (_, text, words) => {
    await expect(run({ kind: 'paths' }, text)).rejects.toMatchObject({
      code: 'rules_malformed',
      message: expect.stringContaining(words),
    });
  });
});

describe('muster scan', () => {
  beforeAll(ensureBuilt);

  const command = (args: readonly string[], input?: string) =>
    spawnSync(process.execPath, [path.join(REPOSITORY, 'bin/muster.js'), 'scan', ...args], { cwd: folder, input });

  it('ends with 0 where nothing is found, 1 where something is, 2 where it cannot scan', () => {
    put('a.txt', 'nothing');
    expect(command(['.']).status).toBe(0);
    put('a.txt', token);
    expect(command(['.']).status).toBe(1);
    expect(command(['.', '--exit-code', '0']).status).toBe(0);
    expect(command(['nowhere']).status).toBe(2);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('that is ended by %s leaves no git behind', async (signal) => {
    git('init', '-q');
    put('bin/git', '#!/bin/sh\nexec sleep 600 > "$0.open"\n');
    const program = path.join(folder, 'bin/git');
    chmodSync(program, 0o700);
    execFileSync('mkfifo', [`${program}.open`]);
    const held = createReadStream(`${program}.open`).resume();
    const scanning = spawn(
      process.execPath,
      [path.join(REPOSITORY, 'bin/muster.js'), 'scan', '--history', '--no-cache'],
      {
        cwd: folder,
        env: { PATH: `${path.dirname(program)}:${process.env['PATH']}` },
        stdio: 'ignore',
      },
    );
    await once(held, 'open');
    scanning.kill(signal);
    await once(held, 'end');
  });

  it.each(['sarif', 'jsonl', 'gitlab', 'junit', 'csv', 'github', 'markdown'])(
    'finds nothing in its own %s',
    (format) => {
      put('found.env', token);
      expect(command(['.', '--output', `${format}=report`]).status).toBe(1);
      expect(command(['report'])).toMatchObject({ status: 0 });
    },
  );

  it('reads standard input', () => {
    const { stdout, status } = command(['-', '--format', 'jsonl'], `first\n${token}\n`);
    const [finding] = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { locations: object[] });
    expect([status, finding!.locations]).toMatchObject([1, [{ path: '<stdin>', line: 2, column: 1 }]]);
  });

  it('lets no name of a file steer the terminal', () => {
    put('a\u001b[2J\u001b]0;x\u0007.txt', token);
    const shown = command(['.']).stdout.toString();
    expect(shown).toContain('a');
    expect(shown).not.toMatch(/[\u001b\u0007]/);
  });

  it('says with two threads what it says with one', () => {
    for (let index = 0; index < 900; index++)
      put(`d${index % 30}/f${index}.txt`, index % 10 === 0 ? `key = ${token}` : 'text');
    const all = JSON.parse(command(['.', '--format', 'jsonl']).stdout.toString().split('\n')[0]!) as {
      locations: { path: string }[];
    };
    expect(all.locations).toHaveLength(90);
    const paths = all.locations.map((place) => place.path);
    expect(paths).toEqual([...paths].sort());
  });
});
