import { describe, expect, it } from '@jest/globals';
import { beginningOf, beginningsOf, LONGEST_BEGINNING } from './name-beginnings.js';

const finds = (name: string, typed: string) => {
  const beginning = beginningOf(typed);
  return beginning !== undefined && beginningsOf(name).includes(beginning);
};

describe('a name', () => {
  it.each([
    ['Ines Calvert', 'in'],
    ['Ines Calvert', 'Ines Calvert'],
    ['Ines Calvert', 'calv'],
    ['Ines Calvert', ' INES  c'],
    ['Tomasz Wolański', 'wolan'],
    ['Tomasz Wolanski', 'Wolań'],
    ['Mei-Ling Sørensen', 'mei l'],
    ['Mei-Ling Sørensen', 'ling'],
    ['李小龙', '李小'],
    ['Ruth Okonkwo-Bennett of the Long Surname House', 'Ruth Okonkwo-Bennett of the Long Sur'],
  ])('%s is found by %s', (name, typed) => {
    expect(finds(name, typed)).toBe(true);
  });

  it.each([
    ['Ines Calvert', 'nes'],
    ['Ines Calvert', 'calvert ines'],
    ['Ines Calvert', 'i'],
    ['Ines Calvert', '%'],
    ['Ines Calvert', '- -'],
    ['Ines Calvert', 'Ines Calverts'],
  ])('%s is not found by %s', (name, typed) => {
    expect(finds(name, typed)).toBe(false);
  });

  it('is found by a bounded number of beginnings, however long it is', () => {
    expect(beginningsOf('a b'.repeat(100)).length).toBeLessThanOrEqual(8 * LONGEST_BEGINNING);
  });
});
