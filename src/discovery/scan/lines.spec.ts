import { describe, expect, it } from '@jest/globals';
import { Lines, type Position } from './lines.js';

const TEXT = 'one\n\nthree für 🔑 x\r\nlast';
const BYTES = Buffer.from(TEXT);

/** Counted anew for one place, a character at a time. */
function counted(place: number, from: Position): Position {
  let { line, column } = from;
  for (const character of BYTES.toString('utf8', 0, place))
    [line, column] = character === '\n' ? [line + 1, 1] : [line, column + 1];
  return { line, column };
}

const PLACES = ['one', '\nthree', 'three', 'für', '🔑', 'x', '\r', 'last']
  .map((word) => BYTES.indexOf(word))
  .concat(BYTES.length);

describe('lines and columns', () => {
  it.each<readonly [string, readonly number[]]>([
    ['in their order', PLACES],
    ['backwards', PLACES.toReversed()],
    ['each twice', PLACES.flatMap((place) => [place, place])],
    ['here and there', [7, 0, 2, 8, 6, 3, 5, 1, 4].map((at) => PLACES[at]!)],
  ])('are the same when places are asked for %s', (_order, places) => {
    for (const from of [
      { line: 1, column: 1 },
      { line: 7, column: 5 },
    ]) {
      const lines = new Lines(from);
      for (const place of places) {
        expect(lines.positionOf(BYTES, place)).toEqual(counted(place, from));
        expect(lines.lineStart).toBe(place === 0 ? 0 : BYTES.lastIndexOf('\n', place - 1) + 1);
      }
    }
  });
});
