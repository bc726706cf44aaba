/** What every match of an expression has in common, as bytes show it: enough to leave most places without trying it. */
export interface Narrowing {
  /** The bytes that may stand at each place from the first on, as far as every match reaches. */
  readonly places: readonly ByteSet[];
  /** All bytes that may stand anywhere in a match. */
  readonly all: ByteSet;
  /** Bytes of which each stands somewhere in every match. */
  readonly needed: readonly number[];
}

/** 256 bits, the least first. */
export type ByteSet = Uint8Array;

type Node =
  | { readonly kind: 'byte'; readonly bytes: ByteSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number };

const SET_BYTES = 32;
/** No place further on is looked at. */
const MOST_PLACES = 32;
const EMPTY: Node = { kind: 'sequence', parts: [] };

/**
 * Reads the source of an expression without flags, over text of one character a byte. What looks around only narrows further, and is
 * passed over.
 *
 * @returns null where it holds what is not understood here: nothing may then be left out
 */
export function narrowing(source: string): Narrowing | null {
  const reader = new Reader(source);
  const node = reader.choice();
  if (!node || !reader.ended) return null;
  const places: ByteSet[] = [];
  const all = new Uint8Array(SET_BYTES);
  const ends = walk(node, new Set([0]), places);
  unite(node, all);
  const needed = [...Array(256).keys()].filter((byte) => has(all, byte) && needs(node, byte));
  return { places: places.slice(0, Math.min(...ends)), all, needed };
}

export function has(set: ByteSet, byte: number): boolean {
  return (set[byte >> 3]! & (1 << (byte & 7))) !== 0;
}

/** Puts down what may stand at each place, for a part that begins at one of some places. @returns where it may end */
function walk(node: Node, starts: ReadonlySet<number>, places: ByteSet[]): ReadonlySet<number> {
  if (node.kind === 'byte') {
    for (const at of starts) if (at < MOST_PLACES) add((places[at] ??= new Uint8Array(SET_BYTES)), node.bytes);
    return new Set([...starts].map((at) => Math.min(at + 1, MOST_PLACES)));
  }
  if (node.kind === 'sequence') return node.parts.reduce((from, part) => walk(part, from, places), starts);
  if (node.kind === 'choice') return new Set(node.parts.flatMap((part) => [...walk(part, starts, places)]));
  const ends = new Set(node.least === 0 ? starts : []);
  let from = starts;
  for (let times = 1; times <= Math.min(node.most, Math.max(node.least, MOST_PLACES)) && from.size > 0; times++) {
    from = walk(node.part, from, places);
    if (times >= node.least) for (const at of from) ends.add(at);
    if (from.size === 1 && from.has(MOST_PLACES)) break;
  }
  if (from.has(MOST_PLACES)) ends.add(MOST_PLACES);
  return ends;
}

function unite(node: Node, all: ByteSet): void {
  if (node.kind === 'byte') add(all, node.bytes);
  else for (const part of node.kind === 'repeat' ? [node.part] : node.parts) unite(part, all);
}

function needs(node: Node, byte: number): boolean {
  if (node.kind === 'byte')
    return has(node.bytes, byte) && node.bytes.every((bits, at) => bits === (at === byte >> 3 ? 1 << (byte & 7) : 0));
  if (node.kind === 'sequence') return node.parts.some((part) => needs(part, byte));
  if (node.kind === 'choice') return node.parts.every((part) => needs(part, byte));
  return node.least > 0 && needs(node.part, byte);
}

function add(to: ByteSet, from: ByteSet): void {
  for (let at = 0; at < SET_BYTES; at++) to[at]! |= from[at]!;
}

function setOf(bytes: Iterable<number>): ByteSet {
  const set = new Uint8Array(SET_BYTES);
  for (const byte of bytes) set[byte >> 3]! |= 1 << (byte & 7);
  return set;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function others({ bytes }: { readonly bytes: ByteSet }): ByteSet {
  return bytes.map((bits) => ~bits);
}

const DIGIT = setOf(range(48, 57));
const WORD = setOf([...range(48, 57), ...range(65, 90), ...range(97, 122), 95]);
const SPACE = setOf([...range(9, 13), 32, 160]);
const CLASSES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: others({ bytes: DIGIT }),
  W: others({ bytes: WORD }),
  S: others({ bytes: SPACE }),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const ANY = others({ bytes: setOf([10, 13]) });
const LOOK_AROUND = /^\?(?:<?[=!])/;

/** A reader of expressions, one alternative after the other. Null is what it does not understand. */
class Reader {
  private at = 0;

  constructor(private readonly source: string) {}

  get ended(): boolean {
    return this.at === this.source.length;
  }

  choice(): Node | null {
    const parts: Node[] = [];
    do {
      const part = this.sequence();
      if (!part) return null;
      parts.push(part);
    } while (this.takes('|'));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  private sequence(): Node | null {
    const parts: Node[] = [];
    while (!this.ended && this.next !== '|' && this.next !== ')') {
      const part = this.repeated();
      if (!part) return null;
      parts.push(part);
    }
    return { kind: 'sequence', parts };
  }

  private repeated(): Node | null {
    const part = this.one();
    if (!part) return null;
    const [text, least, comma, most] =
      /^(?:[*+?]|\{(\d+)(,)?(\d+)?\})/.exec(this.source.slice(this.at, this.at + 16)) ?? [];
    if (text === undefined) return part;
    this.at += text.length;
    // Whether it takes few or many is all the same.
    this.takes('?');
    if (text === '*') return { kind: 'repeat', part, least: 0, most: Infinity };
    if (text === '+') return { kind: 'repeat', part, least: 1, most: Infinity };
    if (text === '?') return { kind: 'repeat', part, least: 0, most: 1 };
    return { kind: 'repeat', part, least: Number(least), most: comma ? Number(most ?? Infinity) : Number(least) };
  }

  private one(): Node | null {
    const letter = this.source[this.at++]!;
    if (letter === '(') return this.group();
    if (letter === '[') return this.set();
    if (letter === '.') return { kind: 'byte', bytes: ANY };
    if (letter === '^' || letter === '$') return EMPTY;
    if (letter === '\\') return this.escaped();
    return '*+?{}])'.includes(letter) ? null : byteOf(letter);
  }

  private group(): Node | null {
    const [look] = LOOK_AROUND.exec(this.source.slice(this.at, this.at + 3)) ?? [];
    if (look === undefined && !this.source.startsWith('?:', this.at)) return null;
    this.at += look?.length ?? 2;
    const inner = this.choice();
    if (!inner || !this.takes(')')) return null;
    return look === undefined ? inner : EMPTY;
  }

  private escaped(): Node | null {
    const letter = this.source[this.at++];
    if (letter === 'b') return EMPTY;
    const bytes = setEscaped(letter);
    return bytes && { kind: 'byte', bytes };
  }

  private set(): Node | null {
    const negated = this.takes('^');
    const bytes = new Uint8Array(SET_BYTES);
    while (!this.ended && this.next !== ']') {
      const first = this.member();
      if (!first) return null;
      if (this.next === '-' && this.source[this.at + 1] !== ']') {
        this.at++;
        const last = this.member();
        if (!last || first.code === undefined || last.code === undefined) return null;
        add(bytes, setOf(range(first.code, last.code)));
      } else add(bytes, first.bytes);
    }
    if (!this.takes(']')) return null;
    return { kind: 'byte', bytes: negated ? others({ bytes }) : bytes };
  }

  /** One character of a set, or one of the classes. */
  private member(): { readonly bytes: ByteSet; readonly code?: number } | null {
    const letter = this.source[this.at++]!;
    if (letter !== '\\') return known(letter);
    const next = this.source[this.at++];
    const bytes = setEscaped(next);
    if (!bytes) return null;
    return next! in CLASSES ? { bytes } : known(CONTROLS[next!] ?? next!);
  }

  private get next(): string | undefined {
    return this.source[this.at];
  }

  private takes(letter: string): boolean {
    if (this.next !== letter) return false;
    this.at++;
    return true;
  }
}

function setEscaped(letter: string | undefined): ByteSet | null {
  if (letter === undefined) return null;
  const known = CLASSES[letter];
  if (known) return known;
  const control = CONTROLS[letter];
  if (control === undefined && /[0-9A-Za-z]/.test(letter)) return null;
  return setOf([(control ?? letter).charCodeAt(0)]);
}

function known(letter: string): { readonly bytes: ByteSet; readonly code: number } | null {
  const code = letter.charCodeAt(0);
  return code > 255 ? null : { bytes: setOf([code]), code };
}

function byteOf(letter: string): Node | null {
  const one = known(letter);
  return one && { kind: 'byte', bytes: one.bytes };
}
