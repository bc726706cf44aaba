import { describe, expect, it } from '@jest/globals';
import { AttestationError } from './errors.js';
import { evaluateCondition, parseCondition } from './condition.js';

const claims = {
  repository: 'acme/payments',
  ref: 'refs/tags/v1.2',
  run_attempt: 1,
  ratio: 0.5,
  groups: ['deploy', 'ops'],
  protected: true,
  nothing: null,
  'kubernetes.io': { namespace: 'payments', serviceaccount: { uid: 'u-1' } },
};

function ask(text: string): string {
  return evaluateCondition(parseCondition(text), claims);
}

function refusalOf(text: string): string {
  try {
    parseCondition(text);
    return 'accepted';
  } catch (error) {
    return error instanceof AttestationError ? error.code : String(error);
  }
}

describe('a condition', () => {
  it.each([
    ['claims.repository == "acme/payments"', 'true'],
    ['claims.repository == "acme/payroll"', 'false'],
    ['claims.ref.startsWith("refs/tags/v") && claims.protected', 'true'],
    ['claims.run_attempt == 1', 'true'],
    ['claims.run_attempt < 2', 'true'],
    ['claims.ratio == 0.5', 'true'],
    ['"deploy" in claims.groups', 'true'],
    ['claims.groups.exists(g, g == "admin")', 'false'],
    ['claims["kubernetes.io"].serviceaccount.uid == "u-1"', 'true'],
    ['has(claims.environment) && claims.environment == "production"', 'false'],
    ['claims.nothing == null', 'true'],
  ])('%s is %s', (text, answer) => expect(ask(text)).toBe(answer));

  it.each([
    ['a missing claim', 'claims.environment == "production"'],
    ['a missing claim, denied', 'claims.environment != "staging"'],
    ['a claim inside text', 'claims.repository.owner == "acme"'],
    ['what prototypes lend', 'claims.constructor == null'],
    ['a claim that is no boolean', '!claims.repository'],
    ['a number past 64 bits', 'claims.run_attempt * 9223372036854775807 * 2 > 1'],
  ])('over %s is an error, never a yes', (_what, text) => expect(ask(text)).toBe('error'));

  it.each([
    ['no CEL', 'claims.repository ='],
    ['another variable', 'request.repository == "acme/payments"'],
    ['no yes or no', 'claims.repository + "x"'],
    ['a claim alone, which might be anything', 'claims.protected'],
    ['an operator that cannot be', '1 + "a" == "b"'],
    ['a regular expression, which can run for hours', 'claims.repository.matches("^(a+)+$")'],
    ['a walk inside a walk', 'claims.groups.exists(g, claims.groups.exists(h, g == h))'],
    ['a walk inside the list of a walk', 'claims.groups.filter(g, g != "x").exists(h, claims.groups.all(i, i == h))'],
    ['a search through text for each element', 'claims.groups.exists(g, claims.ref.contains(g))'],
    ['sums for each element', 'claims.groups.exists(g, claims.ref == g + g)'],
    ['growing lists', 'claims.groups.map(g, g + g).size() == 2'],
    ['growing text', 'cel.bind(x, claims.repository + claims.repository, x + x == "")'],
    [
      'too many nodes',
      Array.from({ length: 100 }, (_, i) => `claims.a${i} == "x"`)
        .join(' || ')
        .slice(0, 1900),
    ],
    ['too much depth', `${'('.repeat(60)}1 == 1${')'.repeat(60)}`],
    ['2,001 characters', `claims.repository == "${'a'.repeat(2001)}"`],
    ['no text', ''],
  ])('is refused with %s', (_what, text) => expect(refusalOf(text)).toBe('condition_invalid'));

  it('that does its worst over the largest token takes less than 0.3 s of the processor', () => {
    const list = Array.from({ length: 256 }, () => 'a');
    const text = 'a'.repeat(14_000);
    const part = 'claims.text.endsWith(claims.text) && claims.text != claims.text';
    const parts = Array.from({ length: 11 }, () => part);
    const condition = parseCondition(`claims.list.exists(g, ${parts.join(' || ')})`);
    const before = process.cpuUsage();
    expect(evaluateCondition(condition, { list, text })).toBe('false');
    expect(process.cpuUsage(before).user).toBeLessThan(300_000);
  });
});
