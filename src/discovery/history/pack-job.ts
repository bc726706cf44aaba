import { closeSync, readFileSync, readSync } from 'node:fs';
import type { SkippedBlob } from './blob-sighting.js';
import type { Engine } from '../scan/engine.js';
import { CorruptStore } from './errors.js';
import { type FamilyPlan, planFamilies } from './families.js';
import { IdSet } from './id-set.js';
import { hexOf, type IdBytes } from './object-id.js';
import { indexNameOf, type StoredPack } from './object-store.js';
import { CHAIN_TOO_LONG, LOOPING, type PackEntries, readPackEntries, UNREADABLE } from './pack-entries.js';
import { type PackIndex, readPackIndex } from './pack-index.js';
import { openStoreFile } from './store-file.js';

/** All that a thread needs to scan a pack: shared memory and open files. */
export interface PackJob {
  readonly fd: number;
  readonly idBytes: IdBytes;
  readonly entries: PackEntries;
  readonly plan: FamilyPlan;
  readonly ids: PackIds;
}

/** Ids by rank. They stay in the index's file, open, unless there is none of that order: they are wanted for findings only. */
export type PackIds =
  | { readonly in: 'file'; readonly fd: number; readonly at: number }
  | { readonly in: 'memory'; readonly bytes: Uint8Array };

export function idOf(ids: PackIds, rank: number, idBytes: IdBytes): string {
  if (ids.in === 'memory') return hexOf(ids.bytes, rank * idBytes, idBytes);
  const id = Buffer.allocUnsafe(idBytes);
  readSync(ids.fd, id, 0, idBytes, ids.at + rank * idBytes);
  return id.toString('hex');
}

/** Of an index of version 2: behind a header of eight bytes and the fan-out table. */
const IDS_AT = 8 + 1024;

/** A pack's index, and the ids that it names. */
export interface IndexedPack {
  readonly pack: StoredPack;
  readonly index: PackIndex;
  readonly ids: PackIds;
  readonly idSet: IdSet;
}

/** Of an object in an index: a check sum, an offset and a large one. */
const ROW_BYTES = 16;

/**
 * Reads the index beside a pack.
 *
 * @throws CorruptStore where it is malformed or another pack's; the system's error where there is none
 */
export function openIndex(pack: StoredPack, idBytes: IdBytes): IndexedPack {
  const { fd, bytes } = openStoreFile(indexNameOf(pack.file));
  try {
    if (bytes > IDS_AT + pack.objects * (idBytes + ROW_BYTES) + 2 * idBytes)
      throw new CorruptStore('An index is longer than its pack has objects.');
    const index = readPackIndex(readFileSync(fd), idBytes, pack.bytes);
    if (index.count !== pack.objects) throw new CorruptStore('An index names other objects than its pack holds.');
    if (index.packTrailer && Buffer.from(index.packTrailer).toString('hex') !== pack.trailer)
      throw new CorruptStore('An index is of another pack.');
    // Version 1 has no ids in a row: they were copied together.
    const inFile = index.ids.byteOffset === IDS_AT;
    const ids: PackIds = inFile ? { in: 'file', fd, at: IDS_AT } : inMemory(index);
    const idSet = IdSet.of(index.ids, idBytes);
    if (!inFile) closeSync(fd);
    return { pack, index, ids, idSet };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export function inMemory(index: PackIndex): PackIds {
  const bytes = new Uint8Array(new SharedArrayBuffer(index.ids.length));
  bytes.set(index.ids);
  return { in: 'memory', bytes };
}

/** What a pack's scan comes to, and what our reader cannot give. */
export interface PreparedPack {
  readonly job: PackJob | null;
  /** Of a type that nobody can say, for their base is not in the pack: git may know better. */
  readonly unreadable: readonly string[];
  /** What nobody can read. */
  readonly skipped: readonly SkippedBlob[];
}

export const NOTHING_PREPARED: PreparedPack = { job: null, unreadable: [], skipped: [] };

/**
 * Plans the scan of what is new in a pack.
 *
 * @param engine whose inner loops and memory are borrowed
 * @param isNew by rank: 1 for ids that no scan has seen
 * @param wasScanned by rank: 1 for ids that an earlier scan has seen, whose findings are known; what another pack of this scan
 *   holds, too, is scanned again where deltas build on it, so that they inherit
 */
export function preparePack(
  engine: Engine,
  { pack, index, ids }: Omit<IndexedPack, 'idSet'>,
  idBytes: IdBytes,
  isNew: Uint8Array,
  wasScanned: (rank: number) => boolean,
  taskCount: number,
): PreparedPack {
  const entries = readPackEntries(engine, pack.fd, pack.bytes, index, idBytes);
  const unreadable: string[] = [];
  const skipped: SkippedBlob[] = [];
  if ([UNREADABLE, CHAIN_TOO_LONG, LOOPING].some((type) => entries.types.includes(type)))
    for (let entry = 0; entry < entries.count; entry++) {
      const type = entries.types[entry]!;
      const rank = entries.ranks[entry]!;
      if (isNew[rank] === 0 || (type !== UNREADABLE && type !== CHAIN_TOO_LONG && type !== LOOPING)) continue;
      const blob = hexOf(index.ids, rank * idBytes, idBytes);
      if (type === UNREADABLE) unreadable.push(blob);
      else skipped.push({ blob, reason: type === LOOPING ? 'corrupt' : 'chain-too-long' });
    }
  const plan = planFamilies(engine, entries, isNew, taskCount);
  if (!plan) return { job: null, unreadable, skipped };
  if (isNew.includes(0))
    for (const entry of plan.order)
      if (plan.wanted[entry] === 0 && !wasScanned(entries.ranks[entry]!)) plan.wanted[entry] = 1;
  return { job: { fd: pack.fd, idBytes, entries, plan, ids }, unreadable, skipped };
}
