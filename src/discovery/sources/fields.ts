export type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT = 512;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** What a document or an answer holds under these names; undefined where any step of the way is missing. */
export function at(value: unknown, ...path: readonly (number | string)[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined;
    return (inner as Record<number | string, unknown>)[name];
  }, value);
}

/** A name of something: one line, shortened; null where there is none. Numbers are names, too. */
export function textAt(value: unknown, ...path: readonly (number | string)[]): string | null {
  const found = at(value, ...path);
  if (typeof found === 'number' && Number.isFinite(found)) return String(found);
  return typeof found === 'string' && found !== '' ? plain(found) : null;
}

export function plain(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll(CONTROL, ' ').trim();
}

/** The members of a list; of one that stands alone where a list may, that one. */
export function listAt(value: unknown, ...path: readonly (number | string)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (Array.isArray(found)) return found;
  return found === undefined || found === null ? [] : [found];
}

export function textsAt(value: unknown, ...path: readonly (number | string)[]): readonly string[] {
  return listAt(value, ...path).flatMap((one) => (typeof one === 'string' && one !== '' ? [plain(one)] : []));
}

export function fieldsAt(value: unknown, ...path: readonly (number | string)[]): Fields {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Fields) : {};
}

/** RFC 3339 in UTC; null for what is no instant, or none at all. */
export function instantAt(value: unknown, ...path: readonly (number | string)[]): string | null {
  const found = at(value, ...path);
  if (typeof found !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(found)) return null;
  const instant = new Date(found.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z'));
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}
