import type { Json } from '../../kernel/index.js';
import type { Payload } from './payload.js';

/** Port: what people call the thing that an id stands for. Bound in `app.module.ts` to the rooms that keep such things. */
export abstract class Subjects {
  /** Its name, or undefined where it has none, is not there, or is of no kind that people name. */
  abstract nameOf(id: string): Promise<string | undefined>;
}

const BLANK = /\{(body\.)?([A-Za-z]+)\}/g;
const ID = /^[a-z]{3}_[0-9a-f]{32}$/;
const MAX_VALUE = 120;

/**
 * Says what will happen, for people: `{id}` stands for a part of the path, `{body.reason}` for a field of the body, and
 * an id is written with the name of what it stands for. Names are others' to choose, so they stand in quotation marks.
 */
export async function wordsFor(
  template: string,
  resource: Readonly<Record<string, string>>,
  { body }: Payload,
  subjects: Subjects,
): Promise<string> {
  const fields = (typeof body === 'object' && !Array.isArray(body) ? body : {}) as Readonly<
    Record<string, Json>
  > | null;
  const texts = new Map<string, string>();
  for (const [blank, inBody, name] of template.matchAll(BLANK)) {
    const values: Readonly<Record<string, Json>> = inBody ? (fields ?? {}) : resource;
    const value = Object.hasOwn(values, name!) ? values[name!] : undefined;
    texts.set(blank, await textOf(value, subjects));
  }
  return template.replace(BLANK, (blank) => texts.get(blank)!);
}

async function textOf(value: Json | undefined, subjects: Subjects): Promise<string> {
  if (value === undefined || value === null) return '—';
  if (Array.isArray(value))
    return value.map((item: Json) => cut(typeof item === 'string' ? item : JSON.stringify(item))).join(', ');
  if (typeof value !== 'string') return cut(JSON.stringify(value));
  if (!ID.test(value)) return quoted(value);
  const name = await subjects.nameOf(value);
  return name === undefined ? value : `${quoted(name)} (${value})`;
}

/** What others wrote cannot end its own quotation. */
function quoted(text: string): string {
  return `“${cut(text.replace(/[“”„‟"]/g, '’'))}”`;
}

function cut(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}
