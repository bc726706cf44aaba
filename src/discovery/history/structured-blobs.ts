import type { Engine } from '../scan/engine.js';
import { Inspector } from '../scan/inspector.js';
import type { Describing, Sighting } from '../scan/sighting.js';
import { MAX_STRUCTURED_BYTES } from '../scan/structured.js';
import { structuresOf } from '../structures/index.js';
import type { BlobPlaces } from './attribution.js';
import type { SkippedBlob } from './blob-sighting.js';
import { catReadable, ObjectPrint, type PrintedObject } from './cat-file.js';
import type { SkipReason } from './pack-scanner.js';
import type { Repository } from './repository.js';

/** Blobs that were read by their structure, and what was found in them in place of what their text gave. */
export interface Structured {
  readonly blobs: ReadonlySet<string>;
  readonly sightings: readonly Sighting[];
  readonly skipped: readonly SkippedBlob[];
}

export const NOTHING_STRUCTURED: Structured = { blobs: new Set(), sightings: [], skipped: [] };

/** Why not all of a blob was told. */
const CUT: readonly SkipReason[] = [
  'too-many-findings',
  'too-much-wrapped',
  'structure-too-deep',
  'structure-too-large',
];

/** Of all of them in a file; where they are more, they are read as git prints them. */
const MOST_PRINTED_BYTES = 256 * 1024 * 1024;

/** A blob has no path while it is scanned: those whose paths give them a structure are read again, whole, as git prints them. */
export class StructuredBlobs {
  private readonly wanted: string[] = [];
  private print: ObjectPrint | null = null;

  constructor(
    private readonly repository: Repository,
    private readonly mostBytes = MOST_PRINTED_BYTES,
  ) {}

  /** Has git print blobs. */
  ask(blobs: readonly string[]): void {
    if (blobs.length > 0 && this.wanted.length === 0) this.print = this.started();
    this.print?.ask(blobs);
    for (const blob of blobs) this.wanted.push(blob);
  }

  /** null where there is no file to print into: then git prints them when they are read. */
  private started(): ObjectPrint | null {
    try {
      return ObjectPrint.start(this.repository, this.mostBytes);
    } catch {
      return null;
    }
  }

  /** Says that nothing more is asked for. */
  end(): void {
    this.print?.end();
  }

  /** Whether git has printed them. */
  get isWritten(): boolean {
    return this.print === null || this.print.isWritten;
  }

  /**
   * Reads what was asked for.
   *
   * @param places of each, which may give it a structure
   * @throws HistoryError `git_failed` where git cannot be started
   */
  async read(places: BlobPlaces, engine: Engine, describing: Describing): Promise<Structured> {
    if (this.wanted.length === 0) return NOTHING_STRUCTURED;
    const reader = new Reader(places, engine, describing);
    const printed = await this.print?.objects(MAX_STRUCTURED_BYTES).catch(() => null);
    if (printed) for (const object of printed) reader.take(object);
    // Of a damaged store, as much as there is.
    else
      for await (const object of catReadable(this.repository, this.wanted, MAX_STRUCTURED_BYTES)) reader.take(object);
    const { blobs, skipped, sightings } = reader;
    return { blobs, skipped, sightings };
  }

  close(): void {
    this.print?.close();
  }
}

class Reader {
  readonly blobs = new Set<string>();
  readonly skipped: SkippedBlob[] = [];
  private readonly inspector: Inspector;

  constructor(
    private readonly places: BlobPlaces,
    engine: Engine,
    describing: Describing,
  ) {
    this.inspector = new Inspector(engine, describing);
  }

  get sightings(): readonly Sighting[] {
    return this.inspector.sightings;
  }

  take({ id, type, content }: PrintedObject): void {
    if (type === 'corrupt') this.skipped.push({ blob: id, reason: type });
    if (!content) return;
    for (const { path, ...where } of this.places.get(id)!)
      if (structuresOf(path).some(({ recognises }) => recognises(content))) {
        this.blobs.add(id);
        this.inspector.content(content, path, undefined, { ...where, blob: id });
      }
    const reasons = this.inspector.skipped.splice(0).map(({ reason }) => reason);
    const cut = CUT.find((reason) => reasons.includes(reason));
    if (cut) this.skipped.push({ blob: id, reason: cut });
  }
}
