import { createHash } from 'node:crypto';
import { Audit, type AuditRecord } from '../../src/audit/index.js';
import {
  type ExportedEntry,
  exportImage,
  exportText,
  partImage,
  type ProvedEntry,
} from '../../src/audit/domain/export-file.js';
import {
  checkpointText,
  consistencyRanges,
  inclusionRanges,
  leafHash,
  noteKey,
  noteKeyText,
  type Range,
  rootOf,
} from '../../src/crypto/index.js';
import type { Json } from '../../src/kernel/index.js';
import { administrator, changeOf, fixedLogKey, ORIGIN } from './log-fixture.js';

const clock = { now: () => new Date('2026-11-21T12:00:00.000Z') };
const audit = new Audit(clock);

export const LOG_KEY = noteKeyText(noteKey(ORIGIN, fixedLogKey().publicKey));

export interface Asked {
  readonly from?: number;
  readonly to?: number;
  readonly subject?: string;
  /** Size of an earlier tree whose checkpoint the file carries. */
  readonly earlier?: number;
  readonly withheld?: boolean;
  /** Seed of another key: a forger's own. */
  readonly keySeed?: number;
}

/** A log in memory, written and exported by the service's own pure parts, without a database. */
export class MemoryLog {
  private readonly entries: ExportedEntry[] = [];
  private readonly hashes: Buffer[] = [];

  constructor(size: number) {
    for (let i = 0; i < size; i += 1) this.append(changeOf(i));
  }

  append(record: AuditRecord): void {
    const { leaf, salt, images } = audit.compose(record);
    this.entries.push({ index: this.entries.length, leaf, shown: { salt, images } });
    this.hashes.push(leafHash(Buffer.from(leaf)));
  }

  get size(): number {
    return this.entries.length;
  }

  /** The signed checkpoint of the first so many entries. */
  checkpoint(size = this.size, keySeed = 1): string {
    const root = rootOf(this.hashes.slice(0, size));
    return fixedLogKey(keySeed).sign(checkpointText({ origin: ORIGIN, size, root }));
  }

  export(asked: Asked = {}): string {
    const { from = 0, to = this.size, subject = null, keySeed = 1 } = asked;
    const chosen = this.entries
      .slice(from, to)
      .filter(({ leaf }) => subject === null || (JSON.parse(leaf) as { subject: string }).subject === subject)
      .map((entry): ExportedEntry => (asked.withheld ? { ...entry, shown: null } : entry));
    const after = exportImage({ from, to, subject }, chosen);
    this.append({ type: 'audit.exported', actor: administrator, subject: subject ?? 'log', after });
    return exportText({
      checkpoint: this.checkpoint(this.size, keySeed),
      key: noteKeyText(noteKey(ORIGIN, fixedLogKey(keySeed).publicKey)),
      earlier:
        asked.earlier === undefined
          ? null
          : {
              checkpoint: this.checkpoint(asked.earlier),
              proof: this.prove(consistencyRanges(asked.earlier, this.size)),
            },
      entries: chosen.map((entry) => this.proved(entry)),
      receipt: this.proved(this.entries.at(-1)!),
    });
  }

  /** Where entries about these subjects stand, and what they are. */
  placesOf(subjects: readonly string[]): { readonly index: number; readonly type: string }[] {
    return this.entries
      .map(({ index, leaf }) => ({ index, ...(JSON.parse(leaf) as { type: string; subject: string }) }))
      .filter(({ subject }) => subjects.includes(subject));
  }

  /** Entries in parts of at most so many, under one record that is made from what the parts hold. */
  take(
    indexes: readonly number[],
    record: (log: Json) => AuditRecord,
    { most = 5_000, withheld = false }: { readonly most?: number; readonly withheld?: boolean } = {},
  ): string[] {
    const parts = Array.from({ length: Math.max(1, Math.ceil(indexes.length / most)) }, (_, i) =>
      indexes
        .slice(i * most, (i + 1) * most)
        .map((index) => (withheld ? { ...this.entries[index]!, shown: null } : this.entries[index]!)),
    );
    this.append(record(parts.map(partImage)));
    return parts.map((part) =>
      exportText({
        checkpoint: this.checkpoint(),
        key: LOG_KEY,
        earlier: null,
        entries: part.map((entry) => this.proved(entry)),
        receipt: this.proved(this.entries.at(-1)!),
      }),
    );
  }

  private proved(entry: ExportedEntry): ProvedEntry {
    return { ...entry, proof: this.prove(inclusionRanges(entry.index, this.size)) };
  }

  private prove(ranges: readonly Range[]): Buffer[] {
    return ranges.map(({ start, end }) => rootOf(this.hashes.slice(start, end)));
  }
}

/** The same numbers in every run. */
export function* seeded(seed: string): Generator<number, never> {
  for (let i = 0; ; i += 1) yield createHash('sha256').update(`${seed}/${i}`).digest().readUInt32BE();
}
