import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/discovery/rules/index.js';
import {
  type Baseline,
  baselineOf,
  baselineText,
  emptyBaseline,
  readBaseline,
  scan,
  withBaseline,
} from '../../../src/discovery/scanner.js';
import { madeFinding } from '../reports/made-findings.js';
import { seeded } from '../scan/made-rules.js';

const AT = new Date('2026-11-22T10:00:00Z');
const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const tokens = Array.from({ length: 6 }, (_, index) => made.make(seeded(index + 1)));
const KEY = '01'.repeat(32);
const fingerprint = (letter: string) => letter.repeat(64);

let folder: string;
const folders: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'muster-baseline-'));
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
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], { cwd: folder }).toString();
}

async function findingsWith(baseline: ReturnType<typeof readBaseline>) {
  const { findings } = await scan(
    { kind: 'paths', paths: [folder], followIgnores: true },
    { at: AT, key: baseline.key },
  );
  return withBaseline(findings, baseline);
}

/** Scans the folder, and writes what counts there now. */
async function update(): Promise<void> {
  let before: ReturnType<typeof readBaseline> = emptyBaseline();
  try {
    before = readBaseline(readFileSync(path.join(folder, '.muster-baseline'), 'utf8'));
  } catch {
    // The first time.
  }
  put('.muster-baseline', baselineText(baselineOf(before.key, await findingsWith(before))));
}

describe('a baseline', () => {
  it('leaves alone what was there, wherever it is moved to, and nothing that is new', async () => {
    put('a.conf', `a = ${tokens[0]}\n`);
    await update();
    put('a.conf', '');
    put('deep/b.conf', `\n\n\nsomething before ${tokens[0]}\n${tokens[1]}\n`);
    const baseline = readBaseline(readFileSync(path.join(folder, '.muster-baseline'), 'utf8'));
    const findings = await findingsWith(baseline);
    expect(findings.map(({ lastFour, suppressed }) => [lastFour, suppressed?.by])).toEqual([
      [tokens[0]!.slice(-4), 'baseline'],
      [tokens[1]!.slice(-4), undefined],
    ]);
  });

  it('has a line for each secret in their order, without places and dates', () => {
    const findings = ['c', 'a', 'b'].map((letter) => madeFinding({ fingerprint: fingerprint(letter) }));
    const written = baselineText(baselineOf(Buffer.from(KEY, 'hex'), findings));
    expect(written.split('\n')).toEqual([
      `muster-baseline-1 ${KEY}`,
      ...['a', 'b', 'c'].map((letter) => `${fingerprint(letter)} github-pat-classic`),
      '',
    ]);
    expect(baselineText(readBaseline(written) as Baseline)).toBe(written);
  });

  it('takes up what counts, and what it had already; nothing that others left alone', () => {
    const inline = { by: 'inline', reason: null, until: null };
    const findings = [
      madeFinding({ fingerprint: fingerprint('a') }),
      madeFinding({ fingerprint: fingerprint('b'), suppressed: { ...inline, by: 'baseline' } }),
      madeFinding({ fingerprint: fingerprint('c'), suppressed: inline }),
      madeFinding({ fingerprint: fingerprint('d'), band: 'low' }),
    ];
    expect([...baselineOf(new Uint8Array(32), findings).entries.keys()]).toEqual(['a', 'b'].map(fingerprint));
  });

  it('gives another name to the same secret in every repository', () => {
    expect(emptyBaseline().key).not.toEqual(emptyBaseline().key);
  });

  it('merges by union, whoever wrote what on either side (gitattributes)', async () => {
    git('init', '-q');
    put('.gitattributes', '.muster-baseline merge=union\n');
    put('a.conf', `${tokens[0]}\n${tokens[1]}\n`);
    await update();
    git('add', '.');
    git('commit', '-qm', 'base');
    for (const [branch, file, token] of [
      ['left', 'left.conf', tokens[2]],
      ['right', 'right.conf', tokens[3]],
    ]) {
      git('checkout', '-q', '-b', branch!, 'main');
      put(file!, `${token}\n`);
      if (branch === 'right') put('a.conf', `${tokens[1]}\n`);
      await update();
      git('add', '.');
      git('commit', '-qm', branch!);
    }
    git('merge', '-q', '--no-edit', 'left');
    const merged = readBaseline(readFileSync(path.join(folder, '.muster-baseline'), 'utf8'));
    const findings = await findingsWith(merged);
    expect(findings).toHaveLength(3);
    expect(findings.filter(({ suppressed }) => suppressed === null)).toEqual([]);
    await update();
    expect(readFileSync(path.join(folder, '.muster-baseline'), 'utf8').split('\n')).toHaveLength(5);
  });

  const good = `muster-baseline-1 ${KEY}\n${fingerprint('a')} github-pat-classic\n`;
  it.each([
    ['nothing', ''],
    ['no key', good.split('\n')[1]!],
    ['a short key', good.replace(KEY, KEY.slice(1))],
    ['two keys', `${good}muster-baseline-1 ${'02'.repeat(32)}\n`],
    ['marks of a conflict', `${good}<<<<<<< HEAD\n`],
    ['another version', good.replace('baseline-1', 'baseline-2')],
    ['a short fingerprint', good.replace('aa', 'a')],
    ['a fingerprint without a rule', good.replace(' github-pat-classic', '')],
    ['a list that is no report', '[1, 2]'],
    ['a list that breaks off', '[{"File": "a"'],
  ])('with %s is refused', (_, text) => {
    expect(() => readBaseline(text)).toThrow(expect.objectContaining({ code: 'baseline_malformed' }));
  });

  it('is the same in any order, twice, with ends of lines of Windows', () => {
    const lines = good.trim().split('\n');
    for (const text of [`${lines[1]}\r\n${lines[0]}\r\n`, good + good, `\n${good}\n`])
      expect(baselineText(readBaseline(text) as Baseline)).toBe(good);
  });
});

describe("a report of gitleaks' as the baseline", () => {
  const entry = (changes: object) => ({
    ...{ RuleID: 'github-pat', File: 'a.conf', StartLine: 1, Secret: tokens[0], Match: tokens[0] },
    ...changes,
  });

  it.each([
    ['its secret, wherever it stands', { File: 'elsewhere', StartLine: 9 }, true],
    ['its place, where the secret is redacted', { Secret: 'REDACTED' }, true],
    ['its place, where a part is redacted', { Secret: `${tokens[0]!.slice(0, 8)}...` }, true],
    ['another secret at the same place', { Secret: tokens[1] }, false],
    ['another place, redacted', { Secret: 'REDACTED', StartLine: 2 }, false],
  ])('knows by %s', async (_, changes, isKnown) => {
    put('a.conf', `${tokens[0]}\n`);
    const baseline = readBaseline(JSON.stringify([entry(changes)]));
    const findings = await findingsWith(baseline);
    expect(findings.map(({ suppressed }) => suppressed?.by)).toEqual([isKnown ? 'baseline' : undefined]);
  });

  it('may be empty', () => {
    expect(readBaseline('[]')).toMatchObject({ kind: 'gitleaks' });
  });
});
