import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/discovery/rules/index.js';
import { type ScanOptions, type ScanResult, scan, type Subject } from '../../../src/discovery/scanner.js';
import { seeded } from '../scan/made-rules.js';

const AT = new Date('2026-11-22T10:00:00Z');
const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const token = made.make(seeded(5));
const other = made.make(seeded(6));

let folder: string;
const folders: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'muster-allow-'));
  folders.push(folder);
});

afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

function put(name: string, content: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function git(...args: string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: folder }).toString();
}

function run(options: Partial<ScanOptions> = {}, subject?: Subject): Promise<ScanResult> {
  return scan(subject ?? { kind: 'paths', paths: [folder], followIgnores: true }, { at: AT, ...options });
}

async function saysOf(text: string, options?: Partial<ScanOptions>) {
  put('app.conf', text);
  const { findings } = await run(options);
  expect(findings.map(({ rule }) => rule)).toEqual(['github-pat-classic']);
  return findings[0]!;
}

describe('a comment beside a secret', () => {
  it.each([
    ['gitleaks', `key = ${token} # gitleaks:allow`],
    ['betterleaks', `key = ${token} # betterleaks:allow`],
    ['trufflehog', `key = ${token} # trufflehog:ignore`],
    ['detect-secrets', `key = ${token}  # pragma: allowlist secret`],
    ['detect-secrets', `# pragma: allowlist nextline secret\nkey = ${token}`],
    ['ggshield', `key = ${token} # ggignore`],
    ['secretlint', `key = ${token} // secretlint-disable-line`],
    ['secretlint', `// secretlint-disable-next-line\nkey = ${token}`],
    ['secretlint', `/* secretlint-disable */\na\nb\nkey = ${token}`],
    ['secretlint', `/* secretlint-disable */\n// secretlint-disable-line\n${'words\n'.repeat(9000)}key = ${token}`],
  ])('of %s is listened to, and recorded: %#', async (tool, text) => {
    const { suppressed, locations } = await saysOf(text);
    expect(suppressed).toEqual({ by: 'inline', reason: `${tool}'s comment beside it`, until: null });
    expect(locations[0]!.suppressed).toEqual(suppressed);
  });

  it.each([
    ['stands on another line', `# gitleaks:allow\nkey = ${token}\n# gitleaks:allow`],
    ['is about the line after the next', `# pragma: allowlist nextline secret\n\nkey = ${token}`],
    ['has been switched on again', `/* secretlint-disable */\n/* secretlint-enable */\nkey = ${token}`],
    ['is the end of another word', `key = ${token} # notgitleaks:allowed`],
    ['has no reason', `key = ${token} # muster:allow until=2027-01-31`],
    ['has an empty reason', `key = ${token} # muster:allow reason="" until=2027-01-31`],
    ['has no end', `key = ${token} # muster:allow reason="a sample"`],
    ['ends on no day', `key = ${token} # muster:allow reason="a sample" until=2027-02-30`],
    ['has ended', `key = ${token} # muster:allow reason="a sample" until=2026-11-21`],
    ['stands in a line before with more in it', `a = 1 # muster:allow reason="a" until=2027-01-31\nkey = ${token}`],
  ])('is not listened to where it %s', async (_, text) => {
    expect((await saysOf(text)).suppressed).toBeNull();
  });

  it.each([
    `key = ${token} # muster:allow reason="a sample of ours" until=2026-11-22`,
    `key = ${token} # muster:allow until=2026-11-22 reason='a sample of ours'`,
    `# muster:allow reason="a sample of ours" until=2026-11-22\nkey = ${token}`,
    `<!-- muster:allow reason="a sample of ours" until=2026-11-22 -->\n<key>${token}</key>`,
  ])('of our own says why and until when, that day included: %#', async (text) => {
    const { suppressed } = await saysOf(text);
    expect(suppressed).toEqual({ by: 'inline', reason: 'a sample of ours', until: '2026-11-22' });
  });

  it('says in the finding why it is not listened to', async () => {
    const ended = await saysOf(`key = ${token} # muster:allow reason="a sample" until=2026-11-21`);
    expect(ended.because.at(-1)).toBe('It was allowed until 2026-11-21 (a sample), so it counts again.');
    const bare = await saysOf(`key = ${token} # muster:allow`);
    expect(bare.because.at(-1)).toMatch(/without reason/);
  });

  it('is left aside where the caller says so, all or only of other tools', async () => {
    const foreign = `key = ${token} # gitleaks:allow`;
    const own = `key = ${token} # muster:allow reason="a sample" until=2027-01-31`;
    expect((await saysOf(foreign, { allows: { inline: false, foreign: true } })).suppressed).toBeNull();
    expect((await saysOf(foreign, { allows: { inline: true, foreign: false } })).suppressed).toBeNull();
    expect((await saysOf(own, { allows: { inline: false, foreign: true } })).suppressed).toBeNull();
    expect((await saysOf(own, { allows: { inline: true, foreign: false } })).suppressed).not.toBeNull();
  });

  it('is about one place: elsewhere the same secret counts', async () => {
    put('a.conf', `key = ${token} # gitleaks:allow`);
    const { suppressed, locations } = await saysOf(`key = ${token}`);
    expect(suppressed).toBeNull();
    expect(locations.map((one) => [one.path, one.suppressed?.by])).toEqual([
      ['a.conf', 'inline'],
      ['app.conf', undefined],
    ]);
  });
});

describe('the allowlists of a .gitleaks.toml', () => {
  it.each([
    ['a path', `[allowlist]\npaths = ['''^app\\.c''']`],
    ['a path by several lists', `[[allowlists]]\npaths = ['nothing']\n[[allowlists]]\npaths = ['app']`],
    ['an expression on the secret', `[allowlist]\nregexes = ['^ghp_']`],
    ['letters of any size', `[allowlist]\nregexes = ['(?i)^GHP_']`],
    ['a class of POSIX', `[allowlist]\nregexes = ['^ghp_[[:alnum:]]+$']`],
    ['an expression on the line', `[allowlist]\nregexTarget = 'line'\nregexes = ['^the_key']`],
    ['a stop word', `[allowlist]\nstopwords = ['${token.slice(10, 16).toUpperCase()}']`],
    ['both that are asked for', `[[allowlists]]\ncondition = 'AND'\npaths = ['app']\nregexes = ['^ghp_']`],
    ['a rule called the same', `[[rules]]\nid = 'github-pat-classic'\n[[rules.allowlists]]\npaths = ['app']`],
  ])('hold by %s', async (_, config) => {
    put('.gitleaks.toml', config);
    expect((await saysOf(`the_key = ${token}`)).suppressed).toMatchObject({ by: 'gitleaks-config', until: null });
  });

  it.each([
    ['a path of another file', `[allowlist]\npaths = ['^conf']`],
    ['an expression that only the line matches', `[allowlist]\nregexes = ['^the_key']`],
    ['a stop word that only the line has', `[allowlist]\nstopwords = ['the_key']`],
    ['one of two that are asked for', `[[allowlists]]\ncondition = 'AND'\npaths = ['app']\nregexes = ['^nothing']`],
    ['a commit', `[allowlist]\ncommits = ['${'0'.repeat(40)}']`],
    ['a rule of another name', `[[rules]]\nid = 'another'\n[rules.allowlist]\npaths = ['app']`],
    ['targets of another name', `[[allowlists]]\ntargetRules = ['another']\npaths = ['app']`],
    ['nothing at all', `[allowlist]\ndescription = 'all'`],
    ['an expression that takes forever', `[allowlist]\nregexTarget = 'line'\nregexes = ['^((t|th|the|.)*)*\\1$']`],
    ['what is no TOML', `[allowlist\npaths = ['app']`],
  ])('do not hold by %s', async (_, config) => {
    put('.gitleaks.toml', config);
    expect((await saysOf(`the_key = ${token}`)).suppressed).toBeNull();
  });

  it('are no link, and name no other file', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'muster-allow-'));
    folders.push(outside);
    writeFileSync(path.join(outside, 'config'), `[allowlist]\npaths = ['app']`);
    symlinkSync(path.join(outside, 'config'), path.join(folder, '.gitleaks.toml'));
    put('app.conf', token);
    const linked = await run();
    expect(linked.findings[0]!.suppressed).toBeNull();
    expect(linked.skipped).toContainEqual({ path: '.gitleaks.toml', reason: 'config-no-file' });
    rmSync(path.join(folder, '.gitleaks.toml'));
    put('.gitleaks.toml', `[extend]\npath = '${outside}/config'`);
    const extended = await run();
    expect(extended.findings[0]!.suppressed).toBeNull();
    expect(extended.skipped).toContainEqual({ path: '.gitleaks.toml', reason: 'config-extends-a-file' });
  });
});

describe('a .gitleaksignore', () => {
  it.each([
    ['its place', 'app.conf:any-rule:2', true],
    ['its place from here', './app.conf:any-rule:2', true],
    ['another line', 'app.conf:any-rule:1', false],
    ['another file', 'xapp.conf:any-rule:2', false],
    ['a commit, which files have none of', `${'a'.repeat(40)}:app.conf:any-rule:2`, false],
    ['a comment', '#app.conf:any-rule:2', false],
  ])('names %s', async (_, line, holds) => {
    put('.gitleaksignore', `# left alone\n\n${line}\n`);
    expect((await saysOf(`\nkey = ${token}`)).suppressed).toEqual(
      holds ? { by: 'gitleaksignore', reason: null, until: null } : null,
    );
  });

  it('names the commit that brought it', async () => {
    git('init', '-q');
    put('a.conf', 'a\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    put('app.conf', `key = ${token}\n`);
    git('add', '.');
    git('commit', '-qm', 'two');
    put('.gitleaksignore', `${git('rev-parse', 'HEAD').trim()}:app.conf:any-rule:1\n`);
    const { findings } = await run({}, { kind: 'since', folder, revision: 'HEAD~1' });
    expect(findings.map(({ suppressed }) => suppressed?.by)).toEqual(['gitleaksignore']);
  });
});

describe('our own file', () => {
  const entry = (fields: string) => `allow:\n  - ${fields.replaceAll('; ', '\n    ')}\n`;

  it.each([
    ['a path', 'path: conf/*.conf; reason: a sample; until: 2027-01-31', true],
    ['folders of any depth', 'path: "**/*.conf"; reason: a sample; until: 2027-01-31', true],
    ['a whole folder', 'path: conf/; reason: a sample; until: 2027-01-31', true],
    ['a rule', 'rule: github-pat-classic; reason: a sample; until: 2027-01-31', true],
    ['its last day', 'path: conf/**; reason: a sample; until: 2026-11-22', true],
    ['a day that is over', 'path: conf/**; reason: a sample; until: 2026-11-21', false],
    ['a path not so deep', 'path: "*.conf"; reason: a sample; until: 2027-01-31', false],
    ['a rule, and another path', 'rule: github-pat-classic; path: x; reason: a sample; until: 2027-01-31', false],
    ['another rule', 'rule: github; reason: a sample; until: 2027-01-31', false],
  ])('names %s', async (_, fields, holds) => {
    put('.muster-scan.yaml', entry(fields));
    put('conf/app.conf', token);
    const { findings } = await run();
    expect(findings[0]!.suppressed?.by).toBe(holds ? 'allow-file' : undefined);
  });

  it.each([
    ['no list', 'allowed: []', /no list named/],
    ['nothing to leave alone', entry('reason: a; until: 2027-01-31'), /allow\[0\]: give it `path`, `rule`/],
    ['no reason', entry('path: a; until: 2027-01-31'), /say why/],
    ['an empty reason', entry('path: a; reason: " "; until: 2027-01-31'), /say why/],
    ['no end', entry('path: a; reason: a'), /last day/],
    ['an end that is no day', entry('path: a; reason: a; until: 2027-02-30'), /last day/],
    ['a word it does not know', entry('path: a; reason: a; until: 2027-01-31; line: 3'), /no `line`/],
    ['what is no YAML', 'allow: [', /not YAML/],
    ['an alias', 'a: &a [1]\nallow: *a', /not YAML|no list/],
  ])('with %s is refused, in words', async (_, text, words) => {
    put('.muster-scan.yaml', text);
    await expect(run()).rejects.toMatchObject({ code: 'allow_file_malformed', message: expect.stringMatching(words) });
  });
});

it('holds of a folder what stands at the root of its work tree', async () => {
  git('init', '-q');
  put('.gitleaks.toml', `[allowlist]\npaths = ['^conf/app']`);
  put('conf/app.conf', `${token}\n${other}\n`);
  const { findings } = await run({}, { kind: 'paths', paths: [path.join(folder, 'conf')], followIgnores: true });
  expect(findings.map(({ suppressed }) => suppressed?.by)).toEqual(['gitleaks-config', 'gitleaks-config']);
});
