import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Grammar } from '../domain/grammar.js';
import { type CompiledRules, compileRules } from '../domain/rule-set.js';
import { type Rule, SECRET_KINDS, type SecretKind, type Shape } from '../domain/rule.js';
import { ScanError } from './errors.js';
import { GuardedExpression } from './guarded-expression.js';

const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const NAME = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;
const MOST_RULES = 1000;
const LONGEST = 8192;
const LONGEST_PATTERN = 2000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Rules of the user's own, from YAML: `rules`, each with `id`, `name`, `kind`, perhaps `vendor`, `page` and `entropy`, a `pattern`
 * (the credential, without what stands around it), and one of `starts` (literals it begins with), `names` (of what it is
 * assigned to, in small letters with `_`) or `around` (literals within it).
 *
 * @param tired told the id of a rule that took too long, and is no longer tried
 * @throws ScanError `rules_malformed`, which says where and what is wrong
 */
export function userRules(text: string, tired: (id: string) => void): CompiledRules {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error', prettyErrors: true, maxAliasCount: 0 });
  } catch (error) {
    throw malformed('', `it is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const list = isFields(document) ? document['rules'] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw malformed('', 'there is no list named `rules`');
  if (list.length > MOST_RULES) throw malformed('', `there are more than ${MOST_RULES} rules`);
  const rules = list.map((fields: unknown, index) => ruleOf(fields, `rules[${index}]`));
  const twice = rules.find(({ id }, index) => rules.findIndex((other) => other.id === id) !== index);
  if (twice) throw malformed('', `${twice.id} stands there twice`);
  return compileRules(
    rules,
    undefined,
    ({ id, shape }) => new GuardedExpression(shape.grammar.source, shape.at === 'around' ? 'g' : 'y', () => tired(id)),
  );
}

const FIELDS = ['id', 'name', 'kind', 'vendor', 'page', 'entropy', 'pattern', 'starts', 'names', 'around'];

function ruleOf(fields: unknown, where: string): Rule {
  if (!isFields(fields)) throw malformed(where, 'it is no rule: give it id, name, kind, pattern');
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw malformed(where, `there is no \`${unknown}\`; there are ${FIELDS.join(', ')}`);
  const id = textOf(fields, 'id', where);
  if (!ID.test(id)) throw malformed(where, '`id` has small letters, digits and single hyphens');
  const kind = textOf(fields, 'kind', where) as SecretKind;
  if (!SECRET_KINDS.includes(kind)) throw malformed(where, `\`kind\` is one of ${SECRET_KINDS.join(', ')}`);
  const entropy = fields['entropy'];
  if (entropy !== undefined && !(typeof entropy === 'number' && entropy >= 0 && entropy <= 8))
    throw malformed(where, '`entropy` is a number of bits from 0 to 8');
  return {
    id,
    name: textOf(fields, 'name', where),
    vendor: fields['vendor'] === undefined ? 'own' : textOf(fields, 'vendor', where),
    page: fields['page'] === undefined ? '' : textOf(fields, 'page', where),
    kind,
    basis: 'documented',
    reveals: null,
    shape: shapeOf(fields, where),
    entropy: entropy ?? 0,
  };
}

function shapeOf(fields: Fields, where: string): Shape {
  const given = ['starts', 'names', 'around'].filter((name) => fields[name] !== undefined);
  if (given.length !== 1) throw malformed(where, 'give one of `starts`, `names` and `around`');
  const literals = textsOf(fields, given[0]!, where);
  const short = literals.find((literal) => literal.length < 3 || literal.length > 48);
  if (short !== undefined) throw malformed(where, `\`${given[0]}\` have from 3 to 48 characters`);
  const grammar = grammarOf(textOf(fields, 'pattern', where), given[0] === 'starts' ? literals : [], where);
  if (given[0] === 'starts') return { at: 'token', grammar };
  if (given[0] === 'around') return { at: 'around', literals, grammar, before: LONGEST / 2, after: LONGEST / 2 };
  const misnamed = literals.find((name) => !NAME.test(name));
  if (misnamed !== undefined) throw malformed(where, '`names` are in small letters, with _ between words');
  return { at: 'assigned', names: literals, grammar };
}

function grammarOf(source: string, heads: readonly string[], where: string): Grammar {
  if (source.length > LONGEST_PATTERN)
    throw malformed(where, `\`pattern\` is longer than ${LONGEST_PATTERN} characters`);
  try {
    if (new RegExp(source).test('')) throw malformed(where, '`pattern` matches nothing at all, and so everywhere');
  } catch (error) {
    if (error instanceof ScanError) throw error;
    throw malformed(where, `\`pattern\` is no expression: ${(error as Error).message}`);
  }
  return { source: `(?:${source})`, heads, shortest: 1, longest: LONGEST, make: () => '' };
}

function textOf(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw malformed(where, `\`${name}\` is missing, or no text`);
  return value;
}

function textsOf(fields: Fields, name: string, where: string): readonly string[] {
  const value = fields[name];
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
  if (!isTexts) throw malformed(where, `\`${name}\` is a list of texts`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(where: string, what: string): ScanError {
  return new ScanError('rules_malformed', `The file of rules cannot be used${where && ` at ${where}`}: ${what}.`);
}
