/** What lists filter by, repeated beside the leaf's hash. */
export interface LeafColumns {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly at: string;
}

const MALFORMED: LeafColumns = {
  type: 'malformed',
  actor: 'unknown',
  subject: 'unknown',
  at: '1970-01-01T00:00:00.000Z',
};
const INSTANT = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * Reads the columns of a leaf. Never throws: whoever got something else into the table must not stop the log, so it is
 * taken into the tree like any other and shows as `malformed`.
 */
export function leafColumns(text: string): LeafColumns {
  try {
    const { type, actor, subject, at } = JSON.parse(text) as Record<string, unknown>;
    const words = [type, actor, subject].every((value) => typeof value === 'string');
    if (!words || typeof at !== 'string' || !INSTANT.test(at) || Number.isNaN(Date.parse(at))) return MALFORMED;
    return { type, actor, subject, at } as LeafColumns;
  } catch {
    return MALFORMED;
  }
}
