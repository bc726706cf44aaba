import { describe, expect, it } from '@jest/globals';
import { type ByteSet, has, narrowing } from './narrowing.js';

const bytesOf = (set: ByteSet): string =>
  Array.from({ length: 256 }, (_, byte) => byte)
    .filter((byte) => has(set, byte))
    .map((byte) => String.fromCharCode(byte))
    .join('');
const read = (source: string) => {
  const found = narrowing(source)!;
  const needed = found.needed.map((byte) => String.fromCharCode(byte)).join('');
  return [found.places.map(bytesOf).join('|'), needed, bytesOf(found.all)];
};

describe('what all matches of an expression have in common', () => {
  it.each([
    ['ab', 'a|b', 'ab', 'ab'],
    ['a[0-2]{2}', 'a|012|012', 'a', '012a'],
    ['a?b', 'ab', 'b', 'ab'],
    ['(?:ab|c)d', 'ac|bd', 'd', 'abcd'],
    ['a{0,3}@b{2,9}?', '@a|@ab|@ab', '@b', '@ab'],
    ['(?<!x)a(?=y)b', 'a|b', 'ab', 'ab'],
    [String.raw`[\d.\-]\/`, '-.0123456789|/', '/', '-./0123456789'],
    ['(?:a+b)*', '', '', 'ab'],
  ])('are the places, the needed bytes and all bytes of %s', (source, places, needed, all) => {
    expect(read(source)).toEqual([places, needed, all]);
  });

  it('takes what is not of a class for anything else, also beyond ASCII', () => {
    const [place] = narrowing(String.raw`[^a\s]`)!.places;
    expect(['b', '\u00ff', 'a', '\n', '\u00a0'].map((letter) => has(place!, letter.charCodeAt(0)))).toEqual([
      ...[true, true, false, false, false],
    ]);
  });

  it.each(['(a)', String.raw`(?:a)\1`, String.raw`\u0041`, 'a**', '(?i:a)', '[a', String.raw`\p{L}`, 'é€'])(
    'says nothing of %s, which it does not understand',
    (source) => expect(narrowing(source)).toBeNull(),
  );
});
