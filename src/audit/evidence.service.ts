import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { consistencyRanges, inclusionRanges, noteKeyText, type Range } from '../crypto/index.js';
import { Checkpoints, type StoredCheckpoint } from './checkpoints.js';
import { AuditError } from './domain/errors.js';
import { type EntryFilter, type EntryRow, findEntry, listEntries, treeSize } from './evidence.repository.js';
import { LogIdentity } from './log-identity.js';
import type { Query } from './query.js';
import { TreeHashes } from './tree-hashes.js';

export interface ProvedRow {
  readonly entry: EntryRow;
  readonly proof: readonly Buffer[];
  readonly checkpoint: StoredCheckpoint;
}

/** Reads the log and proves what it reads. */
@Injectable()
export class Evidence {
  private readonly query: Query;

  constructor(
    dataSource: DataSource,
    private readonly checkpoints: Checkpoints,
    private readonly identity: LogIdentity,
  ) {
    this.query = (sql, parameters) => dataSource.query(sql, [...(parameters ?? [])]);
  }

  /** Entries newest first; one more than the limit where there are more. */
  list(filter: EntryFilter, below: number | undefined, limit: number): Promise<EntryRow[]> {
    return listEntries(this.query, filter, below, limit + 1);
  }

  checkpoint(): Promise<StoredCheckpoint> {
    return this.checkpoints.getLatest(this.query);
  }

  /**
   * The log's public key as verifiers take it.
   *
   * @throws AuditError `log_empty` before the installation is founded
   */
  async key(): Promise<string> {
    const key = await this.identity.key();
    if (!key) throw new AuditError('log_empty', 'The log has no name yet. Ask again once the installation is set up.');
    return noteKeyText(key);
  }

  /**
   * One entry with the proof that it is in the tree of the latest checkpoint.
   *
   * @throws AuditError `record_not_found`, also for an entry that no checkpoint covers yet
   */
  async get(index: number): Promise<ProvedRow> {
    const [entry, checkpoint] = await Promise.all([findEntry(this.query, index), this.checkpoint()]);
    if (!entry || index >= checkpoint.size)
      throw new AuditError('record_not_found', `The signed log holds the records 0 to ${checkpoint.size - 1}.`);
    return { entry, checkpoint, proof: await this.hashes(inclusionRanges(index, checkpoint.size)) };
  }

  /** @throws AuditError `proof_range_invalid` unless 0 ≤ index < size ≤ the log's size */
  async proveInclusion(index: number, size?: number): Promise<{ size: number; hashes: Buffer[] }> {
    const largest = await treeSize(this.query);
    const within = size ?? largest;
    if (within > largest || index >= within) throw outside(largest);
    return { size: within, hashes: await this.hashes(inclusionRanges(index, within)) };
  }

  /** @throws AuditError `proof_range_invalid` unless 0 < from ≤ to ≤ the log's size */
  async proveConsistency(from: number, to?: number): Promise<{ to: number; hashes: Buffer[] }> {
    const largest = await treeSize(this.query);
    const until = to ?? largest;
    if (until > largest || from < 1 || from > until) throw outside(largest);
    return { to: until, hashes: await this.hashes(consistencyRanges(from, until)) };
  }

  private async hashes(ranges: readonly Range[]): Promise<Buffer[]> {
    const tree = await TreeHashes.loadFor(this.query, ranges);
    return ranges.map((range) => tree.hashOf(range));
  }
}

function outside(size: number): AuditError {
  return new AuditError('proof_range_invalid', `The log has ${size} leaves; ask within that, smaller size first.`);
}
