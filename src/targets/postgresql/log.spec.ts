import { describe, expect, it } from '@jest/globals';
import { LogListings } from './log-listings.js';
import { unbrokenSince } from './log.js';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes));

describe('what Muster’s own logins tell', () => {
  it.each<[string, number[], number | undefined]>([
    ['all of it, where they follow one another', [0, 4, 9, 12], 0],
    ['nothing before the last hole', [0, 4, 10, 12], 10],
    ['nothing, where the last is long ago', [0, 4], undefined],
    ['nothing, where there is none', [], undefined],
  ])('is %s', (_what, minutes, since) => {
    expect(unbrokenSince(minutes.map(at), at(13))).toEqual(since === undefined ? undefined : at(since));
  });
});

describe('a log’s files', () => {
  const file = (name: string, size: number, minutes = 5) => ({ name, size, changedAt: at(minutes) });
  const first = [file('a', 10), file('b', 5), file('old', 7, 0)];

  it.each<[string, ReturnType<typeof file>[], number | null]>([
    ['are whole where they grow and others come', [file('a', 10), file('b', 9), file('c', 1), file('old', 7, 0)], null],
    ['are whole without what was over before', [file('a', 10), file('b', 5)], null],
    ['have a gap where one is gone', [file('a', 10), file('old', 7, 0)], 9],
    ['have a gap where one is shorter', [file('a', 9), file('b', 5)], 9],
  ])('%s', (_what, second, gap) => {
    const listings = new LogListings();
    expect(listings.look('here', first, at(1), at(8))).toBeNull();
    expect(listings.look('elsewhere', [], at(1), at(8))).toBeNull();
    expect(listings.look('here', second, at(1), at(9))).toEqual(gap === null ? null : at(gap));
    // Once is enough: it is remembered.
    expect(listings.look('here', second, at(1), at(10))).toEqual(gap === null ? null : at(gap));
  });
});
