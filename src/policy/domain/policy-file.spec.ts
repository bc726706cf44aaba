import { describe, expect, it } from '@jest/globals';
import { PolicyError } from './errors.js';
import { type PolicyMistake } from './policy-file.js';
import { compilePolicy } from './policy.js';

const VALID = `policy: house
groups:
  owners: [administrator, custodian]
actions:
  thing.read:
    grantees: [owners, workload]
    words: Read it.
  thing.burn:
    grantees: [administrator]
    stepUp: { acr: loa3, freshSeconds: 300, bound: true }
    words: Burn it.
rules:
  - name: at-night
    because: Nobody is there.
    actions: [thing.burn]
    when: context.hour < 6
    effect: deny
`;

function mistakesIn(text: string, known?: ReadonlySet<string>): readonly PolicyMistake[] {
  try {
    compilePolicy(text, known);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError);
    return (error as PolicyError).details!['mistakes'] as readonly PolicyMistake[];
  }
}

describe('a policy', () => {
  it('is named by its own name and its digest, so that another text is another policy', () => {
    const [one, other] = [compilePolicy(VALID), compilePolicy(`${VALID}# a word more\n`)];
    expect(one.name).toMatch(/^house@sha256:[0-9a-f]{16}$/);
    expect(one.name).not.toBe(other.name);
  });

  it.each<[string, string, string, number, RegExp]>([
    ['a word that nobody knows', 'policy: house', 'policy: house\ncolour: red', 2, /colour/],
    ['a word in an action that nobody knows', 'words: Read it.', 'words: Read it.\n    obligation: x', 8, /obligation/],
    ['no name', 'policy: house\n', '', 1, /policy/],
    ['a role that nobody has', '[administrator]', '[king]', 9, /king is neither a role nor a group/],
    ['a group of nobody known', '[administrator, custodian]', '[administrator, king]', 3, /must be a role/],
    ['a group with the name of a role', '  owners:', '  auditor: [custodian]\n  owners:', 3, /a role has that name/],
    ['a level that there is not', 'acr: loa3', 'acr: loa9', 10, /must be loa1c, loa2, loa3 or loa4/],
    ['the level of having signed in', 'acr: loa3', 'acr: loa1', 10, /must be loa1c/],
    ['proofs that stay fresh for ever', 'freshSeconds: 300', 'freshSeconds: 999999', 10, /freshSeconds/],
    ['proofs that are never fresh', 'freshSeconds: 300', 'freshSeconds: 0', 10, /freshSeconds/],
    ['a yes that is a word', 'bound: true', 'bound: "yes"', 10, /bound/],
    ['half of a step-up', ', bound: true', '', 10, /bound/],
    ['no words for people', '    words: Burn it.\n', '', 8, /words/],
    ['an action without a verb', 'thing.read:', 'thing:', 5, /must be an action/],
    ['an action named twice', 'thing.burn:', 'thing.read:', 8, /unique/],
    [
      'a rule about an action that is not there',
      'actions: [thing.burn]',
      'actions: [thing.sell]',
      15,
      /no such action/,
    ],
    ['a rule that allows', 'effect: deny', 'effect: allow', 17, /never allows/],
    ['a rule to step up that does not say how', 'effect: deny', 'effect: step-up', 13, /belongs to the effect/],
    ['a rule to ask that does not say whom', 'effect: deny', 'effect: approve', 13, /belongs to the effect/],
    [
      'a rule with more than its effect',
      'effect: deny',
      'effect: deny\n    approval: { approvers: [auditor], openSeconds: 60 }',
      18,
      /belongs to the effect/,
    ],
    ['a condition that is no CEL', 'context.hour < 6', 'context.hour <', 16, /when/],
    ['a condition over what is not there', 'context.hour < 6', 'context.minute < 6', 16, /minute/],
    ['a condition over a variable that is not there', 'context.hour < 6', 'request.body == ""', 16, /request/],
    ['a condition that compares a number to a word', 'context.hour < 6', 'context.hour < "6"', 16, /when/],
    ['a condition that gives a number', 'context.hour < 6', 'context.hour + 6', 16, /not true or false/],
    ['a condition that may run for hours', 'context.hour < 6', 'subject.id.matches("(a+)+$")', 16, /matches/],
    ['a condition that may grow', 'context.hour < 6', 'subject.roles.map(x, [x, x]).size() > 0', 16, /map/],
    ['what is no YAML', 'policy: house', 'policy: [house', 2, /.+/],
    ['an alias', '[administrator]', '*owners', 9, /.+/],
  ])('is refused for %s, at its line', (_what, from, to, line, message) => {
    expect(VALID).toContain(from);
    const [first] = mistakesIn(VALID.replace(from, to));
    expect(first).toEqual({ line, message: expect.stringMatching(message) });
  });

  it('is told all of its mistakes at once, in order', () => {
    const text = VALID.replace('acr: loa3', 'acr: loa9').replace('words: Read it.', 'word: Read it.');
    expect(mistakesIn(text).map(({ line }) => line)).toEqual([5, 7, 10]);
  });

  it('says something about every action there is, and about no other', () => {
    expect(mistakesIn(VALID, new Set(['thing.read', 'thing.burn']))).toEqual([]);
    expect(mistakesIn(VALID, new Set(['thing.read']))).toEqual([
      { line: 8, message: 'actions.thing.burn: there is no such action' },
    ]);
    expect(mistakesIn(VALID, new Set(['thing.read', 'thing.burn', 'thing.sell']))).toEqual([
      { line: 4, message: 'actions: nothing is said about thing.sell' },
    ]);
  });

  it('asks no workload to prove that it is present', () => {
    const text = VALID.replace('[administrator]\n    stepUp', '[workload]\n    stepUp');
    expect(mistakesIn(text)).toEqual([{ line: 10, message: 'actions.thing.burn.stepUp: workloads cannot step up' }]);
  });
});
