import { describe, expect, it } from '@jest/globals';
import { IdSet } from './id-set.js';
import { type Changes, LogRoom, PATH_SLOTS, RawLog } from './raw-log.js';

const NOTHING = '0'.repeat(40);
const COMMIT = `\u0001${'c'.repeat(40)}\u00002026-11-23T00:00:00Z\0Ada\0\0`;

function change(path: string, blob: string, { mode = '100644', before = NOTHING } = {}): string {
  return `:${mode} ${mode} ${before} ${blob} A\0${path}\0`;
}

function blobNumber(number: number): string {
  return (number + 1).toString(16).padStart(8, '0').padEnd(40, 'f');
}

/** What is asked of each change, as the log is read. */
function readOf<Said>(printed: string, ask: (changes: Changes, index: number) => Said, known?: IdSet): Said[] {
  const said: Said[] = [];
  const log = new RawLog(
    new LogRoom(),
    (changes) => {
      for (let index = 0; index < changes.count; index++) said.push(ask(changes, index));
    },
    20,
    known,
  );
  const bytes = Buffer.from(printed);
  let at = 0;
  const fill = (buffer: Buffer) => {
    const length = bytes.copy(buffer, 0, at);
    at += length;
    return length;
  };
  while (log.read(fill));
  return said;
}

describe('what git log prints', () => {
  it('is told change by change, however many came at once', () => {
    const numbers = Array.from({ length: 10_000 }, (_, number) => number);
    const printed = COMMIT + numbers.map((number) => change(`file ${number}`, blobNumber(number))).join('');
    const told = readOf(printed, (changes, index) => `${changes.blob(index)} ${changes.path(index)}`);
    expect(told).toEqual(numbers.map((number) => `${blobNumber(number)} file ${number}`));
  });

  it('is no blob where something was taken away, or a commit of another repository is meant', () => {
    const printed =
      COMMIT +
      change('gone', NOTHING, { before: blobNumber(1) }) +
      change('other', blobNumber(2), { mode: '160000' }) +
      change('here', blobNumber(3));
    expect(readOf(printed, (changes, index) => changes.path(index))).toEqual(['here']);
  });

  it('is nothing before a commit', () => {
    expect(readOf(change('early', blobNumber(1)) + COMMIT, (changes, index) => changes.path(index))).toEqual([]);
  });

  it('has a slot for each path, the same wherever it stands, and none for one longer than any', () => {
    const paths = ['a', 'b', 'a', 'c/d', 'b', 'x'.repeat(1023), 'x'.repeat(1024)];
    const printed = COMMIT + paths.map((path, index) => change(path, blobNumber(index))).join('');
    const [a, b, again, other, alsoAgain, long, longer] = readOf(printed, (changes, index) => changes.slot(index));
    expect([again, alsoAgain]).toEqual([a, b]);
    expect(new Set([a, b, other, long]).size).toBe(4);
    expect(Math.max(a!, b!, other!, long!)).toBeLessThan(PATH_SLOTS);
    expect(longer).toBe(PATH_SLOTS);
  });

  it('says of which ids nothing is known', () => {
    const ids = [1, 2, 3, 500].map(blobNumber);
    const printed = COMMIT + [0, 1, 2, 3, 4, 500, 501].map((number) => change('a', blobNumber(number))).join('');
    const told = readOf(printed, (changes, index) => changes.isKnown(index), IdSet.ofHex(ids));
    expect(told).toEqual([false, true, true, true, false, true, false]);
    expect(readOf(printed, (changes, index) => changes.isKnown(index), IdSet.none)).not.toContain(true);
    expect(readOf(printed, (changes, index) => changes.isKnown(index))).not.toContain(false);
  });

  it('names the first digits of an id', () => {
    const [upper] = readOf(COMMIT + change('a', `89abcdef${'0'.repeat(32)}`), (changes, index) => changes.upper(index));
    expect(upper).toBe(0x89abcdef);
  });
});
