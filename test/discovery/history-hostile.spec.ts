import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deflateSync, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { HistoryLog, type LogPass } from '../../src/discovery/history/attribution.js';
import { catReadable, ObjectPrint } from '../../src/discovery/history/cat-file.js';
import { HistoryThread } from '../../src/discovery/history/history-thread.js';
import { copiesOf } from '../../src/discovery/history/delta-copies.js';
import { CorruptStore, HistoryError } from '../../src/discovery/history/errors.js';
import { scanHistory } from '../../src/discovery/history/history-scan.js';
import { IdSet } from '../../src/discovery/history/id-set.js';
import { type Looking, startGit, startGitInto } from '../../src/discovery/history/git.js';
import { readLoose } from '../../src/discovery/history/loose-objects.js';
import { readMultiPackIndex } from '../../src/discovery/history/multi-pack-index.js';
import { MultiplePacks } from '../../src/discovery/history/multiple-packs.js';
import { ObjectHeap } from '../../src/discovery/history/object-heap.js';
import { closeStore, type ObjectStore, openStore } from '../../src/discovery/history/object-store.js';
import { readPackIndex } from '../../src/discovery/history/pack-index.js';
import { openIndex, preparePack } from '../../src/discovery/history/pack-job.js';
import { PACK_BOUNDS, PackScanner } from '../../src/discovery/history/pack-scanner.js';
import { LogRoom, type Placement, RawLog } from '../../src/discovery/history/raw-log.js';
import { findRepository } from '../../src/discovery/history/repository.js';
import { StructuredBlobs } from '../../src/discovery/history/structured-blobs.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { GitRepository } from './git-repository.js';
import { example, seeded } from './history-texts.js';

const OPTIONS = { describing: { key: Buffer.alloc(32, 7), at: new Date('2026-01-01T00:00:00Z') }, threads: 1 } as const;
const engine = new Engine(compileRules([]));
let folders: string[] = [];

afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  folders = [];
});

/** An object as it is to stand in a pack; its base by its place in the list, or by an id. */
interface Entry {
  readonly type: 'blob' | 'ofs-delta' | 'ref-delta';
  readonly content: Buffer;
  readonly base?: number;
  readonly baseId?: Buffer;
  readonly size?: number;
  readonly packed?: Buffer;
}

/** A bare repository of one pack, whatever sense it makes. */
function repositoryOf(entries: readonly Entry[], ids = entries.map((_, index) => idOf(index))): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-hostile-'));
  folders.push(folder);
  mkdirSync(path.join(folder, 'objects/pack'), { recursive: true });
  mkdirSync(path.join(folder, 'refs'));
  writeFileSync(path.join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  const { pack, offsets } = packOf(entries);
  writeFileSync(path.join(folder, 'objects/pack/pack-1.pack'), pack);
  writeFileSync(path.join(folder, 'objects/pack/pack-1.idx'), indexOf(ids, offsets, pack.subarray(-20)));
  return folder;
}

const always = () => true;

/** The id of a file's content. */
function blobOf(content: string): string {
  return createHash('sha1').update(`blob ${content.length}\0${content}`).digest('hex');
}

function idOf(index: number): Buffer {
  return createHash('sha1').update(String(index)).digest();
}

function packOf(entries: readonly Entry[]): { pack: Buffer; offsets: number[] } {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(entries.length, 8);
  const parts = [header];
  const offsets: number[] = [];
  let at = 12;
  for (const { type, content, base, baseId, size, packed } of entries) {
    offsets.push(at);
    const number = { blob: 3, 'ofs-delta': 6, 'ref-delta': 7 }[type];
    const bytes = [...sizeOf(number, size ?? content.length)];
    if (type === 'ofs-delta') bytes.push(...distanceOf(at - (offsets[base!] ?? 0)));
    const part = Buffer.concat([Buffer.from(bytes), baseId ?? Buffer.alloc(0), packed ?? deflateSync(content)]);
    parts.push(part);
    at += part.length;
  }
  const body = Buffer.concat(parts);
  return { pack: Buffer.concat([body, createHash('sha1').update(body).digest()]), offsets };
}

function* sizeOf(type: number, size: number): Iterable<number> {
  let rest = Math.floor(size / 16);
  yield (rest > 0 ? 128 : 0) | (type << 4) | (size % 16);
  for (; rest > 0; rest = Math.floor(rest / 128)) yield (rest >= 128 ? 128 : 0) | (rest % 128);
}

function distanceOf(distance: number): number[] {
  const bytes = [distance & 127];
  for (let rest = distance >> 7; rest > 0; rest >>= 7) bytes.unshift(128 | (--rest & 127));
  return bytes;
}

function indexOf(ids: readonly Buffer[], offsets: readonly number[], trailer: Buffer): Buffer {
  const order = ids.map((_, index) => index).sort((a, b) => Buffer.compare(ids[a]!, ids[b]!));
  const words = (values: readonly number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
    return bytes;
  };
  const fanout = Array.from({ length: 256 }, () => 0);
  for (const id of ids) fanout[id[0]!]! += 1;
  for (let byte = 1; byte < 256; byte++) fanout[byte]! += fanout[byte - 1]!;
  return Buffer.concat([
    Buffer.from('\xfftOc\0\0\0\x02', 'latin1'),
    words(fanout),
    ...order.map((index) => ids[index]!),
    words(order.map(() => 0)),
    words(order.map((index) => offsets[index]!)),
    trailer,
    Buffer.alloc(20),
  ]);
}

/** A delta: its sizes, then instructions as they stand. */
function deltaOf(baseSize: number, size: number, ...instructions: readonly number[]): Buffer {
  const length = (value: number): number[] =>
    value < 128 ? [value] : [128 | (value & 127), ...length(Math.floor(value / 128))];
  return Buffer.from([...length(baseSize), ...length(size), ...instructions]);
}

function opened<Told>(folder: string, ask: (store: ObjectStore) => Told): Told {
  const store = openStore(path.join(folder, 'objects'), 20);
  try {
    return ask(store);
  } finally {
    closeStore(store);
  }
}

async function skippedIn(folder: string): Promise<Record<string, string>> {
  const { skipped } = await scanHistory(folder, OPTIONS);
  return Object.fromEntries(
    skipped.filter(({ path: where }) => where !== '.git').map(({ path: where, reason }) => [where, reason]),
  );
}

const TEXT = Buffer.from('a text of some words\n');

describe('a hostile pack', () => {
  const whole: Entry = { type: 'blob', content: TEXT };
  const copyAll = [0x91, 0, TEXT.length];
  const rows: [string, Entry[], string][] = [
    ['declares a size that nobody has', [{ ...whole, size: 2 ** 44 }], 'too-large'],
    ['declares less than it holds', [{ ...whole, size: 4 }], 'corrupt'],
    ['declares more than it holds', [{ ...whole, size: 400 }], 'corrupt'],
    ['holds what is no zlib stream', [{ ...whole, packed: Buffer.alloc(30, 0x5a) }], 'corrupt'],
    [
      'inflates to more than any object',
      [{ ...whole, size: 20, packed: deflateSync(Buffer.alloc(50_000_000)) }],
      'corrupt',
    ],
    [
      'copies from behind the end of its base',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length, 40, 0x91, 10, 40) }],
      'corrupt',
    ],
    [
      'copies more than it says',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length, 4, ...copyAll) }],
      'corrupt',
    ],
    [
      'inserts more than it has',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length, 40, 40, 65) }],
      'corrupt',
    ],
    [
      'has an instruction that nobody has described',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length, 1, 0) }],
      'corrupt',
    ],
    [
      'is against a base of another size',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length + 1, TEXT.length, ...copyAll) }],
      'corrupt',
    ],
    [
      'explodes',
      [whole, { type: 'ofs-delta', base: 0, content: deltaOf(TEXT.length, 2 ** 40, ...copyAll) }],
      'too-large',
    ],
  ];
  it.each(rows)('that %s is skipped with the reason', async (_, entries, reason) => {
    expect(await skippedIn(repositoryOf(entries))).toEqual({ [idOf(entries.length - 1).toString('hex')]: reason });
  });

  it('whose deltas are each other’s bases ends', async () => {
    const content = deltaOf(TEXT.length, TEXT.length, ...copyAll);
    const folder = repositoryOf([
      { type: 'ref-delta', baseId: idOf(1), content },
      { type: 'ref-delta', baseId: idOf(0), content },
      whole,
    ]);
    const [first, second] = [idOf(0), idOf(1)].map((id) => id.toString('hex'));
    expect(await skippedIn(folder)).toEqual({ [first!]: 'corrupt', [second!]: 'corrupt' });
  });

  it('whose chain is longer than git reads is skipped from there on', async () => {
    const content = deltaOf(TEXT.length, TEXT.length, ...copyAll);
    const chain = Array.from({ length: 4200 }, (_, index): Entry => ({ type: 'ofs-delta', base: index, content }));
    const { skipped, objects } = await scanHistory(repositoryOf([whole, ...chain]), OPTIONS);
    expect([objects, skipped.filter(({ reason }) => reason === 'chain-too-long').length]).toEqual([4096, 105]);
  });

  it('with a base that the pack does not hold is left to git, which lacks it too', async () => {
    const folder = repositoryOf([{ type: 'ref-delta', baseId: idOf(99), content: deltaOf(1, 1, 0x91, 0, 1) }]);
    expect(Object.values(await skippedIn(folder)).every((reason) => ['missing', 'corrupt'].includes(reason))).toBe(
      true,
    );
  });
});

describe('a hostile store', () => {
  const whole: Entry = { type: 'blob', content: TEXT };
  const packFile = (folder: string, name = 'pack-1.pack') => path.join(folder, 'objects/pack', name);

  /** The place of an object that is none yet. */
  function loose(folder: string): string {
    mkdirSync(path.join(folder, 'objects/ab'));
    return path.join(folder, 'objects/ab', 'c'.repeat(38));
  }

  function twoAtOnePlace(folder: string): void {
    const { pack, offsets } = packOf([whole, whole]);
    const index = indexOf([idOf(0), idOf(1)], [offsets[0]!, offsets[0]!], pack.subarray(-20));
    writeFileSync(packFile(folder), pack);
    writeFileSync(packFile(folder, 'pack-1.idx'), index);
  }

  it('whose pack is called otherwise than packs are is read, as git reads it', async () => {
    const folder = repositoryOf([whole]);
    renameSync(packFile(folder), packFile(folder, 'other.pack'));
    renameSync(packFile(folder, 'pack-1.idx'), packFile(folder, 'other.idx'));
    expect((await scanHistory(folder, OPTIONS)).objects).toBe(1);
  });

  it.each<[string, (folder: string) => void, string]>([
    ['whose pack is empty', (folder) => writeFileSync(packFile(folder), ''), 'corrupt'],
    ['whose pack is a folder', (folder) => (rmSync(packFile(folder)), mkdirSync(packFile(folder))), 'corrupt'],
    [
      'whose pack is a pipe that nobody writes to',
      (folder) => (rmSync(packFile(folder)), execFileSync('mkfifo', [packFile(folder)])),
      'corrupt',
    ],
    [
      'whose index leaves an object out',
      (folder) => {
        const { pack, offsets } = packOf([whole, whole]);
        writeFileSync(packFile(folder), pack);
        writeFileSync(packFile(folder, 'pack-1.idx'), indexOf([idOf(0)], offsets.slice(0, 1), pack.subarray(-20)));
      },
      'corrupt',
    ],
    ['whose index names two objects at one place', twoAtOnePlace, 'corrupt'],
    ['whose pack begins as none does', (folder) => writeFileSync(packFile(folder), 'WRAP', { flag: 'r+' }), 'corrupt'],
    [
      'whose pack is of a version that nobody has described',
      (folder) => writeFileSync(packFile(folder), 'PACK\0\0\0\x04', { flag: 'r+' }),
      'corrupt',
    ],
    [
      'whose index is of another pack',
      (folder) => {
        const { offsets } = packOf([whole]);
        writeFileSync(packFile(folder, 'pack-1.idx'), indexOf([idOf(0)], offsets, Buffer.alloc(20)));
      },
      'corrupt',
    ],
    [
      'whose pack is a link to nothing',
      (folder) => (rmSync(packFile(folder)), symlinkSync('nothing', packFile(folder))),
      'missing',
    ],
    ['whose pack has no index', (folder) => rmSync(packFile(folder, 'pack-1.idx')), 'corrupt'],
    [
      'whose loose object is a pipe that nobody writes to',
      (folder) => execFileSync('mkfifo', [loose(folder)]),
      'corrupt',
    ],
    [
      'whose loose object is of a type that nobody has described',
      (folder) => writeFileSync(loose(folder), deflateSync('blub 3\0abc')),
      'corrupt',
    ],
    [
      'whose loose object is longer than any may be packed',
      (folder) => {
        const file = loose(folder);
        writeFileSync(file, '');
        truncateSync(file, 2 ** 33);
      },
      'too-large',
    ],
    [
      'whose loose object says that it is longer than any',
      (folder) => writeFileSync(loose(folder), deflateSync(`blob ${2 ** 40}\0abc`)),
      'too-large',
    ],
    [
      'whose packs cannot be listed',
      (folder) => {
        rmSync(path.join(folder, 'objects/pack'), { recursive: true });
        writeFileSync(path.join(folder, 'objects/pack'), '');
      },
      'unreadable',
    ],
    [
      'whose loose objects cannot be listed',
      (folder) => writeFileSync(path.join(folder, 'objects/ab'), ''),
      'unreadable',
    ],
  ])('%s is never taken for one that was read', async (_, change, reason) => {
    const folder = repositoryOf([whole]);
    change(folder);
    const { skipped } = await scanHistory(folder, { ...OPTIONS, attribute: false });
    expect(skipped.map((one) => one.reason)).toEqual([reason]);
  });

  it('that cannot be listed is not taken for what it was at the scan before', async () => {
    const folder = repositoryOf([whole]);
    const options = { ...OPTIONS, attribute: false, stateFolder: path.join(folder, 'state') };
    await scanHistory(folder, options);
    writeFileSync(path.join(folder, 'objects/ab'), '');
    expect((await scanHistory(folder, options)).skipped).toMatchObject([{ reason: 'unreadable' }]);
  });

  it('whose loose object is a pipe is not left to git, which would wait for its other end', () => {
    const pipe = loose(repositoryOf([]));
    execFileSync('mkfifo', [pipe]);
    expect(readLoose(pipe, 100)).toBe('corrupt');
  });

  it('whose index names two objects at one place is left to git, which does not mind', async () => {
    const folder = repositoryOf([whole]);
    twoAtOnePlace(folder);
    expect((await scanHistory(folder, { ...OPTIONS, attribute: false })).objects).toBe(2);
  });

  it('whose index is mended is read then, for it left no state', async () => {
    const folder = repositoryOf([whole]);
    const options = { ...OPTIONS, attribute: false, stateFolder: path.join(folder, 'state') };
    const index = readFileSync(packFile(folder, 'pack-1.idx'));
    writeFileSync(packFile(folder, 'pack-1.idx'), '');
    expect((await scanHistory(folder, options)).objects).toBe(0);
    writeFileSync(packFile(folder, 'pack-1.idx'), index);
    expect((await scanHistory(folder, options)).objects).toBe(1);
  });

  it('that is packed anew in the middle of a scan is never taken for one that was read', async () => {
    const folder = repositoryOf([whole]);
    const { skipped } = await scanHistory(folder, {
      ...OPTIONS,
      attribute: false,
      // Asked for when the store is open.
      get reader() {
        for (const end of ['pack', 'idx'])
          copyFileSync(packFile(folder, `pack-1.${end}`), packFile(folder, `pack-2.${end}`));
        return 'packs' as const;
      },
    });
    expect(skipped).toMatchObject([{ reason: 'changed-while-read' }]);
  });

  it('of more packs than are opened says so', () => {
    const folder = repositoryOf([whole]);
    for (let more = 0; more < 2000; more++) linkSync(packFile(folder), packFile(folder, `pack-more-${more}.pack`));
    const [packs, unreadable] = opened(folder, (store) => [store.packs.length, store.unreadable]);
    expect(packs).toBe(2000);
    expect(unreadable).toMatchObject([{ reason: 'too-many-packs' }]);
  });

  it('whose pack says that it holds more than it has room for has none', () => {
    const folder = repositoryOf([whole]);
    const pack = readFileSync(packFile(folder));
    pack.writeUInt32BE(2 ** 32 - 1, 8);
    writeFileSync(packFile(folder), pack);
    expect(opened(folder, ({ packs }) => packs)).toEqual([]);
  });

  it('whose index is longer than its pack has objects is refused before that is read', () => {
    const folder = repositoryOf([whole]);
    truncateSync(packFile(folder, 'pack-1.idx'), 2 ** 33);
    opened(folder, ({ packs }) => expect(() => openIndex(packs[0]!, 20)).toThrow(CorruptStore));
  });

  describe('of a multi-pack index', () => {
    const MULTIPLE = 'multi-pack-index';
    let repository: GitRepository;
    const objects = () => path.join(repository.folder, '.git/objects');
    const fileOf = (end: string) => {
      const folder = path.join(objects(), 'pack');
      return path.join(
        folder,
        readdirSync(folder).find((name) => name.endsWith(end))!,
      );
    };
    const namedBy = () => {
      const store = openStore(objects(), 20);
      try {
        return new MultiplePacks(store, 20).indexOf(store.packs[0]!)?.index.count ?? null;
      } finally {
        closeStore(store);
      }
    };

    beforeEach(() => {
      repository = GitRepository.create();
      repository.commit({ 'a.txt': 'a' });
      repository.repack();
      repository.git(MULTIPLE, 'write');
    });
    afterEach(() => repository.remove());

    it('that is sound reads a pack by it', () => expect(namedBy()).toBe(3));

    it.each<[string, () => void]>([
      [
        'is a pipe that nobody writes to',
        () => (rmSync(fileOf(MULTIPLE)), execFileSync('mkfifo', [path.join(objects(), 'pack', MULTIPLE)])),
      ],
      [
        'is longer than its packs have objects',
        () => (chmodSync(fileOf(MULTIPLE), 0o600), truncateSync(fileOf(MULTIPLE), 2 ** 22)),
      ],
    ])('that %s reads none', (_, change) => {
      change();
      expect(namedBy()).toBeNull();
    });

    it('that names more than a pack holds reads none', () => {
      const pack = readFileSync(fileOf('.pack'));
      pack.writeUInt32BE(2, 8);
      chmodSync(fileOf('.pack'), 0o600);
      writeFileSync(fileOf('.pack'), pack);
      expect(namedBy).toThrow(CorruptStore);
    });
  });

  const MANY = 150_000;
  const nothing: Entry = { type: 'ofs-delta', base: -1, content: TEXT, packed: Buffer.alloc(8) };
  it.each<[string, () => Entry[]]>([
    ['entries that make no sense', () => Array.from({ length: MANY }, () => nothing)],
    ['deltas in one chain', () => [whole, ...Array.from({ length: MANY }, (_, base) => ({ ...nothing, base }))]],
  ])('of more than a hundred thousand %s ends', async (_, entries) => {
    const { skipped } = await scanHistory(repositoryOf(entries()), { ...OPTIONS, attribute: false });
    expect(skipped).toHaveLength(MANY);
  });
});

describe('git', () => {
  let takeLook: () => void;
  const byHand: Looking = (look) => {
    takeLook = look;
    return () => (takeLook = () => undefined);
  };
  const take = (looks: number) => Array.from({ length: looks }, () => takeLook());
  const PATH = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = PATH;
  });

  async function printedBy(output: AsyncIterable<unknown>): Promise<Buffer> {
    const printed: Buffer[] = [];
    for await (const chunk of output) printed.push(chunk as Buffer);
    return Buffer.concat(printed);
  }

  it('that prints nothing is ended', async () => {
    const git = startGit(findRepository(repositoryOf([])), ['cat-file', '--batch'], byHand);
    take(60);
    await expect(git.done).rejects.toMatchObject({ code: 'git_failed' });
  });

  it('that prints nothing more is ended, also where nobody reads what it printed', async () => {
    const git = startGit(findRepository(repositoryOf([])), ['cat-file', '--batch'], byHand);
    git.input.write(`${idOf(0).toString('hex')}\n`);
    await once(git.output, 'readable');
    git.output.destroy();
    take(61);
    await expect(git.done).rejects.toMatchObject({ code: 'git_failed' });
  });

  describe('that prints nothing into a file', () => {
    function startedSilent() {
      const folder = repositoryOf([]);
      const pipe = path.join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const fd = openSync(path.join(folder, 'log'), 'wx+');
      return { fd, git: startGitInto(fd, findRepository(folder), ['hash-object', pipe], { looking: byHand }) };
    }

    it('is ended where it is asked for nothing more, and not looked at any longer', async () => {
      const { fd, git } = startedSilent();
      take(200);
      git.input.end();
      await expect(Promise.race([git.done, setTimeout(100, 'waiting')])).resolves.toBe('waiting');
      take(60);
      await expect(git.done).rejects.toMatchObject({ code: 'git_failed' });
      closeSync(fd);
      expect(() => take(1)).not.toThrow();
    });

    it('is not looked at any longer once it is stopped, for the file may be closed then', async () => {
      const { fd, git } = startedSilent();
      git.stop();
      closeSync(fd);
      expect(() => take(1)).not.toThrow();
      await expect(git.done).rejects.toMatchObject({ code: 'git_failed' });
    });
  });

  it('is waited for where it is we who do not read what it prints', async () => {
    const repository = GitRepository.create();
    try {
      const content = Buffer.alloc(4 * 1024 * 1024, 'a');
      repository.commit({ 'large.txt': content });
      const git = startGit(findRepository(repository.folder), ['cat-file', 'blob', 'HEAD:large.txt'], byHand);
      await once(git.output, 'readable');
      take(120);
      expect((await printedBy(git.output)).equals(content)).toBe(true);
      await git.done;
    } finally {
      repository.remove();
    }
  });

  it('that is not there is said to be', async () => {
    const folder = repositoryOf([]);
    process.env['PATH'] = path.join(folder, 'refs');
    const git = startGit(findRepository(folder), ['version']);
    await expect(git.done).rejects.toThrow('git cannot be started');
  });

  it('that reads nothing is asked again only so often', async () => {
    const folder = repositoryOf([]);
    writeFileSync(path.join(folder, 'refs/git'), '#!/bin/sh\necho asked >> "$0.log"\nexit 1\n', { mode: 0o700 });
    process.env['PATH'] = path.join(folder, 'refs');
    const ids = Array.from({ length: 40 }, (_, index) => idOf(index).toString('hex'));
    const types: string[] = [];
    for await (const { type } of catReadable(findRepository(folder), ids, 100)) types.push(type);
    expect(types).toEqual(ids.map(() => 'corrupt'));
    expect(readFileSync(path.join(folder, 'refs/git.log'), 'utf8').match(/asked/g)).toHaveLength(21);
  });

  it.each<[string, number, (log: HistoryLog, most: number) => LogPass]>([
    ['finds', 3, (log, most) => log.survey((name) => name !== 'd.txt', null, most)],
    ['lacks', 4, (log, most) => log.survey(always, IdSet.none, most)],
    ['has by a merge', 1, (log, most) => log.survey((name) => name === 'd.txt', null, most)],
    ['was asked for', 2, (log, most) => log.placesOf(new Set([blobOf('a'), blobOf('b')]), most)],
  ])(
    'that tells of more places that the store %s than are kept is not listened to any longer',
    async (_, most, ask) => {
      const repository = GitRepository.create();
      repository.commit({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
      repository.git('checkout', '-q', '-b', 'side');
      repository.commit({});
      repository.git('checkout', '-q', 'main');
      repository.git('merge', '-q', '--no-ff', '--no-commit', 'side');
      repository.commit({ 'd.txt': 'd' });
      const log = HistoryLog.start(findRepository(repository.folder));
      try {
        await expect(ask(log, most).end()).resolves.toBeDefined();
        await expect(ask(log, most - 1).end()).rejects.toMatchObject({ code: 'git_failed' });
      } finally {
        log.close();
        repository.remove();
      }
    },
  );

  it.each([
    ['as it lies in a file', 1_000_000, 'resolves'],
    ['as git prints it where that is more than a file may hold', 512, 'rejects'],
  ] as const)('gives what has a structure %s', async (_, mostBytes, printing) => {
    const repository = GitRepository.create();
    const contents = [1, 2, 3].map(
      (number) => `${'; a line\n'.repeat(40)}//h/:_authToken=${example('npm-access-token', seeded(number))}\n`,
    );
    for (const content of contents) repository.commit({ '.npmrc': content });
    const found = findRepository(repository.folder);
    const places = new Map(
      contents.map((content) => [blobOf(content), [{ path: '.npmrc', commits: [], commitCount: 0 }]]),
    );
    const print = ObjectPrint.start(found, mostBytes);
    const [blobs, withoutFile] = [new StructuredBlobs(found, mostBytes), new StructuredBlobs(found, mostBytes)];
    const ids = [...places.keys()];
    for (const asked of [print, blobs]) asked.ask(ids);
    const { TMPDIR } = process.env;
    try {
      process.env['TMPDIR'] = path.join(repository.folder, 'nowhere');
      withoutFile.ask(ids);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
    try {
      expect((await withoutFile.read(places, engine, OPTIONS.describing)).sightings).toHaveLength(3);
      await expect(print.objects(mostBytes))[printing].toBeInstanceOf(printing === 'rejects' ? HistoryError : Object);
      const structured = await blobs.read(places, engine, OPTIONS.describing);
      expect(structured.sightings).toHaveLength(3);
      expect([...structured.blobs].sort()).toEqual(ids.sort());
    } finally {
      print.close();
      blobs.close();
      repository.remove();
    }
  });

  it('may take only so much of the processor, of a disk and of memory', async () => {
    const folder = repositoryOf([]);
    const git = startGit(findRepository(folder), ['-c', 'alias.limits=!ulimit -t; ulimit -f; ulimit -d', 'limits']);
    const printed = await printedBy(git.output);
    await git.done;
    expect(printed.toString().split('\n').slice(0, 3)).toEqual(['1800', '8388608', '3145728']);
  });

  it('that prints a name without an end is not listened to any longer', () => {
    const log = new RawLog(new LogRoom(), () => undefined, 20);
    const endless = (buffer: Buffer) => buffer.fill('a').length;
    expect(() => Array.from({ length: 8 }, () => log.read(endless))).toThrow(
      expect.objectContaining({ code: 'git_failed' }),
    );
  });

  it('is read alike however little comes at a time', () => {
    const [one, other] = ['1', '2'].map((digit) => digit.repeat(40));
    const commit = `\u0001${one}\u00002026-11-22T00:00:00Z\0Ada\0\0`;
    const printed = `${commit}:100644 100644 ${one} ${other} M\0a.txt\0:100644 100644 ${one} ${one} M\0b/ä.txt\0`;
    const told = [1, 7, 1000].map((step) => {
      const left = Buffer.from(printed.repeat(3));
      const placements: Placement[] = [];
      const log = new RawLog(
        new LogRoom(),
        (changes) => {
          for (let index = 0; index < changes.count; index++) placements.push(changes.placement(index));
        },
        20,
      );
      let from = 0;
      while (from < left.length)
        log.read((buffer) => {
          const length = left.copy(buffer, 0, from, from + step);
          from += length;
          return length;
        });
      return placements;
    });
    expect(told[0]).toHaveLength(6);
    expect(told[0]!.slice(-1)).toEqual([
      { blob: one, path: 'b/ä.txt', commit: { id: one, at: '2026-11-22T00:00:00Z', author: 'Ada' }, isMerged: false },
    ]);
    expect(told.slice(1)).toEqual([told[0], told[0]]);
  });
});

describe('memory', () => {
  const MOST_BYTES = 400 * 1024 * 1024;

  it('does not grow with objects each of which is a byte longer than the one before', () => {
    const grown = new Engine(compileRules([]));
    for (let more = 0; more < 300; more++) grown.roomFor(2 * 1024 * 1024 + more);
    expect(grown.memory.length).toBeLessThan(MOST_BYTES);
  });

  it('is addressed beyond two gibibytes', () => {
    const grown = new Engine(compileRules([]));
    grown.reserve(2 ** 31);
    expect(grown.reserve(1)).toBeGreaterThan(2 ** 31);
  });

  it('that is cut up is cut anew between two objects, and bases are resolved again', () => {
    class CutUp extends ObjectHeap {
      cleared = 0;
      override get isCutUp(): boolean {
        return true;
      }
      override clear(): void {
        this.cleared++;
        super.clear();
      }
    }
    const text = Buffer.from('\0what is no text');
    const before = (letter: string, base: number, size: number): Entry => ({
      ...{ type: 'ofs-delta', base },
      content: deltaOf(size, size + 1, 1, letter.charCodeAt(0), 0x91, 0, size),
    });
    const folder = repositoryOf([
      { type: 'blob', content: text },
      before('a', 0, text.length),
      before('b', 1, text.length + 1),
      before('c', 0, text.length),
    ]);
    const store = openStore(path.join(folder, 'objects'), 20);
    const indexed = openIndex(store.packs[0]!, 20);
    const { job } = preparePack(new Engine(), indexed, 20, new Uint8Array(4).fill(1), () => false, 1);
    const scanning = new Engine(compileRules([]));
    const heap = new CutUp(scanning);
    const told: string[] = [];
    new PackScanner(scanning, heap, job!.fd, job!.entries, job!.plan, 20, {
      fresh: () => 0,
      again: () => undefined,
      binary: (_, at, length) => void told.push(Buffer.from(scanning.bytes(at, length)).toString()),
      skipped: (_, reason) => void told.push(reason),
      known: () => [],
    }).scan(0);
    closeStore(store);
    if (indexed.ids.in === 'file') closeSync(indexed.ids.fd);
    expect(told.sort()).toEqual(['', 'a', 'ba', 'c'].map((letters) => letters + text.toString()));
    expect(heap.cleared).toBe(4);
  });

  it('of many packs resolves no more beyond their lengths than of one', () => {
    const text = Buffer.from('words '.repeat(30));
    const copy: Entry = { type: 'ofs-delta', base: 0, content: deltaOf(180, 180, 0x91, 0, 180) };
    const entries: Entry[] = [{ type: 'blob', content: text }, ...Array.from({ length: 30 }, () => copy)];
    const bounds = { ...PACK_BOUNDS, expansion: 0, spareBytes: 40 * 180 };
    const thread = new HistoryThread(new Engine(compileRules([])), OPTIONS.describing, [], 0, bounds);
    const told = ['one', 'another'].map((pack) => {
      const ids = entries.map((_, index) => createHash('sha1').update(`${pack} ${index}`).digest());
      const folder = repositoryOf(entries, ids);
      return opened(folder, (store) => {
        const indexed = openIndex(store.packs[0]!, 20);
        const { job } = preparePack(new Engine(), indexed, 20, new Uint8Array(entries.length).fill(1), () => false, 1);
        for (let task = 0; task < job!.plan.tasks.length - 1; task++) thread.scanTask(job!, task);
        const { objects, skipped } = thread.report();
        return [objects, skipped.length, [...new Set(skipped.map(({ reason }) => reason))]];
      });
    });
    expect(told).toEqual([
      [31, 0, []],
      [31, 22, ['too-large']],
    ]);
  });

  it('does not grow with objects of every size, of which few are alive at a time', () => {
    const grown = new Engine(compileRules([]));
    const heap = new ObjectHeap(grown);
    for (let bytes = 1000; bytes < 32 * 1024 * 1024; bytes *= 1.25) {
      const blocks = Array.from({ length: Math.ceil((48 * 1024 * 1024) / bytes) }, () => heap.take(bytes));
      for (const block of blocks) heap.give(block);
      if (heap.isCutUp) heap.clear();
    }
    expect(grown.memory.length).toBeLessThan(MOST_BYTES);
  });
});

describe('the index of a pack', () => {
  const ids = [idOf(1), idOf(2), idOf(3)];
  const sound = indexOf(ids, [12, 40, 80], Buffer.alloc(20));

  it('is refused where it names places outside of the pack, or is cut short', () => {
    expect(readPackIndex(sound, 20, 200).count).toBe(3);
    expect(() => readPackIndex(sound, 20, 90)).toThrow(CorruptStore);
    expect(() => readPackIndex(sound.subarray(0, -70), 20, 200)).toThrow(CorruptStore);
  });

  it('gives what it holds or is refused, however it is damaged', () => {
    const chance = seeded(1);
    for (let round = 0; round < 2000; round++) {
      const file = damaged(sound, chance);
      const index = attempted(() => readPackIndex(file, 20, 200));
      if (index) expect([...index.offsets].every((offset) => offset >= 12 && offset < 180)).toBe(true);
      attempted(() => readMultiPackIndex(file, 20, () => 200));
    }
  });
});

describe('inflating', () => {
  const room = 1 << 20;
  const source = engine.reserve(room);
  const target = engine.reserve(room);

  function inflated(stream: Buffer, size: number): Buffer | null {
    engine.bytes(source, stream.length).set(stream);
    const read = engine.exports.inflate(source, stream.length, target, size);
    return read < 0 ? null : Buffer.from(engine.bytes(target, size));
  }

  it('agrees with zlib byte for byte, whatever the level, strategy and window', () => {
    const chance = seeded(2);
    for (let round = 0; round < 150; round++) {
      const content = contentBy(chance);
      const stream = deflateSync(content, {
        level: Math.floor(chance() * 10),
        strategy: Math.floor(chance() * 5),
        memLevel: 1 + Math.floor(chance() * 9),
        windowBits: 9 + Math.floor(chance() * 7),
      });
      expect(inflated(stream, content.length)?.equals(content)).toBe(true);
    }
  });

  it('takes of damaged streams those that zlib takes, and writes nothing behind the object', () => {
    const chance = seeded(3);
    for (let round = 0; round < 800; round++) {
      const content = contentBy(chance).subarray(0, 2000);
      const stream = damaged(deflateSync(content), chance);
      const judged = attempted(() => inflateSync(stream), Error);
      engine.bytes(target + content.length + 48, 64).fill(0xa5);
      const own = inflated(stream, content.length);
      expect(own !== null).toBe(judged?.length === content.length);
      if (own) expect(own.equals(judged!)).toBe(true);
      expect(engine.bytes(target + content.length + 48, 64).every((byte) => byte === 0xa5)).toBe(true);
    }
  });
});

describe('a delta', () => {
  const base = engine.reserve(65_536);
  const delta = engine.reserve(65_536);
  const target = engine.reserve(1 << 20);
  const ranges = engine.reserve(1 << 16);

  it('however it is damaged, stays within its result, and its copies are where they say', () => {
    const chance = seeded(4);
    const from = Buffer.from(Array.from({ length: 1000 }, () => Math.floor(chance() * 256)));
    engine.bytes(base, from.length).set(from);
    for (let round = 0; round < 5000; round++) {
      const sound = deltaOf(1000, 620, 0x91 | 0x20, 0, 244, 1, 0x91 | 0x02, 1, 1, 110, 10, ...Buffer.alloc(10, 65));
      const bytes = damaged(sound, chance);
      engine.bytes(delta, bytes.length).set(bytes);
      const length = engine.exports.deltaTarget(delta, bytes.length, 1000);
      if (length < 0 || length > 100_000) continue;
      engine.bytes(target + length, 64).fill(0xa5);
      const count = engine.exports.applyDelta(base, 1000, delta, bytes.length, target, length, ranges);
      expect(engine.bytes(target + length, 64).every((byte) => byte === 0xa5)).toBe(true);
      if (count < 0) continue;
      const result = Buffer.from(engine.bytes(target, length));
      for (const { from: start, to, at } of copiesOf(bytes))
        expect(result.subarray(at, at + to - start).equals(from.subarray(start, to))).toBe(true);
    }
  });
});

function contentBy(chance: () => number): Buffer {
  const length = Math.floor(chance() ** 3 * 30_000);
  const kind = Math.floor(chance() * 3);
  return Buffer.from(Array.from({ length }, () => [chance() * 256, chance() ** 3 * 256, 65 + chance() * 4][kind]!));
}

/** Some bits changed, bytes left out or put in, or the end cut off. */
function damaged(sound: Buffer, chance: () => number): Buffer {
  let bytes = Buffer.from(sound);
  for (let times = 1 + Math.floor(chance() * 3); times > 0; times--) {
    const at = Math.floor(chance() * bytes.length);
    const kind = Math.floor(chance() * 4);
    if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    else if (kind === 1) bytes = bytes.subarray(0, Math.max(at, 1));
    else bytes[at]! ^= 1 << Math.floor(chance() * 8);
  }
  return bytes;
}

/** What it gives; undefined where it refuses in the way that it may. */
function attempted<Result>(act: () => Result, refusal: new () => Error = CorruptStore): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof refusal || (error as Error).name === 'Error') return undefined;
    throw error;
  }
}
