/** The bytes that a name in PostgreSQL may have (NAMEDATALEN − 1); longer ones are cut, and would be another name. */
export const MAX_NAME_BYTES = 63;

const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;
const UNQUOTED = /^[a-z_][a-z0-9_$]*$/;

/** A name as a part of a statement (PostgreSQL, §4.1.1): always quoted, so that nothing in it means anything else. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name as people write it: quoted where it would mean another without. */
export function written(name: string): string {
  return UNQUOTED.test(name) ? name : quoted(name);
}

/** What one written name stands for: folded to lower case unless quoted; undefined when it is none. */
export function nameOf(text: string): string | undefined {
  const name = unquoted(text);
  return name !== undefined && isName(name) ? name : undefined;
}

/** Whether it can be the name of something there at all. */
export function isName(name: string): boolean {
  return name !== '' && !name.includes('\0') && Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

function unquoted(text: string): string | undefined {
  if (PLAIN.test(text)) return text.toLowerCase();
  return /^"(?:[^"]|"")+"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : undefined;
}
