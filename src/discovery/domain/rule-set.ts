import type { Wrapping } from './decoders/index.js';
import { type Check, checkTable, type NameWords } from './checks.js';
import { type Keyword, literalKeywords, type NameKeyword, nameKeywords } from './keyword.js';
import { type PrefilterTables, prefilterTables } from './prefilter.js';
import type { Rule } from './rule.js';
import { gzipKeywords, type WrappedKeyword, wrappedKeywords } from './wrapped-keyword.js';

/**
 * What is tried where one keyword stands: a rule by its number, for an assigned one with the expression that its name is checked by
 * from the keyword on (null where the keyword is all of it), or the unwrapping of what the keyword is the beginning of.
 */
export type Anchor =
  | { readonly rule: number; readonly length: number; readonly name?: string | null }
  | { readonly by: Wrapping; readonly phase: number };

/** What follows from the rules alone, and takes longer to find than a small scan: made once, when the program is built. */
export interface RulePlan {
  /** Rules it was made of. */
  readonly ids: readonly string[];
  /** By their numbers, keyword after keyword, each in JSON: a scan meets few of them. */
  readonly anchors: readonly string[];
  readonly tables: PrefilterTables;
}

const SEPARATOR = '[-_. ]?';

/**
 * Finds out which keywords give each rule away, and what is tried beside them.
 *
 * @param isChecked whether what follows a keyword is looked at before its rules are tried there: slower without, and the same
 * @throws RangeError that names a rule without anything to look for
 */
export function planRules(rules: readonly Rule[], isChecked = true): RulePlan {
  const numbers = new Map<string, number>();
  const keywords: Keyword[] = [];
  const anchors: { readonly anchor: Anchor; readonly check: Check }[][] = [];
  const put = (keyword: Keyword, anchor: Anchor, check: Check = NO_CHECK): void => {
    const key = `${keyword.exact ? 'x' : 'f'}${keyword.glued ? 'g' : 'w'}${keyword.text}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = keywords.push(keyword) - 1;
      numbers.set(key, number);
      anchors.push([]);
    }
    anchors[number]!.push({ anchor, check });
  };
  for (const [number, rule] of rules.entries()) {
    const { id, shape } = rule;
    if (shape.at === 'assigned') putNames(rule, number, shape.names, put);
    else {
      const found = literalKeywords(shape);
      if (found.length === 0 || found.some(({ text }) => text.length < 2))
        throw new RangeError(`${id} has no literal of two characters or more to look for.`);
      for (const keyword of found) {
        const length = keyword.text.length;
        put(keyword, { rule: number, length }, shape.at === 'token' ? { kind: 'token', rule, from: length } : NO_CHECK);
      }
    }
  }
  for (const { keyword, by, phase } of wrappings(keywords)) put(keyword, { by, phase });
  const all = anchors.flat();
  const checks = checkTable(
    all.map(({ check }) => (isChecked ? check : NO_CHECK)),
    triesEscapes,
  );
  return {
    ids: rules.map(({ id }) => id),
    anchors: all.map(({ anchor }) => JSON.stringify(anchor)),
    tables: prefilterTables(
      keywords,
      anchors.map(({ length }) => length),
      checks,
    ),
  };
}

const NO_CHECK: Check = { kind: 'none' };

/** Of tokens only: a name and its value within base64 are for the structures that hold such. */
function wrappings(keywords: readonly Keyword[]): WrappedKeyword[] {
  const heads = new Set(keywords.filter(({ exact }) => exact).map(({ text }) => text));
  return [...gzipKeywords(), ...[...heads].flatMap(wrappedKeywords)];
}

function putNames(
  rule: Rule,
  number: number,
  names: readonly string[],
  put: (keyword: Keyword, anchor: Anchor, check: Check) => void,
): void {
  const byKeyword = new Map<string, { keyword: Keyword; found: NameKeyword[] }>();
  for (const name of names)
    for (const found of nameKeywords(name)) {
      const known = byKeyword.get(found.keyword.text);
      if (known) known.found.push(found);
      else byKeyword.set(found.keyword.text, { keyword: found.keyword, found: [found] });
    }
  for (const { keyword, found } of byKeyword.values()) {
    const anchor = { rule: number, length: keyword.text.length, name: nameSource(keyword, found) };
    // A word of other characters means something else in an expression.
    const plain = found.every(({ words }) => words.every((word) => /^[0-9a-z]+$/.test(word)));
    put(keyword, anchor, plain ? { kind: 'assigned', rule, names: wordsRound(found) } : NO_CHECK);
  }
}

/** What of each name stands before and after a keyword; nothing where that is one of the names. */
function wordsRound(found: readonly NameKeyword[]): readonly NameWords[] {
  const all = found.map(({ words, first, end }) => ({ before: words.slice(0, first), after: words.slice(end) }));
  return all.find(({ before, after }) => before.length + after.length === 0) ? [{ before: [], after: [] }] : all;
}

/** Checks, from the keyword on, that one of the names stands there whole; null where the keyword is the whole name. */
function nameSource(keyword: Keyword, found: readonly NameKeyword[]): string | null {
  if (found.some(({ words, first, end }) => first === 0 && end === words.length)) return null;
  const alternatives = found.map(({ words, first, end }) => {
    const before = words.slice(0, first).map((word) => word + SEPARATOR);
    const after = words.slice(end).map((word) => SEPARATOR + word);
    return (before.length > 0 ? `(?<=${before.join('')})` : '') + keywordSource(keyword) + after.join('');
  });
  return [...new Set(alternatives)].sort((a, b) => b.length - a.length).join('|');
}

function keywordSource({ text }: Keyword): string {
  return text.replaceAll(/[.-]/g, String.raw`\$&`);
}

/** No token goes on with a letter, a digit or an underscore. */
const ENDS_TOKEN = '(?![0-9A-Za-z_])';
/** Nor does a value that only its name gives away go on with anything that values are made of. */
const ENDS_VALUE = String.raw`(?![0-9A-Za-z_+/=~%$@!^*-]|\.[0-9A-Za-z_])`;

const ESCAPABLE = /[+/=:@&#%"'<>\\s]|\[\^/;

/** Whether a credential may hold what is written otherwise in addresses and quoted texts. */
function isEscapable({ shape }: Rule): boolean {
  return ESCAPABLE.test(shape.grammar.source.replaceAll('(?:', ''));
}

/** Whether a rule that does not match is tried without the escapes that stand there. */
export function triesEscapes(rule: Rule): boolean {
  return (rule.shape.at === 'token' || rule.basis !== 'generic') && isEscapable(rule);
}

/** What of an expression is used, so that another engine than that of the language can stand in. */
export type Expression = Pick<RegExp, 'lastIndex' | 'test' | 'exec'>;

/** Rules, ready to be looked for. Expressions are compiled when they are first tried: a scan needs few of them. */
export class CompiledRules {
  private readonly values: (Expression | undefined)[] = [];
  private readonly names = new Map<string, RegExp>();
  private readonly escapables: (boolean | undefined)[] = [];
  private readonly anchors: (Anchor | undefined)[] = [];

  constructor(
    readonly rules: readonly Rule[],
    readonly plan: RulePlan,
    private readonly expressionOf: (rule: Rule) => Expression,
  ) {}

  /** What is tried where a keyword stands, by the anchor's number. */
  anchor(number: number): Anchor {
    return (this.anchors[number] ??= JSON.parse(this.plan.anchors[number]!) as Anchor);
  }

  /** The expression of a rule's credential: sticky, but for what a literal stands within. */
  value(rule: number): Expression {
    return (this.values[rule] ??= this.expressionOf(this.rules[rule]!));
  }

  /** Whether it is tried without escapes, too. */
  triesEscapes(rule: number): boolean {
    return (this.escapables[rule] ??= triesEscapes(this.rules[rule]!));
  }

  name(source: string): RegExp {
    let name = this.names.get(source);
    if (!name) this.names.set(source, (name = new RegExp(source, 'iy')));
    return name;
  }
}

function expressionOf({ shape }: Rule): RegExp {
  const { source } = shape.grammar;
  if (shape.at === 'assigned') return new RegExp(source + ENDS_VALUE, 'y');
  return new RegExp(source + ENDS_TOKEN, shape.at === 'token' || shape.before === 0 ? 'y' : 'g');
}

/**
 * Prepares rules.
 *
 * @param expression makes that of a rule, where it is not to be the language's own
 * @throws RangeError that names a rule without anything to look for
 */
export function compileRules(
  rules: readonly Rule[],
  plan = planRules(rules),
  expression: (rule: Rule) => Expression = expressionOf,
): CompiledRules {
  return new CompiledRules(rules, plan, expression);
}
