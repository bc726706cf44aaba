import { closeSync, readFileSync, statSync } from 'node:fs';
import type { Skipped } from '../domain/finding.js';
import type { Describing, Description, Sighting } from '../scan/sighting.js';
import { Inspector } from '../scan/inspector.js';
import { hasStructure, MAX_STRUCTURED_BYTES } from '../scan/structured.js';
import { structuresOf } from '../structures/index.js';
import { type Answers, type BlobPlace, type BlobPlaces, hexNumber, HistoryLog } from './attribution.js';
import type { BlobSighting, Report, SkippedBlob } from './blob-sighting.js';
import { catObjects, listBlobs } from './cat-file.js';
import { CorruptStore, HistoryError } from './errors.js';
import type { HistoryThread } from './history-thread.js';
import { IdSet } from './id-set.js';
import { listLoose, type LooseObject, readLoose } from './loose-objects.js';
import { readMultiPackIndex } from './multi-pack-index.js';
import { closeStore, type ObjectStore, openStore, type StoredPack } from './object-store.js';
import { type IndexedPack, inMemory, openIndex, type PackJob, preparePack } from './pack-job.js';
import { PACK_BOUNDS } from './pack-scanner.js';
import { findRepository, type Repository } from './repository.js';
import { engineOf, SecondThread, type SharedWork, takeTasks, threadOf } from './threads.js';

export interface HistoryOptions {
  readonly describing: Describing;
  /** Rules of the user's, as they stand in their file. */
  readonly rules?: string | null;
  /** Whether commits and paths are looked up for what is found. */
  readonly attribute?: boolean;
  /** Whether packs are read directly, or git prints every blob: slower by far, and the judge of the other. */
  readonly reader?: 'packs' | 'git';
  /** At most; two unless given. */
  readonly threads?: 1 | 2;
  /** Told how many of how many objects are done. */
  readonly progress?: (done: number, all: number) => void;
}

export interface HistoryResult {
  readonly sightings: readonly Sighting[];
  readonly skipped: readonly Skipped[];
  /** Blobs that were resolved. */
  readonly objects: number;
  /** Bytes of them that rules were tried on, and all that they are. */
  readonly scannedBytes: number;
  readonly resolvedBytes: number;
}

const TASKS = 16;

/**
 * Scans every blob of a repository's stores, whatever leads to it, each once: packs directly, then what lies loose, then by git
 * what neither gives. Where something was found, its commits and paths are looked up.
 *
 * @throws HistoryError
 */
export async function scanHistory(start: string, options: HistoryOptions): Promise<HistoryResult> {
  const repository = findRepository(start);
  const store = openStore(repository.objectsDirectory, repository.idBytes);
  const log = options.attribute === false ? null : HistoryLog.start(repository);
  const jobs: PackJob[] = [];
  try {
    const found = await (options.reader === 'git'
      ? scanByGit(repository, options)
      : scanStore(repository, store, jobs, options));
    const answers = log && (await answersOf(log, found));
    const structured = answers ? await scanStructured(repository, answers.places, options) : NOTHING_STRUCTURED;
    return resultOf(found, answers, structured);
  } finally {
    log?.close();
    closeStore(store);
    for (const { ids } of jobs) if (ids.in === 'file') closeSync(ids.fd);
  }
}

/** Places of what was found; null, and said so, where git cannot read the history. */
async function answersOf(log: HistoryLog, found: Found): Promise<Answers | null> {
  const { known } = found;
  try {
    return await log.answer({
      blobs: new Set(found.sightings.map(({ blob }) => blob)),
      byPath: hasStructure,
      has: (text, at) => known === null || known.has(hexNumber(text, at, 8), hexNumber(text, at + 8, 8)),
    });
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    found.unreadable.push({ path: '.git', reason: 'commits-unreadable' });
    return null;
  }
}

/** Blobs that were read by their structure, and what was found in them in place of what their text gave. */
interface Structured {
  readonly blobs: ReadonlySet<string>;
  readonly sightings: readonly Sighting[];
}

const NOTHING_STRUCTURED: Structured = { blobs: new Set(), sightings: [] };

/** A blob has no path while it is scanned: those whose paths give them a structure are read again, whole. */
async function scanStructured(
  repository: Repository,
  places: BlobPlaces,
  { describing, rules = null }: HistoryOptions,
): Promise<Structured> {
  const pathsOf = (blob: string) => places.get(blob)!.filter(({ path }) => hasStructure(path));
  const wanted = [...places.keys()].filter((blob) => pathsOf(blob).length > 0).sort();
  const blobs = new Set<string>();
  if (wanted.length === 0) return NOTHING_STRUCTURED;
  const inspector = new Inspector(engineOf(rules), describing);
  for await (const { id, content } of catObjects(repository, wanted, MAX_STRUCTURED_BYTES)) {
    if (!content) continue;
    for (const { path, ...where } of pathsOf(id))
      if (structuresOf(path).some(({ recognises }) => recognises(content))) {
        blobs.add(id);
        inspector.content(content, path, undefined, { ...where, blob: id });
      }
  }
  return { blobs, sightings: inspector.sightings };
}

/** What threads reported, together. */
class Found {
  /** Ids of all objects in the store; null where git was asked for them. */
  known: IdSet | null = null;
  readonly sightings: BlobSighting[] = [];
  readonly descriptions = new Map<number, Description>();
  readonly skipped: SkippedBlob[] = [];
  readonly unreadable: Skipped[] = [];
  binary = 0;
  objects = 0;
  scannedBytes = 0;
  resolvedBytes = 0;

  constructor(private readonly progress: ((done: number) => void) | undefined) {}

  add(report: Report): void {
    this.sightings.push(...report.sightings);
    for (const [number, description] of report.descriptions) this.descriptions.set(number, description);
    this.skipped.push(...report.skipped);
    this.binary += report.binary;
    this.objects += report.objects;
    this.scannedBytes += report.scannedBytes;
    this.resolvedBytes += report.resolvedBytes;
    this.progress?.(this.objects);
  }
}

async function scanStore(
  repository: Repository,
  store: ObjectStore,
  jobs: PackJob[],
  { describing, rules = null, threads = 2, progress }: HistoryOptions,
): Promise<Found> {
  const task = { describing, rules, known: new Map() };
  const packedBytes = store.packs.reduce((sum, { bytes }) => sum + bytes, 0);
  const second = threads === 2 ? SecondThread.start(task, packedBytes) : null;
  try {
    let all = 0;
    const found = new Found(progress && ((done) => progress(done, all)));
    const { known, elsewhere } = preparePacks(repository, store, jobs, found);
    const loose = listLoose(store.directories, repository.idBytes).filter(({ id }) => !known.hasHex(id));
    if (found.unreadable.length > 0) elsewhere.push(...(await notKnown(repository, known, loose)));
    all = jobs.reduce((sum, { plan }) => sum + plan.order.length, loose.length + elsewhere.length);
    found.known = known.with(IdSet.ofHex(loose.map(({ id }) => id)));
    const work: SharedWork = { jobs, next: new SharedArrayBuffer(4) };
    const add = (report: Report) => found.add(report);
    const others = second?.work(work, add);
    const thread = threadOf(task, 0);
    await takeTasks(thread, work, add);
    for (const { id, file } of loose) {
      const content = readLoose(file, PACK_BOUNDS.objectBytes);
      if (content === 'missing') elsewhere.push(id);
      else if (typeof content === 'string') thread.skip(id, content);
      else if (content) thread.scanObject(id, content);
    }
    await scanElsewhere(repository, elsewhere, thread);
    add(thread.report());
    await others;
    return found;
  } finally {
    await second?.stop();
  }
}

/** The oracle: what git knows of, as git prints it. */
async function scanByGit(repository: Repository, { describing, rules = null }: HistoryOptions): Promise<Found> {
  const found = new Found(undefined);
  const thread = threadOf({ describing, rules, known: new Map() }, 0);
  await scanElsewhere(repository, await listBlobs(repository), thread);
  found.add(thread.report());
  return found;
}

/** Blobs that git finds where we could not read a pack; none where it cannot, either. */
async function notKnown(repository: Repository, known: IdSet, loose: readonly LooseObject[]): Promise<string[]> {
  const lying = new Set(loose.map(({ id }) => id));
  const blobs = await listBlobs(repository).catch(() => []);
  return blobs.filter((id) => !known.hasHex(id) && !lying.has(id));
}

/** Indexes, and of each pack what no pack before it holds. */
function preparePacks(
  { idBytes }: Repository,
  store: ObjectStore,
  jobs: PackJob[],
  found: Found,
): { readonly known: IdSet; readonly elsewhere: string[] } {
  let known = IdSet.none;
  const elsewhere: string[] = [];
  for (const pack of store.packs)
    try {
      const { idSet, ...indexed } = indexOf(pack, store, idBytes);
      const { job, unreadable, tooLong } = preparePack(indexed, idBytes, idSet.notIn(known), () => false, TASKS);
      if (job) jobs.push(job);
      else if (indexed.ids.in === 'file') closeSync(indexed.ids.fd);
      elsewhere.push(...unreadable);
      found.skipped.push(...tooLong.map((blob) => ({ blob, reason: 'chain-too-long' as const })));
      known = known.with(idSet);
    } catch (error) {
      if (!(error instanceof CorruptStore)) throw error;
      found.unreadable.push({ path: pack.file, reason: 'corrupt' });
    }
  return { known, elsewhere };
}

/** By the index beside the pack; where there is none, by a multi-pack index. */
function indexOf(pack: StoredPack, store: ObjectStore, idBytes: Repository['idBytes']): IndexedPack {
  try {
    return openIndex(pack, idBytes);
  } catch (error) {
    const multiple = error instanceof CorruptStore ? null : inMultiPackIndex(pack, store, idBytes);
    if (multiple) return multiple;
    throw error instanceof CorruptStore ? error : new CorruptStore('A pack has no index.', { cause: error });
  }
}

function inMultiPackIndex(pack: StoredPack, store: ObjectStore, idBytes: Repository['idBytes']): IndexedPack | null {
  for (const file of store.multiPackIndexes) {
    if (statSync(file).size > 2 ** 31) continue;
    const name = pack.file.split(/[\\/]/).at(-1)!;
    const index = readMultiPackIndex(readFileSync(file), idBytes, (other) => (other === name ? pack.bytes : null)).get(
      name,
    );
    if (index) return { pack, index, ids: inMemory(index), idSet: IdSet.of(index.ids, idBytes) };
  }
  return null;
}

/** What our own reader does not give, git may: it knows other stores, and says what is missing. */
async function scanElsewhere(repository: Repository, ids: readonly string[], thread: HistoryThread): Promise<void> {
  if (ids.length === 0) return;
  for await (const { id, type, content } of catObjects(repository, ids, PACK_BOUNDS.objectBytes))
    if (type === 'missing') thread.skip(id, 'missing');
    else if (type === 'blob') {
      if (content) thread.scanObject(id, content);
      else thread.skip(id, 'too-large');
    }
}

/** Each secret at each of its places. */
function resultOf(found: Found, answers: Answers | null, structured: Structured): HistoryResult {
  const seen = new Set<string>();
  const sightings = found.sightings.flatMap((sighting) => {
    const key = `${sighting.blob} ${sighting.rule} ${sighting.secretStart} ${sighting.secretEnd} ${sighting.within.join()}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const places = answers?.places.get(sighting.blob);
    // What nothing leads to has no path: it is called by its id.
    const nowhere = { path: sighting.blob, commits: [], commitCount: 0 };
    return (places ?? [nowhere])
      .filter(({ path }) => !structured.blobs.has(sighting.blob) || !hasStructure(path))
      .map((place) => located(sighting, found.descriptions.get(sighting.number)!, place, answers !== null && !places));
  });
  const missing = answers ? [...new Set(answers.missing.values())] : [];
  return {
    sightings: [...sightings, ...structured.sightings],
    skipped: [
      ...found.unreadable,
      ...found.skipped.map(({ blob, reason }) => ({ path: answers?.places.get(blob)?.[0]?.path ?? blob, reason })),
      ...missing.map((path) => ({ path, reason: 'missing' })),
    ],
    objects: found.objects,
    scannedBytes: found.scannedBytes,
    resolvedBytes: found.resolvedBytes,
  };
}

function located(sighting: BlobSighting, description: Description, place: BlobPlace, unreachable: boolean): Sighting {
  const { blob, line, column, endLine, endColumn, within } = sighting;
  return {
    ...description,
    suppressed: null,
    location: { ...place, line, column, endLine, endColumn, within, blob, unreachable },
  };
}
