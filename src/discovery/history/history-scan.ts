import { closeSync } from 'node:fs';
import type { Skipped } from '../domain/finding.js';
import { Engine } from '../scan/engine.js';
import type { Describing, Description, Sighting } from '../scan/sighting.js';
import { hasStructure } from '../scan/structured.js';
import { type BlobPlace, HistoryLog } from './attribution.js';
import type { BlobSighting, Report, SkippedBlob } from './blob-sighting.js';
import { catReadable, listBlobs } from './cat-file.js';
import { CorruptStore, HistoryError } from './errors.js';
import type { HistoryThread } from './history-thread.js';
import { IdSet } from './id-set.js';
import { type Answers, LogReading } from './log-reading.js';
import { listLoose, type LooseObject, readLoose } from './loose-objects.js';
import { closeStore, hasOtherPacks, type ObjectStore, openStore, type StoredPack } from './object-store.js';
import { type IndexedPack, NOTHING_PREPARED, openIndex, type PackJob, preparePack } from './pack-job.js';
import { PACK_BOUNDS, type SkipReason } from './pack-scanner.js';
import { digestOfRefs } from './refs.js';
import { MultiplePacks } from './multiple-packs.js';
import { findRepository, type Repository } from './repository.js';
import { RULES } from '../rules/index.js';
import { basisOf, readState, type ScanState, writeState } from './scan-state.js';
import { NOTHING_STRUCTURED } from './structured-blobs.js';
import { SecondThread, type SharedWork, takeTasks, threadOf } from './threads.js';

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
  /** Where states of scans lie, so that the next one reads only what is new; none unless given. */
  readonly stateFolder?: string | null;
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

/** Few enough that each is worth taking, and so many that no thread waits long for another's last. */
const TASKS = 32;

/**
 * Scans every blob of a repository's stores, whatever leads to it, each once: packs directly, then what lies loose, then by git
 * what neither gives. Where something was found, its commits and paths are looked up.
 *
 * @throws HistoryError
 */
export async function scanHistory(start: string, options: HistoryOptions): Promise<HistoryResult> {
  const { found, answers } = await scanned(start, options);
  // The memory that was scanned in is nobody's any more.
  return resultOf(found, answers);
}

/** What was found, and where that stands. */
interface Scanned {
  readonly found: Found;
  readonly answers: Answers | null;
}

async function scanned(start: string, options: HistoryOptions): Promise<Scanned> {
  const repository = findRepository(start);
  const store = openStore(repository.objectsDirectory, repository.idBytes);
  const jobs: PackJob[] = [];
  let log: HistoryLog | null = null;
  let reading: LogReading | null = null;
  let second: SecondThread | null = null;
  try {
    const { describing, rules = null, attribute = true, stateFolder = null, threads = 2 } = options;
    if (options.reader === 'git') {
      if (attribute) log = HistoryLog.start(repository);
      const thread = threadOf({ describing, rules, known: [] }, 0);
      reading = log && new LogReading(log, repository, thread.engine, describing, null);
      return await completed(await scanByGit(repository, thread), reading, null);
    }
    const basis = stateFolder === null ? '' : basisOf(RULES, rules, describing, attribute);
    const state = stateFolder === null ? null : readState(stateFolder, repository, basis);
    const refs = stateFolder === null ? '' : digestOfRefs(repository);
    const packs = store.packs.map(({ trailer }) => trailer).sort();
    const task = { describing, rules, known: state?.sightings ?? [] };
    // Both get ready while the first thread plans.
    if (threads === 2) second = SecondThread.start(task, bytesOf(store, state));
    if (attribute && state?.refs !== refs) log = HistoryLog.start(repository);
    const plan = planScan(repository, store, jobs, state, packs);
    if (state && state.refs === refs && plan.nothingNew) {
      const found = foundIn(state, plan.known);
      if (stateFolder !== null && !plan.samePacks)
        writeState(stateFolder, repository, { ...state, known: plan.known, packs });
      return { found, answers: answersIn(state, plan.known) };
    }
    if (attribute) log ??= HistoryLog.start(repository);
    const thread = threadOf(task, 0);
    reading = log && new LogReading(log, repository, thread.engine, describing, plan.known);
    const found = await scanStore(repository, plan, jobs, state, thread, second, reading, options);
    const { known } = plan;
    const leave =
      stateFolder === null
        ? null
        : (left: Left) => writeState(stateFolder, repository, { ...left, basis, known, packs, refs });
    return await completed(found, reading, leave);
  } finally {
    reading?.close();
    log?.close();
    await second?.stop();
    closeStore(store);
    for (const { ids } of jobs) if (ids.in === 'file') closeSync(ids.fd);
  }
}

/** What is left for the next scan of what was found. */
type Left = Omit<ScanState, 'basis' | 'known' | 'packs' | 'refs'>;

/** What was found, with its places, and read by its structure where these ask for it. */
async function completed(
  found: Found,
  reading: LogReading | null,
  leave: ((left: Left) => void) | null,
): Promise<Scanned> {
  const answers = reading && (await answersOf(reading, found));
  const structured = answers?.structured ?? NOTHING_STRUCTURED;
  const skipped = new Set(found.skipped.map(({ blob }) => blob));
  pushAll(
    found.skipped,
    structured.skipped.filter(({ blob }) => !skipped.has(blob)),
  );
  if (found.isWhole) leave?.(leftOf(found, answers));
  return { found, answers };
}

function leftOf(found: Found, answers: Answers | null): Left {
  const { blobs, skipped } = found;
  const structured = answers?.structured ?? NOTHING_STRUCTURED;
  return {
    ...renumbered(found),
    skipped,
    places: answers && [...answers.places].filter(([blob]) => blobs.has(blob)),
    missing: answers ? [...answers.missing] : [],
    structured: { blobs: [...structured.blobs], sightings: structured.sightings },
  };
}

/** Numbers from zero on: those of the next scan's threads are above them. */
function renumbered({ sightings, descriptions }: Found): Pick<ScanState, 'sightings' | 'descriptions'> {
  const numbers = new Map([...descriptions.keys()].map((number, index) => [number, index]));
  return {
    sightings: sightings.map((sighting) => ({ ...sighting, number: numbers.get(sighting.number)! })),
    descriptions: [...descriptions].map(([number, description]) => [numbers.get(number)!, description]),
  };
}

/** What a scan before this found, as far as the store still has it. */
function foundIn({ sightings, descriptions, skipped }: ScanState, known: IdSet): Found {
  const found = new Found(undefined);
  pushAll(
    found.sightings,
    sightings.filter(({ blob }) => known.hasHex(blob)),
  );
  for (const [number, description] of descriptions) found.descriptions.set(number, description);
  pushAll(
    found.skipped,
    skipped.filter(({ blob }) => known.hasHex(blob)),
  );
  return found;
}

/** What an earlier scan was told, as far as the store still has it. */
function answersIn({ places, missing, structured: { blobs, sightings } }: ScanState, known: IdSet): Answers | null {
  if (!places) return null;
  const still = sightings.filter(({ location }) => location.blob !== null && known.hasHex(location.blob));
  const structured = { blobs: new Set(blobs), sightings: still, skipped: [] };
  return { places: new Map(places), missing: new Map(missing), structured };
}

/** Places of what was found; null, and said so, where git cannot read the history. */
async function answersOf(reading: LogReading, found: Found): Promise<Answers | null> {
  try {
    return await reading.answers(found.blobs);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    found.unreadable.push({ path: '.git', reason: 'commits-unreadable' });
    return null;
  }
}

/** Why a blob was skipped that may be repaired or fetched; what is too large stays so. */
const CURABLE: ReadonlySet<SkipReason> = new Set(['corrupt', 'missing']);

/** What threads reported, together. */
class Found {
  readonly sightings: BlobSighting[] = [];
  readonly descriptions = new Map<number, Description>();
  readonly skipped: SkippedBlob[] = [];
  readonly unreadable: Skipped[] = [];
  binary = 0;
  objects = 0;
  scannedBytes = 0;
  resolvedBytes = 0;

  constructor(
    private readonly progress: ((done: number) => void) | undefined,
    before?: Found,
  ) {
    // Numbers of an earlier scan's come first, from zero on.
    if (before) this.take(before);
  }

  private take({ sightings, descriptions, skipped }: Found): void {
    pushAll(this.sightings, sightings);
    for (const [number, description] of descriptions) this.descriptions.set(number, description);
    pushAll(this.skipped, skipped);
  }

  /** Those that hold something, or were not read: made anew each time. */
  get blobs(): ReadonlySet<string> {
    return new Set([...this.sightings, ...this.skipped].map(({ blob }) => blob));
  }

  /** Whether nothing may be read later that could not be read now. */
  get isWhole(): boolean {
    return this.unreadable.length === 0 && this.skipped.every(({ reason }) => !CURABLE.has(reason));
  }

  add(report: Report): void {
    pushAll(this.sightings, report.sightings);
    for (const [number, description] of report.descriptions) this.descriptions.set(number, description);
    pushAll(this.skipped, report.skipped);
    this.binary += report.binary;
    this.objects += report.objects;
    this.scannedBytes += report.scannedBytes;
    this.resolvedBytes += report.resolvedBytes;
    this.progress?.(this.objects);
  }
}

/** As arguments of one call, a hundred thousand are too many. */
function pushAll<Item>(to: Item[], items: readonly Item[]): void {
  for (const item of items) to.push(item);
}

/** What is there to do. */
interface ScanPlan {
  /** All that the store holds, now. */
  readonly known: IdSet;
  readonly loose: readonly LooseObject[];
  /** What our own reader does not give. */
  readonly elsewhere: readonly string[];
  /** What nobody can read. */
  readonly skipped: readonly SkippedBlob[];
  readonly unreadable: readonly Skipped[];
  readonly samePacks: boolean;
  readonly nothingNew: boolean;
}

function planScan(
  repository: Repository,
  store: ObjectStore,
  jobs: PackJob[],
  state: ScanState | null,
  packs: readonly string[],
): ScanPlan {
  const unreadable = [...store.unreadable];
  const allLoose = listLoose(store.directories, repository.idBytes, unreadable);
  if (hasOtherPacks(store)) unreadable.push({ path: repository.objectsDirectory, reason: 'changed-while-read' });
  const samePacks = state !== null && unreadable.length === 0 && state.packs.join() === packs.join();
  if (samePacks && allLoose.every(({ id }) => state.known.hasHex(id)))
    return { ...NOTHING_TO_DO, known: state.known, samePacks };
  const prepared = preparePacks(repository, store, jobs, state?.known ?? IdSet.none, unreadable);
  const loose = allLoose.filter(({ id }) => !prepared.known.hasHex(id));
  return {
    ...prepared,
    known: prepared.known.with(IdSet.ofHex(loose.map(({ id }) => id))),
    loose: loose.filter(({ id }) => !state?.known.hasHex(id)),
    samePacks,
    nothingNew:
      jobs.length + prepared.elsewhere.length + prepared.unreadable.length === 0 &&
      loose.every(({ id }) => state?.known.hasHex(id) === true),
  };
}

const NOTHING_TO_DO = { loose: [], elsewhere: [], skipped: [], unreadable: [], nothingNew: true };

async function scanStore(
  repository: Repository,
  plan: ScanPlan,
  jobs: readonly PackJob[],
  state: ScanState | null,
  thread: HistoryThread,
  second: SecondThread | null,
  reading: LogReading | null,
  { progress }: HistoryOptions,
): Promise<Found> {
  const unplanned = plan.unreadable.length > 0 ? await notKnown(repository, plan) : [];
  const elsewhere = plan.elsewhere.concat(unplanned);
  const all = jobs.reduce((sum, { plan: { order } }) => sum + order.length, plan.loose.length + elsewhere.length);
  const before = state ? foundIn(state, plan.known) : undefined;
  const found = new Found(progress && ((done) => progress(done, all)), before);
  found.unreadable.push(...plan.unreadable);
  pushAll(found.skipped, plan.skipped);
  const work: SharedWork = { jobs, next: new SharedArrayBuffer(4) };
  const add = (report: Report) => found.add(report);
  const others = second?.work(work, add);
  await takeTasks(thread, work, add, () => reading?.goOn());
  for (const { id, file } of plan.loose) {
    const content = readLoose(file, PACK_BOUNDS.objectBytes);
    if (content === 'missing') elsewhere.push(id);
    else if (typeof content === 'string') thread.skip(id, content);
    else if (content) thread.scanObject(id, content);
  }
  await scanElsewhere(repository, elsewhere, thread);
  add(thread.report());
  await others;
  return found;
}

/** Of packs that no scan has seen. */
function bytesOf({ packs }: ObjectStore, state: ScanState | null): number {
  return packs.reduce((sum, { trailer, bytes }) => (state?.packs.includes(trailer) ? sum : sum + bytes), 0);
}

/** The oracle: what git knows of, as git prints it. */
async function scanByGit(repository: Repository, thread: HistoryThread): Promise<Found> {
  const found = new Found(undefined);
  await scanElsewhere(repository, await listBlobs(repository), thread);
  found.add(thread.report());
  return found;
}

/** Blobs that git finds where we could not read a pack; none where it cannot, either. */
async function notKnown(repository: Repository, { known }: ScanPlan): Promise<string[]> {
  const blobs = await listBlobs(repository).catch(() => []);
  return blobs.filter((id) => !known.hasHex(id));
}

/** Indexes, and of each pack what no pack before it holds, nor an earlier scan has seen. */
function preparePacks(
  { idBytes }: Repository,
  store: ObjectStore,
  jobs: PackJob[],
  before: IdSet,
  unreadable: Skipped[],
): Pick<ScanPlan, 'known' | 'elsewhere' | 'skipped' | 'unreadable'> {
  let known = IdSet.none;
  let elsewhere: readonly string[] = [];
  let skipped: readonly SkippedBlob[] = [];
  const multiplePacks = new MultiplePacks(store, idBytes);
  // Of its own, for it is large where packs are, and not needed any more.
  let planner: Engine | undefined;
  // The largest first: what small ones have more is found at once.
  for (const pack of [...store.packs].sort((a, b) => b.bytes - a.bytes))
    try {
      const { idSet, ...indexed } = indexOf(pack, multiplePacks, idBytes);
      const scanned = idSet.notIn(before);
      const isNew = known.size === 0 ? scanned : idSet.notIn(known).map((fresh, rank) => fresh & scanned[rank]!);
      const wasScanned = (rank: number) => scanned[rank] === 0;
      const prepared = isNew.includes(1)
        ? preparePack((planner ??= new Engine()), indexed, idBytes, isNew, wasScanned, TASKS)
        : NOTHING_PREPARED;
      if (prepared.job) jobs.push(prepared.job);
      else if (indexed.ids.in === 'file') closeSync(indexed.ids.fd);
      elsewhere = elsewhere.concat(prepared.unreadable);
      skipped = skipped.concat(prepared.skipped);
      known = known.with(idSet);
    } catch (error) {
      if (!(error instanceof CorruptStore)) throw error;
      unreadable.push({ path: pack.file, reason: 'corrupt' });
    }
  return { known, elsewhere, skipped, unreadable };
}

/** By the index beside the pack; where there is none, by a multi-pack index. */
function indexOf(pack: StoredPack, multiplePacks: MultiplePacks, idBytes: Repository['idBytes']): IndexedPack {
  try {
    return openIndex(pack, idBytes);
  } catch (error) {
    const multiple = error instanceof CorruptStore ? null : multiplePacks.indexOf(pack);
    if (multiple) return multiple;
    throw error instanceof CorruptStore ? error : new CorruptStore('A pack has no index.', { cause: error });
  }
}

/** What our own reader does not give, git may: it knows other stores, and says what is missing. */
async function scanElsewhere(repository: Repository, ids: readonly string[], thread: HistoryThread): Promise<void> {
  for await (const { id, type, content } of catReadable(repository, ids, PACK_BOUNDS.objectBytes))
    if (type === 'missing' || type === 'corrupt') thread.skip(id, type);
    else if (type === 'blob' && content) thread.scanObject(id, content);
    else if (type === 'blob') thread.skip(id, 'too-large');
}

/** Beyond so many a blob is told at one of its paths. */
const MOST_LOCATED = 1_000_000;

/** Each secret at each of its places. */
function resultOf(found: Found, answers: Answers | null): HistoryResult {
  const structured = answers?.structured ?? NOTHING_STRUCTURED;
  const seen = new Set<string>();
  let located = 0;
  const sightings = found.sightings.flatMap((sighting) => {
    const key = `${sighting.blob} ${sighting.rule} ${sighting.secretStart} ${sighting.secretEnd} ${sighting.within.join()}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const places = answers?.places.get(sighting.blob);
    // What nothing leads to has no path: it is called by its id.
    const nowhere = { path: sighting.blob, commits: [], commitCount: 0 };
    const told = (places ?? [nowhere])
      .filter(({ path }) => !structured.blobs.has(sighting.blob) || !hasStructure(path))
      .slice(0, located < MOST_LOCATED ? undefined : 1);
    located += told.length;
    const description = found.descriptions.get(sighting.number)!;
    return told.map((place) => sightingAt(place, sighting, description, answers !== null && !places));
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

function sightingAt(
  place: BlobPlace,
  sighting: BlobSighting,
  description: Description,
  unreachable: boolean,
): Sighting {
  const { blob, line, column, endLine, endColumn, within, note } = sighting;
  // Field by field: what another thread sent is slower to copy as a whole, and so is all that follows to read.
  const { rule, verdict, fingerprint, lastFour, match, clues } = description;
  const { path, commits, commitCount } = place;
  return {
    rule,
    verdict,
    fingerprint,
    lastFour,
    ...(match && { match }),
    clues,
    suppressed: null,
    note,
    location: { path, commits, commitCount, line, column, endLine, endColumn, within, blob, unreachable },
  };
}
