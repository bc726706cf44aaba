import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { copiesOf } from '../../src/discovery/history/delta-copies.js';
import { CorruptStore } from '../../src/discovery/history/errors.js';
import { scanHistory } from '../../src/discovery/history/history-scan.js';
import { type Looking, startGit, startGitInto } from '../../src/discovery/history/git.js';
import { readMultiPackIndex } from '../../src/discovery/history/multi-pack-index.js';
import { ObjectHeap } from '../../src/discovery/history/object-heap.js';
import { readPackIndex } from '../../src/discovery/history/pack-index.js';
import { RawLog } from '../../src/discovery/history/raw-log.js';
import { findRepository } from '../../src/discovery/history/repository.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { GitRepository } from './git-repository.js';
import { seeded } from './history-texts.js';

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
    [
      'whose index names two objects at one place',
      (folder) => {
        const { pack, offsets } = packOf([whole, whole]);
        const index = indexOf([idOf(0), idOf(1)], [offsets[0]!, offsets[0]!], pack.subarray(-20));
        writeFileSync(packFile(folder), pack);
        writeFileSync(packFile(folder, 'pack-1.idx'), index);
      },
      'corrupt',
    ],
    [
      'whose index is longer than its pack has objects',
      (folder) => truncateSync(packFile(folder, 'pack-1.idx'), 2 ** 33),
      'corrupt',
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
    [
      'whose pack is a link to nothing',
      (folder) => (rmSync(packFile(folder)), symlinkSync('nothing', packFile(folder))),
      'missing',
    ],
  ])('%s is never taken for one that was read', async (_, change, reason) => {
    const folder = repositoryOf([whole]);
    change(folder);
    const { skipped } = await scanHistory(folder, { ...OPTIONS, attribute: false });
    expect(skipped.map((one) => one.reason)).toEqual([reason]);
  });

  it('of more than a hundred thousand entries that make no sense ends', async () => {
    const nothing: Entry = { type: 'ofs-delta', base: -1, content: TEXT, packed: Buffer.alloc(8) };
    const { skipped } = await scanHistory(repositoryOf(Array.from({ length: 150_000 }, () => nothing)), {
      ...OPTIONS,
      attribute: false,
    });
    expect(skipped).toHaveLength(150_000);
  });
});

describe('git', () => {
  let takeLook: () => void;
  const byHand: Looking = (look) => {
    takeLook = look;
    return () => (takeLook = () => undefined);
  };
  const take = (looks: number) => Array.from({ length: looks }, () => takeLook());
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
      return { fd, git: startGitInto(fd, findRepository(folder), ['hash-object', pipe], byHand) };
    }

    it('is ended', async () => {
      const { fd, git } = startedSilent();
      take(60);
      await expect(git.done).rejects.toMatchObject({ code: 'git_failed' });
      closeSync(fd);
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

  it('may take only so much of the processor, of a disk and of memory', async () => {
    const folder = repositoryOf([]);
    const git = startGit(findRepository(folder), ['-c', 'alias.limits=!ulimit -t; ulimit -f; ulimit -d', 'limits']);
    const printed = await printedBy(git.output);
    await git.done;
    expect(printed.toString().split('\n').slice(0, 3)).toEqual(['1800', '8388608', '3145728']);
  });

  it('that prints a name without an end is not listened to any longer', () => {
    const log = new RawLog(
      () => true,
      () => undefined,
      40,
    );
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    expect(() => Array.from({ length: 8 }, () => log.read(chunk))).toThrow(
      expect.objectContaining({ code: 'git_failed' }),
    );
  });
});

describe('memory', () => {
  const MOST_BYTES = 400 * 1024 * 1024;

  it('does not grow with objects each of which is a byte longer than the one before', () => {
    const grown = new Engine(compileRules([]));
    for (let more = 0; more < 300; more++) grown.roomFor(2 * 1024 * 1024 + more);
    expect(grown.memory.length).toBeLessThan(MOST_BYTES);
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
