import { z, type ZodType } from 'zod';
import { canonicalJson, type Json } from '../../kernel/index.js';
import { RequestError } from './errors.js';
import { wholeNumber } from './schemas.js';

const MAX_LIMIT = 200;
const MAX_CURSOR = 512;

/** Query parameters of every list: at most 200 items a page, and the opaque cursor of the page before. */
export const pageQuery = {
  limit: wholeNumber(1, MAX_LIMIT).default(50),
  cursor: z.string().max(MAX_CURSOR).optional(),
};

/** One page of a list; `nextCursor` is null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export function pageOf<Item extends ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Cuts a page out of up to `limit + 1` rows, the cursor taken from the last row that is shown. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => Json,
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(show), nextCursor: more ? encodeCursor(position(last)) : null };
}

/** Makes the opaque cursor that `decodeCursor` reads back, where a list is cut into pages by itself. */
export function encodeCursor(position: Json): string {
  return Buffer.from(canonicalJson(position)).toString('base64url');
}

/** Reads a cursor back; refuses anything that does not have the shape of a position in this list. */
export function decodeCursor<Position>(cursor: string | undefined, shape: ZodType<Position>): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new RequestError('cursor_invalid', 'Take the cursor from the page before, or leave it out to start again.', {
      cause,
    });
  }
}
