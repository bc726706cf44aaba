/** A source of chance: a number in [0, 1), as `Math.random` gives, or a seeded one. */
export type Chance = () => number;

/**
 * A part of what a credential looks like, said once: the same words make the expression that recognises it and the examples
 * that test it.
 */
export interface Grammar {
  /** Source of a regular expression without flags, anchors, capturing groups or unbounded repetition. */
  readonly source: string;
  /** Makes one that it describes. */
  readonly make: (chance: Chance) => string;
  /** Fewest and most characters. */
  readonly shortest: number;
  readonly longest: number;
  /** The literals of which one stands at its very beginning, where that is certain; else none. */
  readonly heads: readonly string[];
}

/** Alphabets, as ranges of a character class. */
export const DIGITS = '0-9';
export const LOWER_HEX = '0-9a-f';
export const UPPER_HEX = '0-9A-F';
export const HEX = '0-9a-fA-F';
export const LOWER = 'a-z';
export const UPPER = 'A-Z';
export const LOWER_ALNUM = '0-9a-z';
export const UPPER_ALNUM = '0-9A-Z';
export const BASE62 = '0-9A-Za-z';
/** RFC 4648 §6. */
export const BASE32 = 'A-Z2-7';
/** RFC 4648 §4 without padding. */
export const BASE64 = '0-9A-Za-z+/';
/** RFC 4648 §5 without padding. */
export const BASE64URL = '0-9A-Za-z_\\-';

export function literal(text: string): Grammar {
  return { source: escaped(text), make: () => text, shortest: text.length, longest: text.length, heads: [text] };
}

/** Characters of an alphabet: exactly `least` of them, or from `least` to `most`. */
export function chars(alphabet: string, least: number, most = least): Grammar {
  const count = least === most ? `{${least}}` : `{${least},${most}}`;
  return {
    source: `[${alphabet}]${count}`,
    make: (chance) => {
      const letters = lettersOf(alphabet);
      const length = least + Math.floor(chance() * (most - least + 1));
      return Array.from({ length }, () => letters[Math.floor(chance() * letters.length)]).join('');
    },
    shortest: least,
    longest: most,
    heads: [],
  };
}

export function sequence(...parts: readonly (Grammar | string)[]): Grammar {
  const all = parts.map(asGrammar);
  return {
    source: all.map(({ source }) => source).join(''),
    make: (chance) => all.map(({ make }) => make(chance)).join(''),
    shortest: sum(all.map(({ shortest }) => shortest)),
    longest: sum(all.map(({ longest }) => longest)),
    heads: headsOf(all),
  };
}

export function oneOf(...choices: readonly (Grammar | string)[]): Grammar {
  const all = choices.map(asGrammar);
  return {
    source: `(?:${all.map(({ source }) => source).join('|')})`,
    make: (chance) => all[Math.floor(chance() * all.length)]!.make(chance),
    shortest: Math.min(...all.map(({ shortest }) => shortest)),
    longest: Math.max(...all.map(({ longest }) => longest)),
    heads: all.every(({ heads }) => heads.length > 0) ? all.flatMap(({ heads }) => heads) : [],
  };
}

export function optional(part: Grammar | string): Grammar {
  const { source, make, longest } = asGrammar(part);
  return {
    source: `(?:${source})?`,
    make: (chance) => (chance() < 0.5 ? '' : make(chance)),
    shortest: 0,
    longest,
    heads: [],
  };
}

/** One part, from `least` to `most` times. */
export function repeated(part: Grammar, least: number, most: number): Grammar {
  return {
    source: `(?:${part.source}){${least},${most}}`,
    make: (chance) => {
      const count = least + Math.floor(chance() * (most - least + 1));
      return Array.from({ length: count }, () => part.make(chance)).join('');
    },
    shortest: part.shortest * least,
    longest: part.longest * most,
    heads: least > 0 ? part.heads : [],
  };
}

/** Nothing, where no character of an alphabet stands before: what has its literal in the middle is tried at one place only. */
export function notAfter(alphabet: string): Grammar {
  return { source: `(?<![${alphabet}])`, make: () => '', shortest: 0, longest: 0, heads: [] };
}

/** RFC 9562 §4, in small letters or large ones. */
export function uuid(alphabet: string = LOWER_HEX): Grammar {
  const group = (length: number) => chars(alphabet, length);
  return sequence(group(8), '-', group(4), '-', group(4), '-', group(4), '-', group(12));
}

/**
 * What ends in a check of what stands before it: made right by the same function that judges it.
 *
 * @param check the last characters, from all that stand before them
 */
export function checked(body: Grammar, tail: Grammar, check: (body: string) => string): Grammar {
  return {
    ...sequence(body, tail),
    make: (chance) => {
      const made = body.make(chance);
      return made + check(made);
    },
  };
}

/** The same, by another way of making it: where the expression allows more than what is real. */
export function madeBy(grammar: Grammar, make: (chance: Chance) => string): Grammar {
  return { ...grammar, make };
}

function asGrammar(part: Grammar | string): Grammar {
  return typeof part === 'string' ? literal(part) : part;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** The literals a sequence begins with: neighbours that are each one literal are one. */
function headsOf(parts: readonly Grammar[]): readonly string[] {
  const [first, second] = parts;
  if (!first) return [];
  const whole = first.shortest === first.longest && first.heads.every(({ length }) => length === first.longest);
  if (!whole || !second || second.heads.length === 0) return first.heads;
  const rest = headsOf(parts.slice(1));
  return first.heads.flatMap((head) => rest.map((next) => head + next));
}

function lettersOf(alphabet: string): readonly string[] {
  const one = new RegExp(`^[${alphabet}]$`);
  return Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32)).filter((letter) => one.test(letter));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
