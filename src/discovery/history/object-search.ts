import { Spans } from '../domain/spans.js';
import { discover, type Discovery } from '../scan/discover.js';
import type { Matches } from '../domain/matcher.js';
import type { Engine, Range } from '../scan/engine.js';

/** Where a discovery stands in one object, and the number under which it was first told: what deltas inherit. */
export interface Held {
  readonly number: number;
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly secretStart: number;
  readonly secretEnd: number;
}

/** Who is told. */
export interface Seen {
  /** @returns its number */
  fresh(discovery: Discovery): number;
  again(held: Held): void;
}

/** What an object has of its base's: what stands in it as it stood there, and where something of the base's is broken. */
export interface Inheritance {
  readonly whole: readonly Held[];
  readonly broken: readonly Range[];
}

export const NOTHING_INHERITED: Inheritance = { whole: [], broken: [] };

/** Parts of one credential stand no farther apart (`domain/composites.ts`), nor does what tells a keyword from a word. */
const NEAR_BYTES = 2304;

/**
 * What stands in an object of which only some parts are new: what the parts show, and what it inherits.
 *
 * @param ranges the parts, ascending and apart, and what matches in them
 * @returns all that it holds
 */
export function lookThrough(
  engine: Engine,
  at: number,
  length: number,
  ranges: readonly Range[],
  { candidates, wrapped }: Matches,
  { whole, broken }: Inheritance,
  seen: Seen,
): readonly Held[] {
  const touched: readonly Range[] = [
    ...broken,
    ...candidates.map(({ start, end }) => [start, end] as const),
    ...wrapped.map(({ from, to }) => [from, to] as const),
  ];
  if (touched.length === 0 && whole.length === 0) return [];
  const inherited = new Map(whole.map((held) => [placeOf(held.rule, held), held]));
  const found = new Map<string, Held>();
  const looked = touched.length === 0 ? ranges : merged(touched.map(near), ranges, length);
  const insides = insidesOf(looked, length);
  if (touched.length > 0)
    for (const discovery of discover(engine, at, length, null, looked)) {
      const place = placeOf(discovery.rule.id, discovery);
      // What stands at the end of what was looked at is not new, and may be cut off from what says what it is.
      if (found.has(place) || !insides.hasAround(discovery.start, discovery.end)) continue;
      const known = inherited.get(place);
      if (known) seen.again(known);
      found.set(place, known ?? heldOf(discovery, seen.fresh(discovery)));
    }
  // Of two that overlap the longer is told (`domain/overlaps.ts`).
  const longer = new Spans(
    [...found.values()],
    ({ secretStart }) => secretStart,
    ({ secretEnd }) => secretEnd,
  );
  for (const [place, held] of inherited) {
    // Looked at anew with what gives it away, and not found, it is none any more.
    const isGone = insides.hasAround(held.start, held.end) || longer.hasAround(held.secretStart, held.secretEnd);
    if (found.has(place) || isGone) continue;
    seen.again(held);
    found.set(place, held);
  }
  return [...found.values()];
}

function near([from, to]: Range): Range {
  return [from - NEAR_BYTES, to + NEAR_BYTES];
}

function heldOf({ rule, start, end, secretStart, secretEnd }: Discovery, number: number): Held {
  return { number, rule: rule.id, start, end, secretStart, secretEnd };
}

function placeOf(rule: string, { secretStart, secretEnd }: Pick<Held, 'secretStart' | 'secretEnd'>): string {
  return `${rule} ${secretStart} ${secretEnd}`;
}

/** What stands farther from the ends of what was looked at was looked at with all that gives it away. */
const MARGIN_BYTES = 256;

/** The parts of what was looked at in which all was looked at with what gives it away. */
function insidesOf(ranges: readonly Range[], length: number): Spans<Range> {
  return new Spans(
    ranges,
    ([from]) => (from === 0 ? 0 : from + MARGIN_BYTES),
    ([, to]) => (to === length ? to : to - MARGIN_BYTES),
  );
}

/** Ranges of both lists, ascending and apart, within the object. */
function merged(first: readonly Range[], second: readonly Range[], length: number): Range[] {
  const all = [...first, ...second].map(([from, to]) => [Math.max(from, 0), Math.min(to, length)] as const);
  const kept: Range[] = [];
  for (const [from, to] of all.sort((a, b) => a[0] - b[0])) {
    const last = kept.at(-1);
    if (last && from <= last[1]) kept[kept.length - 1] = [last[0], Math.max(last[1], to)];
    else kept.push([from, to]);
  }
  return kept;
}
