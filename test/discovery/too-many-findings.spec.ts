import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scanHistory } from '../../src/discovery/history/history-scan.js';
import { HistoryThread } from '../../src/discovery/history/history-thread.js';
import { PACK_BOUNDS } from '../../src/discovery/history/pack-scanner.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { FINDING_BOUNDS } from '../../src/discovery/scan/finding-allowance.js';
import { Inspector } from '../../src/discovery/scan/inspector.js';
import { rulesInUse } from '../../src/discovery/scan/rules-in-use.js';

import { scan } from '../../src/discovery/scanner.js';
import { YamlAllowance } from '../../src/discovery/structures/index.js';
import { GitRepository } from './git-repository.js';
import { seeded } from './history-texts.js';

/** Nothing is told without end: what holds more credentials than anybody reads is told so far, and said to hold more. */

const DESCRIBING = { key: Buffer.alloc(32, 1), at: new Date('2026-11-22T00:00:00Z') };
const { ofObject } = FINDING_BOUNDS;
const { make } = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const chance = seeded(11);
const tokens = Array.from({ length: ofObject + 2 }, () => make(chance));
const bomb = gzipSync(Buffer.alloc(4_000_000, 'a')).toString('base64');
const many = gzipSync(`${tokens[0]} `.repeat(3000)).toString('base64');
const BOUNDS = { ofObject: 3, ofThread: 5 };
const { engine } = rulesInUse(null);

function fileOf(lines: readonly string[]): string {
  return lines.map((line) => `token = ${line}\n`).join('');
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'muster-many-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('of a file', () => {
  it.each([
    ['as many as are told', 0, []],
    ['one more', 1, [{ path: 'keys.txt', reason: 'too-many-findings' }]],
  ])('with %s', async (_what, more, skipped) => {
    writeFileSync(path.join(folder, 'keys.txt'), fileOf(tokens.slice(0, ofObject + more)));
    const subject = { kind: 'paths', paths: [folder], followIgnores: true, folder } as const;
    const result = await scan(subject, { ...DESCRIBING, rules: null });
    expect([result.findings.length, result.skipped]).toEqual([ofObject, skipped]);
  });

  it('what counts is told however many samples stand before it', () => {
    const inspector = new Inspector(engine, DESCRIBING, BOUNDS);
    const samples = tokens.slice(0, 4).map((token) => token.replace(/.{4}$/, 'EXAM'));
    inspector.content(Buffer.from(fileOf([...samples, tokens[0]!])), 'a');
    const told = inspector.sightings.map(({ location, verdict }) => `${location.line} ${verdict.band}`);
    expect(told).toEqual(['1 low', '2 low', '3 low', '5 high']);
  });

  it('the first are told, and of all files together so many', () => {
    const inspector = new Inspector(engine, DESCRIBING, BOUNDS);
    for (const name of ['a', 'b', 'c']) inspector.content(Buffer.from(fileOf(tokens.slice(0, 4))), name);
    expect(inspector.sightings.map(({ location }) => `${location.path}:${location.line}`)).toEqual([
      'a:1',
      'a:2',
      'a:3',
      'b:1',
      'b:2',
    ]);
    expect(inspector.skipped).toEqual(['a', 'b', 'c'].map((name) => ({ path: name, reason: 'too-many-findings' })));
  });
});

const WRAPPED: readonly (readonly [string, string, readonly string[], number])[] = [
  ['one bomb', `!${bomb}!\n${wrapped(tokens[1]!)}\n`, [], 1],
  ['bomb after bomb', `!${bomb}!\n`.repeat(3) + `${wrapped(tokens[1]!)}\n`, ['too-much-wrapped'], 0],
  ['many tokens', `!${many}!\n`, ['too-much-wrapped'], 1],
];

function wrapped(token: string): string {
  return Buffer.from(`token ${token} x`).toString('base64');
}

describe('of what is wrapped so much is unwrapped, and said that there is more', () => {
  it.each(WRAPPED)('of a file with %s', (_what, text, reasons, found) => {
    const inspector = new Inspector(engine, DESCRIBING);
    inspector.content(Buffer.from(text), 'a');
    inspector.content(Buffer.from(wrapped(tokens[2]!)), 'b');
    expect(inspector.skipped).toEqual(reasons.map((reason) => ({ path: 'a', reason })));
    const told = (name: string) => inspector.sightings.filter(({ location }) => location.path === name);
    expect([new Set(told('a').map(({ fingerprint }) => fingerprint)).size, told('b').length]).toEqual([found, 1]);
  });

  it.each(WRAPPED)('of a version with %s, packed or loose', async (_what, text, reasons, found) => {
    const repository = GitRepository.create();
    try {
      repository.commit({ 'a.txt': text });
      for (const pack of [false, true]) {
        if (pack) repository.git('gc', '-q');
        const result = await scanHistory(repository.folder, { describing: DESCRIBING, attribute: false });
        expect(result.skipped.map(({ reason }) => reason)).toEqual(reasons);
        expect(new Set(result.sightings.map(({ fingerprint }) => fingerprint)).size).toBe(found);
      }
    } finally {
      repository.remove();
    }
  });
});

it('whose it is is asked of no more than may be told', () => {
  let asked = 0;
  const describing = {
    ...DESCRIBING,
    get at() {
      asked++;
      return DESCRIBING.at;
    },
  };
  const samples = tokens.slice(0, 6).map((token) => token.replace(/.{4}$/, 'EXAM'));
  const inspector = new Inspector(engine, describing, BOUNDS);
  inspector.content(Buffer.from(fileOf([...samples, ...tokens.slice(0, 6)])), 'a');
  expect([inspector.sightings.length, asked]).toEqual([6, 6]);
});

it('so much of all files together is read as YAML, and said that there is more', () => {
  const manifest = 'kind: Secret\nstringData:\n  password: correct-horse-battery\n';
  const inspector = new Inspector(engine, DESCRIBING, FINDING_BOUNDS, new YamlAllowance(2 * manifest.length));
  for (const name of ['a.yaml', 'b.yaml', 'c.yaml']) inspector.content(Buffer.from(manifest), name);
  const told = inspector.sightings.map(({ rule, location }) => `${location.path} ${rule.id}`);
  expect(told).toEqual(['a.yaml kubernetes-secret', 'b.yaml kubernetes-secret']);
  expect(inspector.skipped).toEqual([{ path: 'c.yaml', reason: 'structure-too-large' }]);
});

describe('of a structure that nobody writes the text alone is looked through, and that is said', () => {
  const manifest = `kind: Secret # ${tokens[0]}\nstringData:\n  password: correct-horse-battery\n`;
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['as people write it', manifest, []],
    ['a template, which is not what its name says', `${manifest}  {{ include "more" . }}: }{\n`, []],
    ['too deep', `${manifest}  deep: ${'['.repeat(100)}\n`, ['structure-too-deep']],
    ['of a document that is too large', `${manifest}# ${'x'.repeat(600_000)}\n`, ['structure-too-large']],
    ['of too many large ones', `${manifest}# ${'x'.repeat(500_000)}\n---\n`.repeat(5), ['structure-too-large']],
  ];

  it.each(cases)('of a file, %s', (_what, text, reasons) => {
    const inspector = new Inspector(engine, DESCRIBING);
    inspector.content(Buffer.from(text), 'secret.yaml');
    expect(inspector.skipped).toEqual(reasons.map((reason) => ({ path: 'secret.yaml', reason })));
    expect(inspector.sightings.map(({ rule }) => rule.id)).toContain('github-pat-classic');
  });

  it.each(cases)('of a version, %s', async (_what, text, reasons) => {
    const repository = GitRepository.create();
    try {
      repository.commit({ 'secret.yaml': text });
      const { sightings, skipped } = await scanHistory(repository.folder, { describing: DESCRIBING });
      expect(skipped).toEqual(reasons.map((reason) => ({ path: 'secret.yaml', reason })));
      expect(sightings.map(({ rule }) => rule.id)).toContain('github-pat-classic');
    } finally {
      repository.remove();
    }
  });
});

describe('of a history', () => {
  let repository: GitRepository | undefined;
  afterEach(() => repository?.remove());

  it('each version is told so far, and what was not told in one is not in those that inherit it', async () => {
    repository = GitRepository.create();
    const [all, fewer] = [fileOf(tokens), fileOf(tokens.slice(2))];
    const versions = [all, `${all}# more\n`, fewer, fileOf(tokens.slice(-3))];
    for (const version of versions) repository.commit({ 'keys.txt': version });
    repository.git('gc', '-q');
    const { sightings, skipped } = await scanHistory(repository.folder, { describing: DESCRIBING, attribute: false });
    const cut = new Set(skipped.map(({ reason, path: blob }) => `${reason} ${blob}`));
    const told = new Map<string, number>();
    for (const { location } of sightings) told.set(location.blob!, (told.get(location.blob!) ?? 0) + 1);
    for (const [index, version] of versions.entries()) {
      const blob = repository.git('rev-parse', `HEAD~${versions.length - 1 - index}:keys.txt`);
      const [held, seen] = [version.split('token = ').length - 1, told.get(blob)!];
      expect(seen).toBeLessThanOrEqual(ofObject);
      expect([index, cut.has(`too-many-findings ${blob}`)]).toEqual([index, seen < held]);
      if (held > ofObject) expect(seen).toBe(ofObject);
    }
  });

  it('of all blobs together so many are told', () => {
    const thread = new HistoryThread(engine, DESCRIBING, [], 0, PACK_BOUNDS, BOUNDS);
    for (const blob of ['a', 'b', 'c']) thread.scanObject(blob, Buffer.from(fileOf(tokens.slice(0, 4))));
    const { sightings, descriptions, skipped } = thread.report();
    expect(sightings.map(({ blob, line }) => `${blob}:${line}`)).toEqual(['a:1', 'a:2', 'a:3', 'b:1', 'b:2']);
    expect(descriptions).toHaveLength(5);
    expect(skipped).toEqual(['a', 'b', 'c'].map((blob) => ({ blob, reason: 'too-many-findings' })));
  });
});
