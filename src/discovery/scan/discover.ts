import type { Candidate } from '../domain/candidate.js';
import { composites } from '../domain/composites.js';
import { DECODERS, MAX_DEPTH, type WrappedRange } from '../domain/decoders/index.js';
import type { Clue } from '../domain/finding.js';
import { canonicalSecret } from '../domain/fingerprint.js';
import type { Matches } from '../domain/matcher.js';
import { withoutOverlaps } from '../domain/overlaps.js';
import type { Rule } from '../domain/rule.js';
import { Spans } from '../domain/spans.js';
import type { Engine, Range } from './engine.js';

/** A candidate with its text, which outlives the object. Of what is wrapped the places are those of the wrapping. */
export interface Discovery extends Omit<Candidate, 'rule'> {
  readonly rule: Omit<Rule, 'shape'>;
  /** All that the rule matched. */
  readonly matched: string;
  /** Canonical. It goes no further than the thread that found it. */
  readonly secret: string;
  /** What belongs to it: the key id of an access key. */
  readonly parts: readonly string[];
  /** What stands before and after it. */
  readonly around: string;
  readonly within: readonly string[];
  /** What the structure of its file says of whose it is. */
  readonly told?: readonly Clue[];
  /** It is the whole file, and stands at no place in it. */
  readonly placeless?: boolean;
}

/** For what a credential's neighbours say of whose it is. */
const AROUND_BYTES = 2048;

/**
 * What stands in the object at a place of the scanner's memory, also within base64, hex, gzip, percent encoding and escapes: each
 * secret once, the parts of one credential together.
 *
 * What is wrapped again and again is unwrapped so far: `engine.unwrapping` knows whether something was left out.
 *
 * @param ranges parts in which it is looked for: all of it unless given
 */
export function discover(
  engine: Engine,
  at: number,
  length: number,
  path: string | null,
  ranges?: readonly Range[],
): readonly Discovery[] {
  engine.unwrapping.begin(ranges ? ranges.reduce((sum, [from, to]) => sum + to - from, 0) : length);
  const matches = engine.matchAt(at, length, path, ranges);
  if (matches.candidates.length + matches.wrapped.length === 0) return [];
  return layered(engine, engine.bytes(at, length), matches, path, []);
}

function layered(
  engine: Engine,
  bytes: Buffer,
  matches: Matches,
  path: string | null,
  within: readonly string[],
): readonly Discovery[] {
  const own = discoveries(bytes, matches.candidates, within);
  // Copied first: unwrapping may let the scanner's memory grow, which detaches every view of it.
  const wrapped =
    within.length < MAX_DEPTH ? matches.wrapped.map((range) => [range, packed(bytes, range)] as const) : [];
  const inner = wrapped.flatMap(([range, bytesOf]) => unwrapped(engine, bytesOf, range, path, within));
  if (inner.length === 0) return own;
  // Escapes are taken out of whole lines: what stands in them without any is told already.
  const told = spansBySecret(own);
  const isTold = (one: Discovery) => told.get(one.secret)?.meets(one.start, one.end) === true;
  const fresh = inner.filter((one) => !isTold(one));
  // What holds a credential is not one by its name alone.
  const unwrappedNow = spansOf(fresh);
  const isWrapping = (one: Discovery) => one.rule.basis === 'generic' && unwrappedNow.meets(one.start, one.end);
  // Nor is the id of one that is found with it where escapes are taken out.
  const parts = new Set(fresh.flatMap((one) => one.parts));
  const isPart = (one: Discovery) => one.rule.public === true && parts.has(one.secret);
  return [...own.filter((one) => !isWrapping(one) && !isPart(one)), ...fresh];
}

function spansBySecret(discoveries: readonly Discovery[]): ReadonlyMap<string, Spans<Discovery>> {
  const bySecret = new Map<string, Discovery[]>();
  for (const one of discoveries) {
    const same = bySecret.get(one.secret);
    if (same) same.push(one);
    else bySecret.set(one.secret, [one]);
  }
  return new Map([...bySecret].map(([secret, same]) => [secret, spansOf(same)]));
}

function spansOf(discoveries: readonly Discovery[]): Spans<Discovery> {
  return new Spans(
    discoveries,
    ({ start }) => start,
    ({ end }) => end,
  );
}

function packed(bytes: Buffer, { from, to }: WrappedRange): Buffer {
  return Buffer.from(bytes.subarray(from, to));
}

function unwrapped(
  engine: Engine,
  bytes: Buffer,
  { by, from, to }: WrappedRange,
  path: string | null,
  within: readonly string[],
): readonly Discovery[] {
  if (!engine.unwrapping.admits()) return [];
  const decoded = DECODERS[by].decode(bytes);
  if (decoded === undefined || decoded.length === 0) return [];
  engine.unwrapping.takeBytes(decoded.length);
  const inner = layered(engine, decoded, engine.match(decoded, path), path, [...within, by]);
  return engine.unwrapping
    .firstOf(inner)
    .map((one) => ({ ...one, start: from, end: to, secretStart: from, secretEnd: to }));
}

function discoveries(bytes: Buffer, candidates: readonly Candidate[], within: readonly string[]): Discovery[] {
  const text = (from: number, to: number) => bytes.toString('utf8', Math.max(from, 0), Math.min(to, bytes.length));
  const surroundings = new Surroundings(bytes);
  return composites(withoutOverlaps(candidates)).map(({ candidate, parts }) => ({
    ...candidate,
    matched: text(candidate.start, candidate.end),
    secret: canonicalSecret(meant(candidate.rule, text(candidate.secretStart, candidate.secretEnd))),
    parts: parts.map(({ start, end }) => text(start, end)),
    around: surroundings.of(candidate),
    within,
  }));
}

/** So much is made text at once, where many places are near one another. */
const LONGEST_STRETCH = 64 * 1024;

/** What stands round places, in ascending order. Those that are near one another have parts of one text: copies would be a hundred times what they are of. */
class Surroundings {
  private stretch = { from: 0, to: 0, text: '' };

  constructor(private readonly bytes: Buffer) {}

  of({ start, end }: Pick<Candidate, 'start' | 'end'>): string {
    const [from, to] = [Math.max(start - AROUND_BYTES, 0), Math.min(end + AROUND_BYTES, this.bytes.length)];
    if (from < this.stretch.from || to > this.stretch.to) this.stretch = this.stretchFrom(from, to);
    const { text, from: first, to: last } = this.stretch;
    // Where each byte is a unit of it.
    return text.length === last - first ? text.slice(from - first, to - first) : this.bytes.toString('utf8', from, to);
  }

  /** Of what is needed; twice as much as the last where that was near. */
  private stretchFrom(from: number, least: number) {
    const { from: first, to: last } = this.stretch;
    const length = from <= last ? Math.min(2 * (last - first), LONGEST_STRETCH) : 0;
    const to = Math.min(Math.max(least, from + length), this.bytes.length);
    return { from, to, text: this.bytes.toString('utf8', from, to) };
  }
}

function meant({ percent }: Rule, written: string): string {
  if (!percent || !written.includes('%')) return written;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
