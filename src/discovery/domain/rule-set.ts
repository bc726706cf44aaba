import type { Wrapping } from './decoders/index.js';
import { type Keyword, literalKeywords, type NameKeyword, nameKeywords } from './keyword.js';
import { type PrefilterTables, prefilterTables } from './prefilter.js';
import type { Rule } from './rule.js';
import { GZIP, type WrappedKeyword, wrappedKeywords } from './wrapped-keyword.js';

/** What is tried where one keyword stands. */
export type Anchor =
  | { readonly at: 'token'; readonly rule: Rule; readonly value: RegExp }
  | { readonly at: 'assigned'; readonly rule: Rule; readonly name: RegExp | null; readonly value: RegExp }
  | {
      readonly at: 'around';
      readonly rule: Rule;
      readonly value: RegExp;
      readonly before: number;
      readonly after: number;
    }
  | { readonly at: 'wrapped'; readonly by: Wrapping; readonly phase: number };

/** Rules, ready to be looked for. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  readonly keywords: readonly Keyword[];
  readonly tables: PrefilterTables;
  /** By the keyword's number. */
  readonly anchors: readonly (readonly Anchor[])[];
  /** The most bytes that any rule looks at beside its keyword. */
  readonly reach: number;
}

/** No token goes on with a letter, a digit or an underscore. */
const ENDS_TOKEN = '(?![0-9A-Za-z_])';
/** Nor does a value that only its name gives away go on with anything that values are made of. */
const ENDS_VALUE = String.raw`(?![0-9A-Za-z_+/=~%$@!^*-]|\.[0-9A-Za-z_])`;
const SEPARATOR = '[-_. ]?';
/** Names, operators and quotes between a keyword and the value. */
const NAME_REACH = 512;

/**
 * Prepares rules: which keywords give each away, the tables that find these, and the expressions tried beside them.
 *
 * @throws RangeError that names a rule without anything to look for
 */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const numbers = new Map<string, number>();
  const keywords: Keyword[] = [];
  const anchors: Anchor[][] = [];
  const put = (keyword: Keyword, anchor: Anchor): void => {
    const key = `${keyword.exact ? 'x' : 'f'}${keyword.glued ? 'g' : 'w'}${keyword.text}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = keywords.push(keyword) - 1;
      numbers.set(key, number);
      anchors.push([]);
    }
    anchors[number]!.push(anchor);
  };
  for (const rule of rules) {
    const { shape } = rule;
    if (shape.at === 'assigned') putNames(rule, shape.names, shape.grammar.source, put);
    else {
      const found = literalKeywords(shape);
      if (found.length === 0 || found.some(({ text }) => text.length < 2))
        throw new RangeError(`${rule.id} has no literal of two characters or more to look for.`);
      const anchor = literalAnchor(rule, shape);
      for (const keyword of found) put(keyword, anchor);
    }
  }
  for (const { keyword, by, phase } of wrappings(keywords)) put(keyword, { at: 'wrapped', by, phase });
  const reach = Math.max(NAME_REACH, ...rules.map(reachOf));
  return { rules, keywords, tables: prefilterTables(keywords), anchors, reach };
}

/** Of tokens only: a name and its value within base64 are for the structures that hold such. */
function wrappings(keywords: readonly Keyword[]): WrappedKeyword[] {
  const heads = new Set(keywords.filter(({ exact }) => exact).map(({ text }) => text));
  return [GZIP, ...[...heads].flatMap(wrappedKeywords)];
}

function literalAnchor(rule: Rule, shape: Exclude<Rule['shape'], { at: 'assigned' }>): Anchor {
  const value = new RegExp(shape.grammar.source + ENDS_TOKEN, shape.at === 'token' ? 'y' : 'g');
  if (shape.at === 'token') return { at: 'token', rule, value };
  return { at: 'around', rule, value, before: shape.before, after: shape.after };
}

function putNames(
  rule: Rule,
  names: readonly string[],
  source: string,
  put: (keyword: Keyword, anchor: Anchor) => void,
): void {
  const value = new RegExp(source + ENDS_VALUE, 'y');
  const byKeyword = new Map<string, { keyword: Keyword; found: NameKeyword[] }>();
  for (const name of names)
    for (const found of nameKeywords(name)) {
      const known = byKeyword.get(found.keyword.text);
      if (known) known.found.push(found);
      else byKeyword.set(found.keyword.text, { keyword: found.keyword, found: [found] });
    }
  for (const { keyword, found } of byKeyword.values())
    put(keyword, { at: 'assigned', rule, name: namePattern(keyword, found), value });
}

/** Checks, from the keyword on, that one of the names stands there whole; null where the keyword is the whole name. */
function namePattern(keyword: Keyword, found: readonly NameKeyword[]): RegExp | null {
  if (found.some(({ words, first, end }) => first === 0 && end === words.length)) return null;
  const alternatives = found.map(({ words, first, end }) => {
    const before = words.slice(0, first).map((word) => word + SEPARATOR);
    const after = words.slice(end).map((word) => SEPARATOR + word);
    return (before.length > 0 ? `(?<=${before.join('')})` : '') + keywordSource(keyword) + after.join('');
  });
  return new RegExp(alternatives.sort((a, b) => b.length - a.length).join('|'), 'iy');
}

function keywordSource({ text }: Keyword): string {
  return text.replaceAll(/[.\-]/g, String.raw`\$&`);
}

function reachOf({ shape }: Rule): number {
  if (shape.at === 'around') return Math.max(shape.before, shape.after);
  return Math.min(shape.grammar.longest, 64 * 1024) + (shape.at === 'assigned' ? NAME_REACH : 0);
}
