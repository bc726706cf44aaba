import type { Engine } from '../scan/engine.js';
import type { Describing } from '../scan/sighting.js';
import { hasStructure } from '../scan/structured.js';
import { type BlobPlaces, type HistoryLog, type LogPass, type Survey } from './attribution.js';
import type { IdSet } from './id-set.js';
import type { Repository } from './repository.js';
import { type Structured, StructuredBlobs } from './structured-blobs.js';

/** What the log says of what was found, and what paths in it asked to have read. */
export interface Answers {
  readonly places: BlobPlaces;
  /** Blobs that the store lacks, by one path of each. */
  readonly missing: ReadonlyMap<string, string>;
  readonly structured: Structured;
}

/** What was read without knowing what will be found. */
interface Beginning {
  readonly survey: Survey;
  readonly structured: Structured;
}

/**
 * Reads the log of a history as git writes it, and then by their structures the blobs whose paths ask for it, as git prints them: others
 * are still scanned meanwhile.
 */
export class LogReading {
  private readonly pass: LogPass;
  private surveyed: Promise<Survey> | undefined;
  private readonly blobs: StructuredBlobs;
  private begun: Promise<Beginning> | undefined;

  /** @param known ids of all that the store has; null where that is not known */
  constructor(
    private readonly log: HistoryLog,
    repository: Repository,
    private readonly engine: Engine,
    private readonly describing: Describing,
    known: IdSet | null,
  ) {
    this.pass = log.survey(hasStructure, known);
    this.blobs = new StructuredBlobs(repository);
  }

  /** Goes on as far as that needs no waiting for git. What fails is said by `answers`. */
  async goOn(): Promise<void> {
    if (!this.log.isWritten) {
      this.pass.readOn();
      return this.blobs.ask(this.pass.takeFresh());
    }
    await this.survey().catch(() => undefined);
    if (this.blobs.isWritten) await this.beginning().catch(() => undefined);
  }

  /**
   * @param blobs of which places are wanted
   * @throws HistoryError `git_failed`
   */
  async answers(blobs: ReadonlySet<string>): Promise<Answers> {
    const { survey, structured } = await this.beginning();
    const { places } = await this.log.placesOf(blobs).end();
    return { places: new Map([...survey.places, ...places]), missing: survey.missing, structured };
  }

  close(): void {
    this.blobs.close();
  }

  private survey(): Promise<Survey> {
    return (this.surveyed ??= this.pass.end().then((survey) => {
      this.blobs.ask(this.pass.takeFresh());
      this.blobs.end();
      return survey;
    }));
  }

  private beginning(): Promise<Beginning> {
    return (this.begun ??= this.begin());
  }

  private async begin(): Promise<Beginning> {
    const survey = await this.survey();
    return { survey, structured: await this.blobs.read(survey.places, this.engine, this.describing) };
  }
}
