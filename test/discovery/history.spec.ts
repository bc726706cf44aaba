import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findRepository } from '../../src/discovery/history/repository.js';
import { type HistoryOptions, scanHistory } from '../../src/discovery/history/history-scan.js';
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
  const { sightings } = await scanHistory(repository.folder, { ...OPTIONS, ...options });
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
    const merged = repository.commit({ 'b.js': text(2) }, 'merge');
    const { sightings } = await scanHistory(repository.folder, OPTIONS);
    const places = sightings.map(({ location }) => location).sort((x, y) => (x.path < y.path ? -1 : 1));
    expect(places).toEqual([
      expect.objectContaining({ path: 'a.js', line: 2, commitCount: 2, unreachable: false }),
      expect.objectContaining({ path: 'b.js', line: 1, commitCount: 1, unreachable: false }),
    ]);
    expect(places.map(({ commits }) => commits.map(({ id }) => id))).toEqual([[first, third], [merged]]);
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

  it('does the same on two threads as on one', async () => {
    const repository = create();
    repository.history('d.js', versions(20, seeded(4), KEYS));
    repository.repack();
    expect(await found(repository, { threads: 2 })).toEqual(await found(repository));
  });
});

function text(seed: number): string {
  return `const token = "${example('github-pat-classic', seeded(seed))}";\n`;
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
