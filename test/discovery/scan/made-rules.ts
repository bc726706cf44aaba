import { BASE62, chars, literal, LOWER_HEX, sequence } from '../../../src/discovery/domain/grammar.js';
import type { Rule } from '../../../src/discovery/domain/rule.js';

/** Numbers that look like chance and are the same in every run (an LCG of Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A rule for tests: of a vendor that does not exist. */
export function rule(id: string, shape: Rule['shape'], more: Partial<Rule> = {}): Rule {
  return { id, vendor: 'Acme', name: id, kind: 'token', basis: 'documented', page: '', reveals: null, shape, ...more };
}

export const TOKEN = rule('acme-token', { at: 'token', grammar: sequence('acme_', chars(BASE62, 32)) });
export const SHORT = rule('acme-short', { at: 'token', grammar: sequence('zq', chars(LOWER_HEX, 30)) });
export const ASSIGNED = rule('acme-key', {
  at: 'assigned',
  names: ['acme_api_key', 'client_secret_of_acme', 'gh_client_secret'],
  grammar: chars(LOWER_HEX, 40),
});
export const AROUND = rule('acme-middle', {
  at: 'around',
  literals: ['8Q~'],
  grammar: sequence(chars(BASE62, 4), literal('8Q~'), chars(BASE62, 31, 34)),
  before: 4,
  after: 34,
});
