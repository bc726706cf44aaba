import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

export const EVENT_KINDS = [
  'adopted',
  'assigned',
  'commented',
  'dismissed',
  'merged',
  'reopened',
  'resolved',
  'retired',
  'split',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What was said or done about a finding. */
export interface FindingEvent {
  readonly kind: EventKind;
  readonly words: string | null;
  /** Ids and words of what it came to. */
  readonly data: Readonly<Record<string, string | null>>;
  readonly by: string;
  readonly at: Date;
}

export interface StoredEvent extends FindingEvent {
  readonly number: number;
}

@Injectable()
export class FindingEventsRepository {
  async add(tx: Tx, findingId: Id<'finding'>, { kind, words, data, by, at }: FindingEvent): Promise<void> {
    await tx.execute(
      'INSERT INTO muster.discovery_events (finding_id, kind, words, data, by, at) VALUES ($1, $2, $3, $4, $5, $6)',
      [findingId, kind, words, JSON.stringify(data), by, at],
    );
  }

  /** The newest first. */
  async list(tx: Tx, findingId: Id<'finding'>, before: number | undefined, count: number): Promise<StoredEvent[]> {
    const rows = await tx.query<Omit<StoredEvent, 'number'> & { readonly id: string }>(
      `SELECT e.id, e.kind, e.words, e.data, e.by, e.at FROM muster.discovery_events e
       WHERE e.finding_id = $1 AND ($2::bigint IS NULL OR e.id < $2) ORDER BY e.id DESC LIMIT $3`,
      [findingId, before ?? null, count],
    );
    return rows.map(({ id, ...event }) => ({ ...event, number: Number(id) }));
  }
}
