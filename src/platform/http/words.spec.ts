import { describe, expect, it } from '@jest/globals';
import { Subjects, wordsFor } from './words.js';

const ID = 'mid_0192f0c1a2b37c4d8e5f60718293a4b5';
const NAMELESS = 'per_0192f0c1a2b37c4d8e5f60718293a4b5';

class Names extends Subjects {
  override nameOf(id: string): Promise<string | undefined> {
    return Promise.resolve(id === ID ? 'bot” (harmless' : undefined);
  }
}

function said(template: string, body: Parameters<typeof wordsFor>[2]['body'] = null): Promise<string> {
  const payload = { method: 'POST', path: '/', query: {}, ifMatch: null, body };
  return wordsFor(template, { id: ID }, payload, new Names());
}

describe('what people are told', () => {
  it.each<[string, string, Parameters<typeof said>[1], string]>([
    [
      'an id with the name of what it stands for, which cannot end its own quotation',
      'Retire {id}.',
      null,
      `Retire “bot’ (harmless” (${ID}).`,
    ],
    ['an id alone where nobody may read the name', 'To {body.to}.', { to: NAMELESS }, `To ${NAMELESS}.`],
    ['what others wrote in quotation marks', 'For {body.why}.', { why: 'no reason' }, 'For “no reason”.'],
    ['each item of a list', 'As {body.roles}.', { roles: ['analyst', 'auditor'] }, 'As analyst, auditor.'],
    ['a number as it is', '{body.seconds} s', { seconds: 60 }, '60 s'],
    ['nothing for what was not sent', 'As {body.roles}.', {}, 'As —.'],
    ['nothing for what every object has', '{body.constructor}', {}, '—'],
    ['what fills a blank never as a blank again', '{body.why}', { why: '{id}' }, '“{id}”'],
  ])('has %s', async (_what, template, body, words) => {
    expect(await said(template, body)).toBe(words);
  });

  it('is never longer than somebody reads', async () => {
    expect((await said('{body.why}', { why: 'x'.repeat(5000) })).length).toBeLessThan(130);
  });
});
