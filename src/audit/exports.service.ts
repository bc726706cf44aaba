import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { consistencyRanges, inclusionRanges, noteKeyText, type Range } from '../crypto/index.js';
import type { Actor, Json } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import { Audit, type AuditRecord } from './audit.js';
import { Checkpoints, type StoredCheckpoint } from './checkpoints.js';
import { AuditError } from './domain/errors.js';
import {
  type ExportedEntry,
  exportImage,
  exportText,
  partImage,
  type ProvedEntry,
  type Selection,
} from './domain/export-file.js';
import { mayReadImages } from './domain/visibility.js';
import {
  entriesAt,
  type EntryRow,
  findEntryOf,
  keptImages,
  listPlaces,
  type LogPlace,
  readImages,
  selectEntries,
  treeSize,
} from './evidence.repository.js';
import { LogIdentity } from './log-identity.js';
import { LogReader } from './log-reader.js';
import type { Query } from './query.js';
import { TreeHashes } from './tree-hashes.js';

export const MAX_EXPORTED = 5_000;
const PATIENCE_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 25;

export interface ExportRequest {
  /** First index; 0 when left out. */
  readonly from?: number | undefined;
  /** The index after the last; the log's size when left out. */
  readonly to?: number | undefined;
  readonly subject?: string | undefined;
  /** Size of a checkpoint that the reader holds: the file then proves that the log has only grown since. */
  readonly pinnedSize?: number | undefined;
}

/** Gives out parts of the log as files that prove themselves offline. */
@Injectable()
export class Exports {
  private readonly query: Query;

  constructor(
    dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: Audit,
    private readonly checkpoints: Checkpoints,
    private readonly identity: LogIdentity,
    private readonly log: LogReader,
  ) {
    this.query = (sql, parameters) => dataSource.query(sql, [...(parameters ?? [])]);
  }

  /**
   * Exports a range or what concerns one subject, at most 5,000 entries.
   *
   * The export is recorded, and its record sequenced and signed, before the first image is read (P2); the file ends with
   * that record, which fixes what the file holds.
   *
   * @returns the file's text
   * @throws AuditError `export_range_invalid`, `export_too_large`, `checkpoint_not_found` for the pinned size,
   *   `export_not_sequenced` when the record did not reach the signed log in time: ask again
   */
  async export(actor: Actor, request: ExportRequest): Promise<string> {
    const earlier =
      request.pinnedSize === undefined ? null : await this.checkpoints.get(this.query, request.pinnedSize);
    const selection = await this.select(request);
    const entries = await selectEntries(this.query, selection, MAX_EXPORTED + 1);
    if (entries.length > MAX_EXPORTED)
      throw new AuditError('export_too_large', `Export at most ${MAX_EXPORTED} entries at a time: narrow the range.`);
    const readable = mayReadImages(actor.principal) ? await keptImages(this.query, entries) : new Set<number>();
    const image = exportImage(selection, placeholders(entries, readable));
    const n = await this.unitOfWork.run(async (tx) => {
      const subject = selection.subject ?? 'log';
      const [number] = await this.audit.appendAll(tx, [{ type: 'audit.exported', actor, subject, after: image }]);
      return number!;
    });
    const { receipt, checkpoint } = await this.sequenced(n);
    return this.write(entries, readable, receipt, checkpoint, earlier);
  }

  /**
   * Where everything stands that was recorded about these subjects before this was asked.
   *
   * @throws AuditError `export_not_sequenced` when the log does not catch up in time: ask again
   */
  async placesOf(subjects: readonly string[]): Promise<LogPlace[]> {
    const [row] = await this.query<{ now: Date }>('SELECT now() AS now');
    for (const giveUpAt = performance.now() + PATIENCE_MILLISECONDS; performance.now() < giveUpAt;) {
      const { at, size } = await this.log.horizon();
      if (at >= row!.now) return listPlaces(this.query, subjects, size);
      await sleep(POLL_MILLISECONDS);
    }
    throw behind();
  }

  /**
   * Takes entries out of the log in parts, each a file as `export` gives it, under one record of the caller's own; that
   * record is committed, sequenced and signed before the first image is read (P2), and ends every part.
   *
   * @param record makes the record from what each part will hold; the image carries that as `log`
   * @returns the parts' texts, one after the other; each is read from the database when it is asked for
   * @throws AuditError `export_not_sequenced`
   */
  async take(
    actor: Actor,
    places: readonly LogPlace[],
    record: (log: Json) => Omit<AuditRecord, 'actor'>,
  ): Promise<AsyncGenerator<string>> {
    const parts = Array.from({ length: Math.max(1, Math.ceil(places.length / MAX_EXPORTED)) }, (_, i) =>
      places.slice(i * MAX_EXPORTED, (i + 1) * MAX_EXPORTED).map(({ index }) => index),
    );
    const images: Json[] = [];
    for (const part of parts) {
      const { entries, readable } = await this.read(actor, part);
      images.push(partImage(placeholders(entries, readable)));
    }
    const n = await this.unitOfWork.run(async (tx) => {
      const [number] = await this.audit.appendAll(tx, [{ ...record(images), actor }]);
      return number!;
    });
    return this.writeAll(actor, parts, await this.sequenced(n));
  }

  private async *writeAll(
    actor: Actor,
    parts: readonly (readonly number[])[],
    { receipt, checkpoint }: { receipt: EntryRow; checkpoint: StoredCheckpoint },
  ): AsyncGenerator<string> {
    for (const part of parts) {
      const { entries, readable } = await this.read(actor, part);
      yield await this.write(entries, readable, receipt, checkpoint, null);
    }
  }

  private async read(actor: Actor, indexes: readonly number[]) {
    const entries = await entriesAt(this.query, indexes);
    const readable = mayReadImages(actor.principal) ? await keptImages(this.query, entries) : new Set<number>();
    return { entries, readable };
  }

  private async select({ from = 0, to, subject }: ExportRequest): Promise<Selection> {
    const size = await treeSize(this.query);
    const until = Math.min(to ?? size, size);
    if (from > until)
      throw new AuditError('export_range_invalid', `The log has ${size} entries; ask from a lower to a higher index.`);
    return { from, to: until, subject: subject ?? null };
  }

  /** Waits until the export's own record stands in the tree, under a checkpoint. */
  private async sequenced(n: number): Promise<{ receipt: EntryRow; checkpoint: StoredCheckpoint }> {
    for (const giveUpAt = performance.now() + PATIENCE_MILLISECONDS; performance.now() < giveUpAt;) {
      const receipt = await findEntryOf(this.query, n);
      const checkpoint = receipt && (await this.checkpoints.latest(this.query));
      if (checkpoint && receipt.index < checkpoint.size) return { receipt, checkpoint };
      await sleep(POLL_MILLISECONDS);
    }
    throw behind();
  }

  private async write(
    entries: readonly EntryRow[],
    readable: ReadonlySet<number>,
    receipt: EntryRow,
    checkpoint: StoredCheckpoint,
    earlier: StoredCheckpoint | null,
  ): Promise<string> {
    const images = await readImages(this.query, [...entries.filter(({ n }) => readable.has(n)), receipt]);
    const inclusion = new Map(
      [...entries, receipt].map(({ index }) => [index, inclusionRanges(index, checkpoint.size)]),
    );
    const consistency = earlier ? consistencyRanges(earlier.size, checkpoint.size) : [];
    const tree = await TreeHashes.loadFor(this.query, [...[...inclusion.values()].flat(), ...consistency]);
    const hashes = (ranges: readonly Range[]) => ranges.map((range) => tree.hashOf(range));
    const proved = ({ index, n, leaf }: EntryRow): ProvedEntry => ({
      index,
      leaf,
      shown: images.get(n) ?? null,
      proof: hashes(inclusion.get(index)!),
    });
    return exportText({
      checkpoint: checkpoint.note,
      key: noteKeyText((await this.identity.key())!),
      earlier: earlier && { checkpoint: earlier.note, proof: hashes(consistency) },
      entries: entries.map(proved),
      receipt: proved(receipt),
    });
  }
}

function behind(): AuditError {
  return new AuditError('export_not_sequenced', 'The log is not being signed at the moment. Ask again in a minute.');
}

/** The entries as they will be shown, before anything of them has been read. */
function placeholders(entries: readonly EntryRow[], readable: ReadonlySet<number>): ExportedEntry[] {
  const unread = { salt: Buffer.alloc(0), images: '' };
  return entries.map(({ index, leaf, n }) => ({ index, leaf, shown: readable.has(n) ? unread : null }));
}
