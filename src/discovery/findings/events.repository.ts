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
  async add(tx: Tx, findingId: Id<'finding'>, event: FindingEvent): Promise<void> {
    await this.addAll(tx, [{ ...event, findingId }]);
  }

  async addAll(tx: Tx, events: readonly (FindingEvent & { readonly findingId: Id<'finding'> })[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map(({ findingId, ...event }) => ({ finding_id: findingId, ...event }));
    await tx.execute(ADD, [JSON.stringify(rows)]);
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

const ADD = `
  INSERT INTO muster.discovery_events (finding_id, kind, words, data, by, at)
  SELECT e.finding_id, e.kind, e.words, e.data, e.by, e.at FROM jsonb_to_recordset($1::jsonb)
    AS e (finding_id text, kind text, words text, data jsonb, by text, at timestamptz)`;
