import { createHash } from 'node:crypto';
import { highestBand } from '../domain/bands.js';
import { utf16 } from '../domain/decoders/index.js';
import type { Band } from '../domain/finding.js';
import type { Discovery } from '../scan/discover.js';
import type { Engine } from '../scan/engine.js';
import { FINDING_BOUNDS, FindingAllowance } from '../scan/finding-allowance.js';
import { endOf, Lines } from '../scan/lines.js';
import { describe, type Describing, type Description } from '../scan/sighting.js';
import { type Standing, TextNotes } from '../suppressions/text-note.js';
import type { BlobSighting, Report, SkippedBlob } from './blob-sighting.js';
import { ObjectHeap } from './object-heap.js';
import { type Held, lookThrough, NOTHING_INHERITED } from './object-search.js';
import { idOf, type PackJob } from './pack-job.js';
import {
  PACK_BOUNDS,
  type PackBounds,
  PackScanner,
  type PackSink,
  type SkipReason,
  type Spare,
} from './pack-scanner.js';

/** Numbers of secrets are a thread's own: above those of an earlier scan, and of the threads before it. */
export const NUMBERS_A_THREAD = 2 ** 40;

/** What one of the scan's threads does: tasks of packs, or single objects. It tells nobody a secret. */
export class HistoryThread {
  private readonly heap: ObjectHeap;
  private readonly scanners = new Map<PackJob, PackScanner>();
  private readonly notes: TextNotes;
  private nextNumber: number;
  /** Findings of an earlier scan by blob: what new deltas inherit from them. */
  private readonly known = new Map<string, Held[]>();
  private readonly keys = new Map<string, Description>();
  /** Of each secret that is told, by its number: what it is wrapped in, and how far it is believed. */
  private readonly told = new Map<number, { readonly within: readonly string[]; readonly band: Band }>();
  private sightings: BlobSighting[] = [];
  private descriptions: (readonly [number, Description])[] = [];
  private skippedBlobs: SkippedBlob[] = [];
  private readonly allowance: FindingAllowance;
  private readonly spare: Spare;
  /** Of the blob that was told of last. */
  private lines = { blob: '', counted: new Lines() };
  private binary = 0;
  private objects = 0;
  private scannedBytes = 0;
  private resolvedBytes = 0;

  constructor(
    readonly engine: Engine,
    private readonly describing: Describing,
    known: readonly BlobSighting[],
    thread: number,
    private readonly bounds: PackBounds = PACK_BOUNDS,
    findingBounds = FINDING_BOUNDS,
  ) {
    this.allowance = new FindingAllowance(findingBounds);
    this.spare = { bytes: bounds.spareBytes };
    for (const sighting of known) {
      const there = this.known.get(sighting.blob);
      if (there) there.push(heldIn(sighting));
      else this.known.set(sighting.blob, [heldIn(sighting)]);
      this.told.set(sighting.number, { within: sighting.within, band: 'high' });
    }
    engine.rememberLines();
    this.heap = new ObjectHeap(engine);
    this.notes = new TextNotes(describing.allowConfig ?? null);
    this.nextNumber = (thread + 1) * NUMBERS_A_THREAD;
  }

  /** Scans one task of a pack: whole families. */
  scanTask(job: PackJob, task: number): void {
    let scanner = this.scanners.get(job);
    if (!scanner) {
      const { fd, entries, plan, idBytes } = job;
      scanner = new PackScanner(
        this.engine,
        this.heap,
        fd,
        entries,
        plan,
        idBytes,
        this.sinkOf(job),
        this.bounds,
        this.spare,
      );
      this.scanners.set(job, scanner);
    }
    const { scannedBytes, resolvedBytes } = scanner;
    scanner.scan(task);
    this.objects += job.plan.tasks[task + 1]! - job.plan.tasks[task]!;
    this.scannedBytes += scanner.scannedBytes - scannedBytes;
    this.resolvedBytes += scanner.resolvedBytes - resolvedBytes;
  }

  /** Scans an object that was read otherwise. */
  scanObject(blob: string, content: Buffer): void {
    this.objects++;
    const at = this.put(content);
    if (!this.engine.isText(at, content.length)) return this.scanBinary(blob, content);
    this.resolvedBytes += content.length;
    this.scanText(blob, at, content.length);
  }

  skip(blob: string, reason: SkipReason): void {
    this.objects++;
    this.skippedBlobs.push({ blob, reason });
  }

  /** What came together since the last call. */
  report(): Report {
    const report = {
      sightings: this.sightings,
      descriptions: this.descriptions,
      skipped: this.skippedBlobs,
      binary: this.binary,
      objects: this.objects,
      scannedBytes: this.scannedBytes,
      resolvedBytes: this.resolvedBytes,
    };
    this.sightings = [];
    this.descriptions = [];
    this.skippedBlobs = [];
    this.binary = this.objects = this.scannedBytes = this.resolvedBytes = 0;
    return report;
  }

  private sinkOf(job: PackJob): PackSink {
    const idAt = (entry: number) => idOf(job.ids, job.entries.ranks[entry]!, job.idBytes);
    return {
      fresh: (entry, discovery, at, length) => this.tellFresh(idAt(entry), discovery, at, length),
      again: (entry, held, at, length) => this.tell(idAt(entry), held, at, length),
      binary: (entry, at, length) => this.scanBinary(() => idAt(entry), this.engine.bytes(at, length)),
      skipped: (entry, reason) => this.skippedBlobs.push({ blob: idAt(entry), reason }),
      known: (entry) => (this.known.size === 0 ? [] : (this.known.get(idAt(entry)) ?? [])),
    };
  }

  /** UTF-16 looks binary, and is text. */
  private scanBinary(blob: string | (() => string), content: Buffer): void {
    const text = utf16(content);
    if (text) this.scanText(typeof blob === 'string' ? blob : blob(), this.put(text), text.length);
    else this.binary++;
  }

  /** @returns its place in the scanner's memory */
  private put(content: Buffer): number {
    const { at, bytes } = this.engine.roomFor(content.length);
    bytes.set(content);
    return at;
  }

  private scanText(blob: string, at: number, length: number): void {
    this.scannedBytes += length;
    const matches = this.engine.matchAt(at, length, null);
    lookThrough(this.engine, at, length, [[0, length]], matches, NOTHING_INHERITED, {
      fresh: (discovery) => this.tellFresh(blob, discovery, at, length),
      again: () => undefined,
    });
    if (this.engine.unwrapping.takeCut()) this.skippedBlobs.push({ blob, reason: 'too-much-wrapped' });
  }

  private tellFresh(blob: string, discovery: Discovery, at: number, length: number): number {
    const number = this.nextNumber++;
    const { rule, start, end, secretStart, secretEnd } = discovery;
    this.begin(blob);
    const mayBeTold = this.allowance.mayAdmit(() => highestBand(rule, discovery.matched, discovery.secret));
    const description = mayBeTold && this.describe(discovery);
    if (description && this.allowance.hasRoomFor(description.verdict.band)) {
      this.told.set(number, { within: discovery.within, band: description.verdict.band });
      this.descriptions.push([number, description]);
    }
    this.tell(blob, { number, rule: rule.id, start, end, secretStart, secretEnd }, at, length, discovery);
    return number;
  }

  /** A private key says the same wherever it stands, and takes long to read. */
  private describe(discovery: Discovery): Description {
    if (discovery.rule.kind !== 'private-key') return describe(discovery, null, this.describing);
    const digest = createHash('sha256').update(discovery.matched).digest('base64');
    const known = this.keys.get(digest);
    if (known) return known;
    const made = describe(discovery, null, this.describing);
    this.keys.set(digest, made);
    return made;
  }

  private begin(blob: string): void {
    if (this.lines.blob === blob) return;
    this.lines = { blob, counted: new Lines() };
    this.allowance.begin();
  }

  private tell(blob: string, held: Held, at: number, length: number, fresh?: Discovery): void {
    this.begin(blob);
    // What is left out in one blob is described nowhere: those that inherit it leave it out, too.
    const told = this.told.get(held.number);
    if (!told || !this.allowance.admits(told.band)) {
      if (this.allowance.leave()) this.skippedBlobs.push({ blob, reason: 'too-many-findings' });
      return;
    }
    const bytes = this.engine.bytes(at, length);
    const { secretStart } = held;
    const { line, column } = this.lines.counted.positionOf(bytes, secretStart);
    const { within } = told;
    const end =
      within.length > 0
        ? { line, column }
        : endOf({ line, column }, bytes.toString('utf8', secretStart, held.secretEnd));
    this.sightings.push({
      ...held,
      blob,
      line,
      column,
      endLine: end.line,
      endColumn: end.column,
      within,
      note: this.notes.noteOf(bytes, this.lines.counted.lineStart, fresh ?? standing(bytes, held)),
    });
  }
}

function standing(bytes: Buffer, { start, end, secretStart, secretEnd }: Held): Standing {
  return {
    secret: bytes.toString('utf8', secretStart, secretEnd),
    matched: bytes.toString('utf8', start, end),
    secretStart,
    secretEnd,
  };
}

function heldIn({ number, rule, start, end, secretStart, secretEnd }: BlobSighting): Held {
  return { number, rule, start, end, secretStart, secretEnd };
}
