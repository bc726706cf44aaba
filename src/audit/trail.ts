import type { Decision } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { leafColumns } from './domain/leaf-columns.js';

/** One record, as it stands in a trail: what happened, never the images. */
export interface TrailEntry {
  readonly n: number;
  /** Its place in the tree; null for as long as it waits there. */
  readonly index: number | null;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly at: Date;
  /** The session or credential through which the actor acted. */
  readonly instance: string | null;
  readonly decision: Decision;
}

/** Whose trail: records about these things, and records of what these actors did. */
export interface Tracked {
  readonly subjects: readonly string[];
  readonly actors: readonly string[];
}

/**
 * Where a page of a trail ended: among the records in the tree, below that index; or among those that waited for the
 * tree, below that number, when the tree's last index was `top`.
 */
export type TrailPosition =
  | { readonly kind: 'in-tree'; readonly below: number }
  | { readonly kind: 'waiting'; readonly n: number; readonly top: number };

/** More records than these wait for the tree only where the sequencer stands still; then the oldest of them come later. */
const MOST_WAITING = 1_000;

/**
 * Follows single things through the log, newest first, without reading the rest of it: up to `count` records beyond a
 * position. The sequencer may be adding to the tree meanwhile; no record is given twice for it, nor left out.
 *
 * @param tx one snapshot: what waits and what is in the tree must agree
 */
export async function readTrail(
  tx: Tx,
  tracked: Tracked,
  after: TrailPosition | undefined,
  count: number,
): Promise<readonly (readonly [TrailEntry, TrailPosition])[]> {
  if (after?.kind === 'in-tree') return readTree(tx, tracked, after.below, count);
  const top = after?.top ?? (await topOf(tx));
  const waiting = await readWaiting(tx, tracked, top, after?.n ?? null, count);
  return [...waiting, ...(await readTree(tx, tracked, top + 1, count - waiting.length))];
}

async function topOf(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ top: string }>('SELECT coalesce(max(index), -1) AS top FROM audit.leaves');
  return Number(row!.top);
}

/** Each thing's own stretch of an index, in order, no further than the page can need. */
async function readTree(tx: Tx, { subjects, actors }: Tracked, below: number, count: number) {
  if (count === 0) return [];
  const stretch = (column: string, names: string) => `
    SELECT l.index, l.n FROM unnest(${names}::text[]) AS t (name), LATERAL (
      SELECT index, n FROM audit.leaves WHERE ${column} = t.name AND index < $3 ORDER BY index DESC LIMIT $4) AS l`;
  const rows = await tx.query<TrailRow>(
    `WITH found AS (
       (${stretch('subject', '$1')}) UNION (${stretch('actor', '$2')}) ORDER BY index DESC LIMIT $4)
     SELECT f.index, f.n, r.leaf FROM found f JOIN audit.records r USING (n) ORDER BY f.index DESC`,
    [subjects, actors, below, count],
  );
  return rows.map((row) => [entryOf(row), { kind: 'in-tree', below: Number(row.index) }] as const);
}

/** What was recorded since the tree reached its top, wherever in the tree it has come by now. */
async function readWaiting(
  tx: Tx,
  { subjects, actors }: Tracked,
  top: number,
  belowNumber: number | null,
  count: number,
) {
  const rows = await tx.query<TrailRow>(
    `WITH mark AS MATERIALIZED (
       SELECT coalesce((SELECT complete_to FROM audit.batches WHERE size <= $1::bigint + 1 ORDER BY size DESC LIMIT 1), 0)
         AS n),
     late AS MATERIALIZED (
       SELECT r.n, r.leaf, l.index FROM audit.records r LEFT JOIN audit.leaves l ON l.n = r.n
       WHERE r.n > (SELECT n FROM mark) AND ($2::bigint IS NULL OR r.n < $2) AND (l.index IS NULL OR l.index > $1)
       ORDER BY r.n DESC LIMIT ${MOST_WAITING})
     SELECT n, index, leaf FROM late WHERE leaf LIKE ANY ($3) ORDER BY n DESC`,
    [top, belowNumber, [...subjects, ...actors].map((name) => `%"${name}"%`)],
  );
  return rows
    .map(entryOf)
    .filter(({ subject, actor }) => subjects.includes(subject) || actors.includes(actor))
    .slice(0, count)
    .map((entry) => [entry, { kind: 'waiting', n: entry.n, top }] as const);
}

interface TrailRow {
  readonly n: string;
  readonly index: string | null;
  readonly leaf: string;
}

const UNKNOWN: Decision = { effect: 'deny', policy: 'unknown', reasons: [] };

function entryOf({ n, index, leaf }: TrailRow): TrailEntry {
  const { type, actor, subject, at } = leafColumns(leaf);
  return {
    ...{ n: Number(n), index: index === null ? null : Number(index), type, actor, subject, at: new Date(at) },
    ...restOf(leaf),
  };
}

/** Whatever got something else into the table shows as such, and stops nobody's trail. */
function restOf(leaf: string): Pick<TrailEntry, 'instance' | 'decision'> {
  try {
    const { instance = null, decision } = JSON.parse(leaf) as { instance?: string; decision?: Decision };
    return { instance, decision: decision ?? UNKNOWN };
  } catch {
    return { instance: null, decision: UNKNOWN };
  }
}
