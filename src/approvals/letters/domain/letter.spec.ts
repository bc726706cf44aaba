import { describe, expect, it } from '@jest/globals';
import { addSeconds, HOUR_SECONDS } from '../../../kernel/index.js';
import { LETTER_KINDS, nextTry, wordsOf, write } from './letter.js';
import { occasionOf } from './occasion.js';

const APPROVAL = `apr_${'0'.repeat(32)}`;
const PERSON = `per_${'0'.repeat(32)}`;
const IDENTITY = `mid_${'0'.repeat(32)}`;
const AT = new Date('2026-03-02T09:00:00Z');

describe('a letter', () => {
  it.each(LETTER_KINDS)('about %s is short, has one link of ours, and names nobody but its reader', (kind) => {
    const { subject, text, html } = write(wordsOf(kind, APPROVAL), 'Cora', 'https://muster.test');
    expect(subject).toMatch(/^Muster: \S.{5,60}$/);
    expect(text.length).toBeLessThan(600);
    expect(text.match(/https?:\/\/\S+/g)).toHaveLength(1);
    expect(text).toMatch(/^Hello Cora,\n/);
    expect(new Set(html.replaceAll('&#38;', '&').match(/https?:\/\/[^<"]+/g))).toEqual(
      new Set(text.match(/https?:\/\/\S+/g)),
    );
    expect(`${subject}${text}${html}`).not.toMatch(/@|mst_|msi_|token=/);
  });

  it('takes nothing that a reader is called for markup', () => {
    const { html } = write(
      wordsOf('approval-requested', APPROVAL),
      `<img src=x onerror="alert('&')">`,
      'https://muster.test',
    );
    expect(html).not.toMatch(/<img|onerror="/);
  });

  it('is tried again later each time, within an hour', () => {
    const pauses = [1, 2, 3, 10, 100].map((attempts) => (nextTry(attempts, AT).getTime() - AT.getTime()) / 1000);
    expect(pauses).toEqual([10, 20, 40, HOUR_SECONDS, HOUR_SECONDS]);
    expect(nextTry(1, AT)).toEqual(addSeconds(AT, 10));
  });
});

describe('what is worth a letter', () => {
  it.each([
    ['approval.requested', APPROVAL, 'approval-requested'],
    ['approval.decided', APPROVAL, 'approval-decided'],
    ['break-glass.opened', 'bgl_1', 'break-glass-opened'],
    ['break-glass.ended', 'bgl_1', 'break-glass-ended'],
    ['authenticator.reset', PERSON, 'authenticators-reset'],
    ['authenticator.suspected', PERSON, 'passkey-copied'],
    ['session.started', PERSON, 'recovery-code-used'],
    ['identity.handed-over', IDENTITY, 'hand-over-due'],
  ])('is %s', (type, subject, letter) => {
    expect(occasionOf(type, subject)).toMatchObject({ letter, about: subject });
  });

  it.each(['certificate.issued', 'approval.expired', 'person.read'])('is not %s', (type) => {
    expect(occasionOf(type, APPROVAL)).toBeUndefined();
  });

  it('is nothing about what has no fitting id', () => {
    for (const type of ['approval.requested', 'approval.decided', 'authenticator.reset', 'identity.handed-over'])
      expect(occasionOf(type, 'log')).toBeUndefined();
  });
});
