import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findRepository } from '../../src/discovery/history/repository.js';
import { type HistoryOptions, scanHistory } from '../../src/discovery/history/history-scan.js';
import type { Sighting } from '../../src/discovery/scan/sighting.js';
import { GitRepository } from './git-repository.js';
import { example, lines, privateKey, seeded, versions } from './history-texts.js';

const OPTIONS: HistoryOptions = {
  describing: { key: Buffer.alloc(32, 7), at: new Date('2026-01-01T00:00:00Z') },
  threads: 1,
};
let made: GitRepository[] = [];

afterEach(() => {
  for (const repository of made) repository.remove();
  made = [];
});

function create(...parameters: string[]): GitRepository {
  const repository = GitRepository.create(...parameters);
  made.push(repository);
  return repository;
}

/** What is found, one line a place. */
async function found(repository: GitRepository, options: Partial<HistoryOptions> = {}): Promise<string[]> {
  return linesOf((await scanHistory(repository.folder, { ...OPTIONS, ...options })).sightings);
}

function linesOf(sightings: readonly Sighting[]): string[] {
  return sightings
    .map(({ rule, fingerprint, location: { path, blob, line, column, endLine, endColumn, within, commits } }) =>
      [rule.id, fingerprint, path, blob, line, column, endLine, endColumn, within, commits.map(({ id }) => id)].join(
        ' ',
      ),
    )
    .sort();
}

async function expectWhatGitPrints(repository: GitRepository): Promise<string[]> {
  const own = await found(repository);
  expect(own).toEqual(await found(repository, { reader: 'git' }));
  return own;
}

const KEYS = [privateKey(), privateKey().replaceAll(/^/gm, '    ')];

describe('history', () => {
  it.each([1, 2, 3])('finds in deltas of every kind what is in the blobs (seed %i)', async (seed) => {
    const repository = create();
    repository.history('config.js', versions(60, seeded(seed), KEYS));
    repository.repack();
    expect(deltasOf(repository)).toBeGreaterThan(20);
    expect((await expectWhatGitPrints(repository)).length).toBeGreaterThan(50);
  });

  describe('reads whatever a store is made of:', () => {
    const rows: [string, (repository: GitRepository) => GitRepository | void][] = [
      ['loose objects', () => undefined],
      [
        'several packs, and the same objects in two of them',
        (repository) => {
          repository.git('repack', '-q');
          repository.commit({ 'b.js': text(2) });
          repository.git('repack', '-q');
          repository.git('repack', '-q', '-a', '--keep-unreachable');
          repository.commit({ 'c.js': text(3) });
          repository.git('repack', '-q', '-a');
        },
      ],
      [
        'deltas by id',
        (repository) => {
          repository.history('d.js', versions(20, seeded(4), KEYS));
          repository.git('-c', 'repack.useDeltaBaseOffset=false', 'repack', '-q', '-a', '-d', '-f');
        },
      ],
      [
        'an index of version 1',
        (repository) => {
          repository.git('-c', 'pack.indexVersion=1', 'repack', '-q', '-a', '-d', '-f');
        },
      ],
      [
        'a multi-pack index, without the indexes',
        (repository) => {
          repository.git('repack', '-q');
          repository.history('d.js', versions(20, seeded(4), KEYS));
          repository.git('repack', '-q');
          repository.git('multi-pack-index', 'write');
          for (const name of packFiles(repository).filter((file) => file.endsWith('.idx'))) rmSync(name);
        },
      ],
      [
        'alternates of alternates, in a circle',
        (repository) => {
          const clone = repository.clone('borrower', '--no-checkout');
          const { objectsDirectory: ours } = findRepository(repository.folder);
          const { objectsDirectory: theirs } = findRepository(clone.folder);
          rmSync(theirs, { recursive: true });
          mkdirSync(path.join(theirs, 'info'), { recursive: true });
          writeFileSync(path.join(theirs, 'info', 'alternates'), `# ours\n../../../work/.git/objects\n`);
          writeFileSync(path.join(ours, 'info', 'alternates'), `${theirs}\n`);
          return clone;
        },
      ],
      [
        'a worktree',
        (repository) => {
          repository.git('worktree', 'add', '-q', '../tree');
          return repository.beside('tree');
        },
      ],
      ['a bare repository', (repository) => repository.clone('bare.git', '--bare')],
      ['a shallow clone', (repository) => repository.clone('shallow', '--depth=1')],
    ];
    it.each(rows)('%s', async (_, arrange) => {
      const repository = create();
      repository.commit({ 'a.js': text(1), 'deep/pipe.yaml': text(5) });
      const arranged = arrange(repository) ?? repository;
      expect((await expectWhatGitPrints(arranged)).length).toBeGreaterThan(0);
    });

    it('ids of SHA-256', async () => {
      const repository = create('--object-format=sha256');
      repository.history('d.js', versions(20, seeded(4), KEYS));
      repository.commit({ 'a.js': text(1) });
      repository.repack();
      repository.commit({ 'b.js': text(2) });
      expect((await expectWhatGitPrints(repository)).length).toBeGreaterThan(10);
    });
  });

  it('finds what no branch leads to any more, and says so', async () => {
    const repository = create();
    repository.commit({ 'a.js': lines(20, seeded(1)).join('\n') });
    const pushed = repository.commit({ 'a.js': text(1) });
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    const { sightings } = await scanHistory(repository.folder, OPTIONS);
    const blob = repository.git('rev-parse', `${pushed}:a.js`);
    expect(sightings.map(({ location }) => location)).toEqual([
      expect.objectContaining({ path: blob, blob, unreachable: true, commits: [], commitCount: 0 }),
    ]);
  });

  it('names path, line and the commits that brought it, the oldest first, also where a merge did', async () => {
    const repository = create();
    repository.commit({ 'a.js': 'one\n' });
    const first = repository.commit({ 'a.js': `one\n${text(1)}` });
    repository.commit({ 'a.js': 'one\n' });
    const third = repository.commit({ 'a.js': `one\n${text(1)}` });
    repository.git('checkout', '-q', '-b', 'side', 'HEAD~3');
    repository.commit({ 'b.js': 'side\n' });
    repository.git('checkout', '-q', 'main');
    repository.git('merge', '-q', '--no-commit', 'side');
    const merged = repository.commit({ 'b.js': text(2), 'c.js': `one\n${text(1)}` }, 'merge');
    const { sightings } = await scanHistory(repository.folder, OPTIONS);
    const places = sightings.map(({ location }) => location).sort((x, y) => (x.path < y.path ? -1 : 1));
    expect(places).toEqual([
      expect.objectContaining({ path: 'a.js', line: 2, commitCount: 2, unreachable: false }),
      expect.objectContaining({ path: 'b.js', line: 1, commitCount: 1, unreachable: false }),
      expect.objectContaining({ path: 'c.js', line: 2, commitCount: 1, unreachable: false }),
    ]);
    expect(places.map(({ commits }) => commits.map(({ id }) => id))).toEqual([[first, third], [merged], [merged]]);
    expect(places[0]!.commits[0]).toEqual({ id: first, at: expect.stringMatching(/^2023-11-14T22:/), author: 'Ada' });
  });

  it('tells which blobs a partial clone lacks, and scans the others', async () => {
    const repository = create();
    repository.commit({ 'a.js': text(1), 'big.js': text(2) + lines(400, seeded(1)).join('\n') });
    repository.git('config', 'uploadpack.allowFilter', 'true');
    const clone = repository.clone('partial', '--filter=blob:limit=4k', '--no-checkout');
    const { sightings, skipped } = await scanHistory(clone.folder, OPTIONS);
    expect(sightings.map(({ location }) => location.path)).toEqual(['a.js']);
    expect(skipped).toEqual([{ path: 'big.js', reason: 'missing' }]);
  });

  describe('a second scan', () => {
    async function scanned(repository: GitRepository, options: Partial<HistoryOptions> = {}) {
      const stateFolder = path.join(path.dirname(repository.folder), 'states');
      const result = await scanHistory(repository.folder, { ...OPTIONS, stateFolder, ...options });
      return { ...result, lines: linesOf(result.sightings) };
    }

    it('of the same repository reads nothing, and says the same', async () => {
      const repository = create();
      repository.history('config.js', versions(20, seeded(4), KEYS));
      repository.commit({ '.npmrc': `//registry.example/:_authToken=${example('npm-access-token', seeded(3))}\n` });
      const first = await scanned(repository);
      const second = await scanned(repository);
      expect(first.lines.length).toBeGreaterThan(10);
      expect([second.objects, second.lines]).toEqual([0, first.lines]);
      repository.repack();
      const third = await scanned(repository);
      expect([third.objects, third.lines]).toEqual([0, first.lines]);
    });

    it('reads only what is new, which inherits from what was known', async () => {
      const repository = create();
      const all = versions(30, seeded(5), KEYS);
      repository.history('config.js', all.slice(0, 29));
      repository.repack();
      await scanned(repository);
      repository.history('config.js', all.slice(29));
      repository.repack();
      const { objects, lines: found } = await scanned(repository);
      expect(objects).toBeGreaterThan(0);
      expect(found).toEqual((await scanned(repository, { stateFolder: null })).lines);
    });

    it('says of other refs where things are now', async () => {
      const repository = create();
      repository.commit({ 'a.js': 'one\n' });
      repository.commit({ 'a.js': text(1) });
      await scanned(repository);
      repository.git('reset', '-q', '--hard', 'HEAD~1');
      const { objects, sightings } = await scanned(repository);
      expect([objects, sightings[0]!.location.unreachable]).toEqual([0, true]);
    });

    it.each<[string, (file: string) => void]>([
      ['somebody changed', (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('x')]))],
      ['is cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 40))],
      ['others may write', (file) => chmodSync(file, 0o622)],
    ])('reads all again where its state %s', async (_, change) => {
      const repository = create();
      repository.commit({ 'a.js': text(1) });
      const { lines: found } = await scanned(repository);
      change(stateFile(repository));
      const again = await scanned(repository);
      expect([again.objects, again.lines]).toEqual([1, found]);
    });

    it.each<[string, (repository: GitRepository) => [file: string, at: number]]>([
      ['an object', (repository) => [looseFile(repository, 'a.js'), 20]],
      ['a structured object', (repository) => [looseFile(repository, '.npmrc'), 20]],
      ['a part of a pack', (repository) => packedPlace(repository, 'a.js')],
    ])('after one that found %s corrupt, and a repair, finds what could not be read', async (_, placeOf) => {
      const repository = create();
      repository.commit({
        'a.js': text(1),
        '.npmrc': `//registry.example/:_authToken=${example('npm-access-token', seeded(3))}\n`,
      });
      const [file, at] = placeOf(repository);
      const sound = readFileSync(file);
      chmodSync(file, 0o600);
      writeFileSync(file, Buffer.from(sound).fill(0x5a, at, at + 10));
      const broken = await scanned(repository);
      expect(broken.skipped.map(({ reason }) => reason)).toContain('corrupt');
      writeFileSync(file, sound);
      const { lines: found } = await scanned(repository);
      expect(found).toEqual((await scanned(repository, { stateFolder: null })).lines);
      expect(found.length).toBeGreaterThan(broken.lines.length);
    });

    it('says of a structured object that it is corrupt by now', async () => {
      const repository = create();
      repository.commit({ '.npmrc': `//registry.example/:_authToken=${example('npm-access-token', seeded(3))}\n` });
      await scanned(repository);
      const file = looseFile(repository, '.npmrc');
      chmodSync(file, 0o600);
      writeFileSync(file, Buffer.from(readFileSync(file)).fill(0x5a, 20, 30));
      repository.commit({ 'a.js': text(1) });
      expect((await scanned(repository)).skipped).toEqual([{ path: '.npmrc', reason: 'corrupt' }]);
    });

    it('reads all again for another key, and leaves a state for its owner alone that holds no secret', async () => {
      const repository = create();
      repository.commit({ 'a.js': text(1) });
      await scanned(repository);
      const state = stateFile(repository);
      expect(statSync(state).mode & 0o777).toBe(0o600);
      expect(readFileSync(state).includes(example('github-pat-classic', seeded(1)))).toBe(false);
      const describing = { ...OPTIONS.describing, key: Buffer.alloc(32, 8) };
      expect((await scanned(repository, { describing })).objects).toBe(1);
    });
  });
});

function text(seed: number): string {
  return `const token = "${example('github-pat-classic', seeded(seed))}";\n`;
}

function looseFile(repository: GitRepository, name: string): string {
  const id = repository.git('rev-parse', `HEAD:${name}`);
  return path.join(findRepository(repository.folder).objectsDirectory, id.slice(0, 2), id.slice(2));
}

/** Where a file's compressed bytes lie in the one pack that there is then. */
function packedPlace(repository: GitRepository, name: string): [file: string, at: number] {
  repository.repack();
  const files = packFiles(repository);
  const listed = repository.git(
    'verify-pack',
    '-v',
    files.find((file) => file.endsWith('.idx'))!,
  );
  const id = repository.git('rev-parse', `HEAD:${name}`);
  const offset = Number(new RegExp(`^${id} \\w+ +\\d+ \\d+ (\\d+)`, 'm').exec(listed)![1]);
  return [files.find((file) => file.endsWith('.pack'))!, offset + 8];
}

function stateFile(repository: GitRepository): string {
  const folder = path.join(path.dirname(repository.folder), 'states');
  return path.join(folder, readdirSync(folder)[0]!);
}

function packFiles(repository: GitRepository): string[] {
  const folder = path.join(findRepository(repository.folder).objectsDirectory, 'pack');
  return readdirSync(folder).map((name) => path.join(folder, name));
}

function deltasOf(repository: GitRepository): number {
  const indexes = packFiles(repository).filter((name) => name.endsWith('.idx'));
  const counted = repository.git('verify-pack', '-s', ...indexes).matchAll(/^chain length = \d+: (\d+) object/gm);
  return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
}
