import type { Engine } from '../scan/engine.js';
import type { Describing } from '../scan/sighting.js';
import { hasStructure } from '../scan/structured.js';
import { type BlobPlaces, hexNumber, type HistoryLog } from './attribution.js';
import type { IdSet } from './id-set.js';
import type { Repository } from './repository.js';
import { readStructured, type Structured } from './structured-blobs.js';

/** What the log says of what was found, and what paths in it asked to have read. */
export interface Answers {
  readonly places: BlobPlaces;
  /** Blobs that the store lacks, by one path of each. */
  readonly missing: ReadonlyMap<string, string>;
  readonly structured: Structured;
}

/** Reads the log of a history, and by their structures the blobs whose paths ask for it, as soon as git has written it: others are still scanned then. */
export class LogReading {
  private begun: Promise<Omit<Answers, 'places'> & { readonly structuredPlaces: BlobPlaces }> | undefined;

  /** @param known ids of all that the store has; null where that is not known */
  constructor(
    private readonly log: HistoryLog,
    private readonly repository: Repository,
    private readonly engine: Engine,
    private readonly describing: Describing,
    private readonly known: IdSet | null,
  ) {}

  /** Goes on as far as that needs no waiting for git's log. What fails is said by `answers`. */
  async goOn(): Promise<void> {
    if (this.log.isWritten) await this.beginning().catch(() => undefined);
  }

  /**
   * @param blobs of which places are wanted
   * @throws HistoryError `git_failed`
   */
  async answers(blobs: ReadonlySet<string>): Promise<Answers> {
    const { structuredPlaces, missing, structured } = await this.beginning();
    const places = await this.log.placesOf(blobs);
    return { places: new Map([...structuredPlaces, ...places]), missing, structured };
  }

  private beginning() {
    return (this.begun ??= this.begin());
  }

  private async begin() {
    const { known } = this;
    const { places: structuredPlaces, missing } = await this.log.survey(
      hasStructure,
      (text, at) => known === null || known.has(hexNumber(text, at, 8), hexNumber(text, at + 8, 8)),
    );
    const structured = await readStructured(this.repository, structuredPlaces, this.engine, this.describing);
    return { structuredPlaces, missing, structured };
  }
}
