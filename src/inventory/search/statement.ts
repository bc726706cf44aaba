/** Takes a value for a statement and gives its place in it, like `$3`. */
export type Bind = (value: unknown) => string;

export function binding(): { readonly parameters: unknown[]; readonly bind: Bind } {
  const parameters: unknown[] = [];
  return { parameters, bind: (value) => `$${parameters.push(value)}` };
}

export function where(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

/** What may be asked of an identity `i` that an index found. */
export const ASKED_OF = 'i.id, i.status, i.support_expires_at, i.handover_due_at';

/**
 * Up to so many and one of the identities `i` that meet all conditions of any of several ways, each once.
 *
 * @param columns of `i`, its id among them
 */
export function upTo(most: string, columns: string, ways: readonly (readonly string[])[]): string {
  const limit = `LIMIT ${most}::integer + 1`;
  const selects = ways.map((way) => `SELECT ${columns} FROM muster.identities i ${where(way)} ${limit}`);
  if (selects.length === 1) return selects[0]!;
  return `SELECT * FROM (${selects.map((select) => `(${select})`).join(' UNION ')}) AS i ${limit}`;
}
