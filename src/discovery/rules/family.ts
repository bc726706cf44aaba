import { entropyOf } from '../domain/entropy.js';
import { sequence, type Grammar } from '../domain/grammar.js';
import type { Basis, Family, Rule, Shape } from '../domain/rule.js';

/** What the rules of a family have in common; a rule that differs says so itself. */
interface Common {
  readonly vendor: string;
  readonly page: string;
  /** `documented` where absent. */
  readonly basis?: Basis;
}

type Detail = Pick<Rule, 'id' | 'name' | 'kind' | 'shape'> & Partial<Rule>;

/** The rules of one vendor, each with what it does not share. */
export function family(common: Common, ...rules: readonly Detail[]): Family {
  return rules.map((rule) => judgedByItsOwn({ basis: 'documented' as const, reveals: null, ...common, ...rule }));
}

/** Examples that tell how little chance there is in what a rule describes, and what is allowed below the least of them. */
const EXAMPLES = 48;
const BELOW_BITS = 0.6;

/** What was found out when the program was built, by the rule's id. */
let found: ReadonlyMap<string, number> = new Map();

/** Tells what need not be found out again: the least entropies, as the rules had them when the program was built. */
export function knowEntropies(known: ReadonlyMap<string, number>): void {
  found = known;
}

/** Where a rule names no least entropy, it is that of its own examples: found out when a candidate is judged, not before. */
function judgedByItsOwn(rule: Rule): Rule {
  if (rule.entropy !== undefined || rule.basis === 'generic') return rule;
  let least: number | undefined;
  const get = () => (least ??= found.get(rule.id) ?? leastOf(rule));
  return Object.defineProperty(rule, 'entropy', { enumerable: true, get });
}

function leastOf({ shape, secret }: Rule): number {
  let state = 1;
  const chance = () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
  const examples = Array.from({ length: EXAMPLES }, () => shape.grammar.make(chance));
  const secrets = examples.map((text) => text.slice(...(secret?.(text) ?? ([0, text.length] as const))));
  return Math.min(...secrets.map(entropyOf)) - BELOW_BITS;
}

/** A credential that begins with a literal of its own. */
export function token(...parts: readonly (Grammar | string)[]): Shape {
  return { at: 'token', grammar: sequence(...parts) };
}

/** One that may follow a letter or digit, as after an escape: `\n-----BEGIN`. */
export function glued(...parts: readonly (Grammar | string)[]): Shape {
  return { at: 'token', grammar: sequence(...parts), glued: true };
}

/** A value without a mark of its own, given away by the name it is assigned to. */
export function assigned(names: readonly string[], ...parts: readonly (Grammar | string)[]): Shape {
  return { at: 'assigned', names, grammar: sequence(...parts) };
}

/** A credential with one of these literals within it. */
export function around(literals: readonly string[], ...parts: readonly (Grammar | string)[]): Shape {
  const grammar = sequence(...parts);
  // Where every match begins with one of them, what stands before it is another's.
  const isHead = grammar.heads.length > 0 && grammar.heads.every((head) => literals.includes(head));
  return { at: 'around', literals, grammar, before: isHead ? 0 : grammar.longest, after: grammar.longest };
}

/** Every name of a thing of one of these owners: `names(['heroku'], 'api_key', 'token')`. */
export function names(owners: readonly string[], ...things: readonly string[]): readonly string[] {
  return owners.flatMap((owner) => things.map((thing) => `${owner}_${thing}`));
}
