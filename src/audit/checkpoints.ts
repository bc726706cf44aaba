import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkpointText, openNote } from '../crypto/index.js';
import { Signer } from '../platform/index.js';
import { AuditError } from './domain/errors.js';
import { LogIdentity } from './log-identity.js';
import type { Query } from './query.js';
import { TreeHashes } from './tree-hashes.js';

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** The signed note, as published. */
  readonly note: string;
}

interface Row {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
}

/** Signed commitments to the tree (C2SP tlog-checkpoint), one for every size that was published. */
@Injectable()
export class Checkpoints {
  constructor(
    private readonly dataSource: DataSource,
    private readonly identity: LogIdentity,
    private readonly signer: Signer,
  ) {}

  /**
   * Has the tree's root signed and stores the note, unless that was done before.
   *
   * The leaves are committed by then: a log must never sign what it could still lose, or two trees of one size would
   * bear its name (C2SP tlog-checkpoint). It is compared with the last signed tree first.
   *
   * @returns the size up to which the tree is signed now; undefined while there is no key to sign with
   * @throws SignerError while nothing can be signed; AuditError `log_altered` when the tree does not extend what was
   *   signed before
   */
  async publish(): Promise<number | undefined> {
    const query: Query = (sql, parameters) => this.dataSource.query(sql, [...(parameters ?? [])]);
    const [grown] = await query<{ size: string }>('SELECT size FROM audit.batches ORDER BY size DESC LIMIT 1');
    const last = await this.latest(query);
    const size = Number(grown?.size ?? 0);
    if (size <= (last?.size ?? 0)) return last?.size ?? 0;
    const key = await this.identity.key();
    if (!key) return undefined;
    const root = await rootAfter(query, last, size);
    const text = checkpointText({ origin: key.name, size, root });
    const note = await this.signer.signCheckpoint(text);
    if (openNote(note, key) !== text) throw new Error('The signer signed something else than it was asked to.');
    await query('INSERT INTO audit.checkpoints (size, root, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      size,
      root,
      note,
    ]);
    return size;
  }

  /** The checkpoint of the largest tree. */
  async latest(query: Query): Promise<StoredCheckpoint | undefined> {
    const [row] = await query<Row>('SELECT size, root, note FROM audit.checkpoints ORDER BY size DESC LIMIT 1');
    return row && stored(row);
  }

  /** @throws AuditError `log_empty` before the first one */
  async getLatest(query: Query): Promise<StoredCheckpoint> {
    const checkpoint = await this.latest(query);
    if (!checkpoint)
      throw new AuditError('log_empty', 'No checkpoint has been signed yet. Ask again once something was recorded.');
    return checkpoint;
  }

  /** @throws AuditError `checkpoint_not_found` for a size that was never published */
  async get(query: Query, size: number): Promise<StoredCheckpoint> {
    const [row] = await query<Row>('SELECT size, root, note FROM audit.checkpoints WHERE size = $1', [size]);
    if (!row)
      throw new AuditError('checkpoint_not_found', 'Give the size of a checkpoint that this log has published.');
    return stored(row);
  }
}

/** The root as stored, once the part of the tree that was signed before has been found unchanged. */
async function rootAfter(query: Query, last: StoredCheckpoint | undefined, size: number): Promise<Buffer> {
  const before = { start: 0, end: last?.size ?? 0 };
  const now = { start: 0, end: size };
  const hashes = await TreeHashes.loadFor(query, [before, now]);
  if (last && !hashes.hashOf(before).equals(last.root))
    throw new AuditError('log_altered', `The log was altered: its first ${last.size} leaves are not those it signed.`);
  return hashes.hashOf(now);
}

function stored({ size, root, note }: Row): StoredCheckpoint {
  return { size: Number(size), root, note };
}
