import { StructureError } from './errors.js';
import { utf8 } from './text.js';

/** JSON in which each value knows where it stands, in bytes. */
export type PlacedJson =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, PlacedJson> }
  | { readonly kind: 'list'; readonly items: readonly PlacedJson[] }
  | PlacedText
  | { readonly kind: 'other'; readonly value: number | boolean | null };

export interface PlacedText {
  readonly kind: 'text';
  readonly value: string;
  /** Of the first byte within the quotes. */
  readonly start: number;
  readonly end: number;
}

const MAX_DEPTH = 96;
const MAX_VALUES = 1_000_000;
const WHITE = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d{0,40})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?/y;

/**
 * Reads JSON (RFC 8259) of a placed text. The work is linear in its length.
 *
 * @throws StructureError `structure_malformed`, `structure_too_deep`, `structure_too_large`
 */
export function readPlacedJson(text: string): PlacedJson {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

export function member(value: PlacedJson | undefined, ...names: readonly string[]): PlacedJson | undefined {
  return names.reduce<PlacedJson | undefined>(
    (at, name) => (at?.kind === 'object' ? at.members.get(name) : undefined),
    value,
  );
}

export function items(value: PlacedJson | undefined): readonly PlacedJson[] {
  return value?.kind === 'list' ? value.items : [];
}

/** The text of a value, or of a number. */
export function textOf(value: PlacedJson | undefined): string | undefined {
  if (value?.kind === 'text') return value.value === '' ? undefined : value.value;
  return value?.kind === 'other' && typeof value.value === 'number' ? String(value.value) : undefined;
}

class JsonReader {
  private at = 0;
  private count = 0;

  constructor(private readonly text: string) {}

  value(depth: number): PlacedJson {
    if (depth > MAX_DEPTH) throw new StructureError('structure_too_deep', 'Nested deeper than anybody writes.');
    if ((this.count += 1) > MAX_VALUES) throw new StructureError('structure_too_large', 'Too many values.');
    this.white();
    const letter = this.text[this.at];
    if (letter === '{') return this.object(depth);
    if (letter === '[') return this.list(depth);
    return letter === '"' ? this.quoted() : this.scalar();
  }

  end(): void {
    this.white();
    if (this.at !== this.text.length) throw malformed();
  }

  private object(depth: number): PlacedJson {
    const members = new Map<string, PlacedJson>();
    this.at += 1;
    this.white();
    if (this.taken('}')) return { kind: 'object', members };
    do {
      this.white();
      const { value: name } = this.quoted();
      this.white();
      if (!this.taken(':')) throw malformed();
      members.set(name, this.value(depth + 1));
      this.white();
    } while (this.taken(','));
    if (!this.taken('}')) throw malformed();
    return { kind: 'object', members };
  }

  private list(depth: number): PlacedJson {
    const values: PlacedJson[] = [];
    this.at += 1;
    this.white();
    if (this.taken(']')) return { kind: 'list', items: values };
    do {
      values.push(this.value(depth + 1));
      this.white();
    } while (this.taken(','));
    if (!this.taken(']')) throw malformed();
    return { kind: 'list', items: values };
  }

  private quoted(): PlacedText {
    if (!this.taken('"')) throw malformed();
    const start = this.at;
    let escaped = false;
    for (; ; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (Number.isNaN(code) || code < 0x20) throw malformed();
      if (code !== 0x5c) continue;
      escaped = true;
      this.at += 1;
    }
    const written = this.text.slice(start, this.at);
    this.at += 1;
    return { kind: 'text', value: utf8Escaped(written, escaped), start, end: start + written.length };
  }

  private scalar(): PlacedJson {
    SCALAR.lastIndex = this.at;
    const found = SCALAR.exec(this.text)?.[0];
    if (found === undefined || found === '') throw malformed();
    this.at += found.length;
    return { kind: 'other', value: JSON.parse(found) as number | boolean | null };
  }

  private white(): void {
    WHITE.lastIndex = this.at;
    this.at += WHITE.exec(this.text)![0].length;
  }

  private taken(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at += 1;
    return true;
  }
}

/** Escapes may make characters that are no bytes: the text is UTF-8 first, and unescaped then. */
function utf8Escaped(written: string, escaped: boolean): string {
  const text = utf8(written);
  if (!escaped) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw malformed();
  }
}

function malformed(): StructureError {
  return new StructureError('structure_malformed', 'Not JSON: it is read as plain text only.');
}
