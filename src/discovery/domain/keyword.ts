import type { Shape } from './rule.js';
import { pairRarity } from './wordiness.js';

/** A literal that stands wherever a rule could match: only round these is anything else tried. */
export interface Keyword {
  /** In small letters unless `exact`. */
  readonly text: string;
  /** Large and small letters are told apart. */
  readonly exact: boolean;
  /** Counts also where a letter, digit or underscore stands before it. */
  readonly glued: boolean;
  /** What may follow a keyword of two letters, where that is known: there are too many of them otherwise. */
  readonly next?: readonly string[];
}

/** A keyword within a name: which of its words, and the words, to check the whole name by. */
export interface NameKeyword {
  readonly keyword: Keyword;
  readonly words: readonly string[];
  /** Index of the first word in the keyword, and of the one after the last. */
  readonly first: number;
  readonly end: number;
}

const SEPARATORS = ['_', '-', '.', ' ', ''];
/** Shorter words are in too much text to be looked for alone. */
const LEAST_WORD = 4;
/** What the pairs of a word's letters add up to, below which it is in too much text. */
const RARE_BITS = 12;
/** Words of half the names there are: never looked for alone where the name has another. */
const COMMON = new Set(
  `access account admin admins api apikey app application auth authentication authorization aws base bearer bot build cert certificate
  client cloud code config connection consumer credential credentials customer data database default deploy deployment dev
  developer domain email encryption endpoint file header host hook http https id identity integration internal jwt key keys license
  live login management master name oauth oauth2 org organization page pass passphrase password passwd personal platform
  private prod production project proxy public publish read refresh registry release repo rest root sandbox search secret secrets
  security server service session shared sign signature signing site space ssl staging storage store stream string system
  atlassian bundle checkout crypt delivery encoded expo form global gmail google github here join line logged mail meta nonce open owner
  preview rails routing salt schema secure sentry spaces split status wise zone team test tenant text token tokens upload url user username value verification version web webhook workspace write`.split(
    /\s+/,
  ),
);

/** Longer beginnings are cut: they tell no more. */
const MOST_LITERAL = 48;

/** Keywords of a shape that is given away by its own beginning or by a literal in it. */
export function literalKeywords(shape: Exclude<Shape, { at: 'assigned' }>): readonly Keyword[] {
  const literals = shape.at === 'token' ? shape.grammar.heads : shape.literals;
  const glued = shape.at === 'around' || shape.glued === true;
  return [...new Set(literals.map((text) => text.slice(0, MOST_LITERAL)))].map((text) => {
    const next = text.length === 2 ? lettersAfter(text, shape.grammar.source) : undefined;
    return { text, exact: true, glued, ...(next && { next }) };
  });
}

/** The letters of the class that follows a beginning in an expression, where one does. */
function lettersAfter(head: string, source: string): readonly string[] | undefined {
  const [, letters] = source.startsWith(head) ? (/^\[((?:[^\]\\]|\\.)+)\]/.exec(source.slice(head.length)) ?? []) : [];
  if (letters === undefined) return undefined;
  const one = new RegExp(`[${letters}]`);
  return Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32)).filter((letter) => one.test(letter));
}

/**
 * What of a name is looked for, in every way it may be separated: its rarest word, or where all are common (`client_secret`)
 * two neighbours, joined by each separator.
 */
export function nameKeywords(name: string): readonly NameKeyword[] {
  const words = name.split('_').filter((word) => word !== '');
  const own = words.findIndex((word) => !isCommon(word));
  if (own >= 0 || words.length === 1) return [keywordOf(words, Math.max(own, 0), Math.max(own, 0) + 1, '')];
  const first = rarestPair(words);
  return SEPARATORS.map((separator) => keywordOf(words, first, first + 2, separator));
}

/** Words of names and of English: by the list, or for being short and made of frequent pairs of letters. */
function isCommon(word: string): boolean {
  if (word.length < LEAST_WORD || COMMON.has(word)) return true;
  let bits = 0;
  for (let at = 1; at < word.length; at++) bits += pairRarity(word.charCodeAt(at - 1), word.charCodeAt(at));
  return bits < RARE_BITS;
}

function keywordOf(words: readonly string[], first: number, end: number, separator: string): NameKeyword {
  const text = words.slice(first, end).join(separator);
  return { keyword: { text, exact: false, glued: true }, words, first, end };
}

/** The pair with a word that is not common, else the longest. */
function rarestPair(words: readonly string[]): number {
  const pairs = words.slice(1).map((word, index) => [words[index]!, word] as const);
  const score = (pair: readonly string[]) => pair.join('').length + 20 * pair.filter((word) => !isCommon(word)).length;
  return pairs.reduce((best, pair, index) => (score(pair) > score(pairs[best]!) ? index : best), 0);
}
