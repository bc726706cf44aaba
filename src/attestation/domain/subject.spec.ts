import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesSubject, subjectsMatching } from './subject.js';

describe('a subject', () => {
  it.each([
    ['repo:acme/payments:ref:refs/heads/main', 'repo:acme/payments:ref:refs/heads/main', true],
    ['repo:acme/payments:ref:refs/heads/main', 'repo:acme/payments:ref:refs/heads/main2', false],
    ['repo:acme/payments:ref:refs/heads/main', 'REPO:acme/payments:ref:refs/heads/main', false],
    ['repo:acme/payments:*', 'repo:acme/payments:pull_request', true],
    ['repo:acme/payments:*', 'repo:acme/payments-evil:pull_request', false],
    ['repo:acme/payments:*', 'x-repo:acme/payments:pull_request', false],
  ])('%s meets %s: %s', (subject, sub, met) => expect(matchesSubject(subject, sub)).toBe(met));

  it('is found among those that a token could meet, whatever the token', () => {
    const word = fc.stringMatching(/^[a-z:/]{1,30}$/);
    fc.assert(
      fc.property(word, word, (prefix, rest) => {
        const sub = `${prefix}:${rest}`;
        const listed = subjectsMatching(sub);
        expect(listed).toContain(sub);
        expect(listed).toContain(`${prefix}:*`);
        expect(listed.every((subject) => matchesSubject(subject, sub))).toBe(true);
      }),
    );
  });
});
