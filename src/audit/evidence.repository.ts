import type { Selection } from './domain/export-file.js';
import type { Query } from './query.js';

/** An entry of the log as stored. */
export interface EntryRow {
  readonly index: number;
  readonly n: number;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly at: Date;
  readonly leaf: string;
}

export interface EntryFilter {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  /** Recorded at or after. */
  readonly from?: Date | undefined;
  /** Recorded before. */
  readonly to?: Date | undefined;
}

export interface ImagesRow {
  readonly n: number;
  readonly salt: Buffer;
  readonly images: string;
}

const ENTRY = `SELECT l.index, l.n, l.type, l.actor, l.subject, l.at, r.leaf
  FROM audit.leaves l JOIN audit.records r USING (n)`;

const CONDITIONS: Readonly<Record<keyof EntryFilter, string>> = {
  type: 'l.type =',
  subject: 'l.subject =',
  actor: 'l.actor =',
  from: 'l.at >=',
  to: 'l.at <',
};

/** Leaves in the tree. */
export async function treeSize(query: Query): Promise<number> {
  const [row] = await query<{ size: string }>('SELECT size FROM audit.batches ORDER BY size DESC LIMIT 1');
  return Number(row?.size ?? 0);
}

/** Entries that match, newest first, below that index. */
export async function listEntries(
  query: Query,
  filter: EntryFilter,
  below: number | undefined,
  limit: number,
): Promise<EntryRow[]> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined) as [keyof EntryFilter, unknown][];
  const conditions = given.map(([name], i) => `${CONDITIONS[name]} $${i + 3}`);
  const rows = await query<Record<string, unknown>>(
    `${ENTRY} WHERE ${['l.index < $1', ...conditions].join(' AND ')} ORDER BY l.index DESC LIMIT $2`,
    [below ?? Number.MAX_SAFE_INTEGER, limit, ...given.map(([, value]) => value)],
  );
  return rows.map(entry);
}

export async function findEntry(query: Query, index: number): Promise<EntryRow | undefined> {
  const [row] = await query<Record<string, unknown>>(`${ENTRY} WHERE l.index = $1`, [index]);
  return row && entry(row);
}

/** Where a record went into the log; undefined as long as it waits. */
export async function findEntryOf(query: Query, n: number): Promise<EntryRow | undefined> {
  const [row] = await query<Record<string, unknown>>(`${ENTRY} WHERE l.n = $1`, [n]);
  return row && entry(row);
}

/** Entries of a selection in order, at most so many. */
export async function selectEntries(
  query: Query,
  { from, to, subject }: Selection,
  limit: number,
): Promise<EntryRow[]> {
  const rows = await query<Record<string, unknown>>(
    `${ENTRY} WHERE l.index >= $1 AND l.index < $2 ${subject === null ? '' : 'AND l.subject = $4'}
     ORDER BY l.index LIMIT $3`,
    [from, to, limit, ...(subject === null ? [] : [subject])],
  );
  return rows.map(entry);
}

/** Where a record stands in the log. */
export interface LogPlace {
  readonly index: number;
  readonly type: string;
  readonly subject: string;
}

/** Where all records about these subjects stand below an index, in order. */
export async function listPlaces(query: Query, subjects: readonly string[], below: number): Promise<LogPlace[]> {
  const rows = await query<{ index: string; type: string; subject: string }>(
    `SELECT l.index, l.type, l.subject FROM unnest($1::text[]) AS t (name) JOIN audit.leaves l ON l.subject = t.name
     WHERE l.index < $2 ORDER BY l.index`,
    [subjects, below],
  );
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}

/** The entries at these places, in order. */
export async function entriesAt(query: Query, indexes: readonly number[]): Promise<EntryRow[]> {
  const rows = await query<Record<string, unknown>>(`${ENTRY} WHERE l.index = ANY ($1::bigint[]) ORDER BY l.index`, [
    indexes,
  ]);
  return rows.map(entry);
}

/** The numbers among these whose images are still kept. */
export async function keptImages(query: Query, entries: readonly EntryRow[]): Promise<Set<number>> {
  const rows = await query<{ n: string }>(`SELECT i.n FROM ${imagesOf}`, [entries.map(({ n }) => n)]);
  return new Set(rows.map(({ n }) => Number(n)));
}

/** Salts and images of these entries, as committed. */
export async function readImages(query: Query, entries: readonly EntryRow[]): Promise<Map<number, ImagesRow>> {
  const rows = await query<{ n: string; salt: Buffer; images: string }>(
    `SELECT i.n, i.salt, i.images FROM ${imagesOf}`,
    [entries.map(({ n }) => n)],
  );
  return new Map(rows.map((row) => [Number(row.n), { ...row, n: Number(row.n) }]));
}

/** The instant leads to the month's partition. */
const imagesOf = `audit.leaves l JOIN audit.images i ON i.n = l.n AND i.at = l.at WHERE l.n = ANY($1::bigint[])`;

function entry(row: Record<string, unknown>): EntryRow {
  return { ...row, index: Number(row['index']), n: Number(row['n']) } as EntryRow;
}
