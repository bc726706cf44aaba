import { closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CorruptStore } from './errors.js';
import { IdSet } from './id-set.js';
import { readMultiPackIndex } from './multi-pack-index.js';
import type { IdBytes } from './object-id.js';
import type { ObjectStore, StoredPack } from './object-store.js';
import { type IndexedPack, inMemory } from './pack-job.js';
import type { PackIndex } from './pack-index.js';
import { openStoreFile } from './store-file.js';

/** Beside the id of an object: places in two orders, an offset and a large one. */
const ROW_BYTES = 32;
const NAMES_BYTES = 1024 * 1024;

/** The multi-pack indexes of a store, each read once, and only where a pack has no index of its own. */
export class MultiplePacks {
  private read: readonly ReadonlyMap<string, PackIndex>[] | undefined;

  constructor(
    private readonly store: ObjectStore,
    private readonly idBytes: IdBytes,
  ) {}

  /** @returns null where none names the pack. @throws CorruptStore */
  indexOf(pack: StoredPack): IndexedPack | null {
    this.read ??= this.store.multiPackIndexes.map((file) => this.indexesIn(file));
    const index = this.read.flatMap((indexes) => indexes.get(pack.file) ?? [])[0];
    if (!index) return null;
    if (index.count > pack.objects) throw new CorruptStore('A multi-pack index names more objects than a pack holds.');
    return { pack, index, ids: inMemory(index), idSet: IdSet.of(index.ids, this.idBytes) };
  }

  /** By the file of the pack; of one that cannot be read, nothing. */
  private indexesIn(file: string): ReadonlyMap<string, PackIndex> {
    const { packs } = this.store;
    const fileOf = (name: string) => path.join(path.dirname(file), name);
    const bytesOf = (name: string) => packs.find((pack) => pack.file === fileOf(name))?.bytes ?? null;
    try {
      const indexes = readMultiPackIndex(this.bytesOf(file), this.idBytes, bytesOf);
      return new Map([...indexes].map(([name, index]) => [fileOf(name), index]));
    } catch {
      // Whoever asks has a pack without any index then, and says so.
      return new Map();
    }
  }

  private bytesOf(file: string): Buffer {
    const { fd, bytes } = openStoreFile(file);
    try {
      const objects = this.store.packs.reduce((sum, pack) => sum + pack.objects, 0);
      if (bytes > NAMES_BYTES + objects * (this.idBytes + ROW_BYTES))
        throw new CorruptStore('A multi-pack index is longer than its packs have objects.');
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
