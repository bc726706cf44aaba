import { valueAfter } from './assignment.js';
import type { Candidate, Hits } from './candidate.js';
import type { Rule, Surroundings } from './rule.js';
import type { CompiledRules, Expression } from './rule-set.js';
import { Windows } from './windows.js';
import { DECODERS, type WrappedRange, type Wrapping } from './decoders/index.js';

/** Of its line, on each side of a candidate; longer names are not looked back over. */
const AROUND = 200;

/** What matched in one object, in the order of the places. */
export interface Matches {
  readonly candidates: readonly Candidate[];
  /** What is to be unwrapped and looked through. */
  readonly wrapped: readonly WrappedRange[];
}

/** Tries the rules of a set in one object, where their keywords stand. */
export class Matching {
  private readonly windows: Windows;
  private readonly found: Found;

  /**
   * @param bytes the whole object: a rule may look beyond what the prefilter was run over
   * @param path as a rule may ask for it; null where it has none
   */
  constructor(
    private readonly rules: CompiledRules,
    private readonly bytes: Uint8Array,
    path: string | null,
  ) {
    this.found = new Found(path);
    this.windows = new Windows(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Anchors that the prefilter found; their places are copied out before this returns. */
  tryAt({ pairs, count }: Hits): void {
    for (let index = 0; index < count; index++) {
      const at = pairs[index * 2]!;
      const anchor = this.rules.anchor(pairs[index * 2 + 1]!);
      if ('by' in anchor) this.found.addWrapped(anchor.by, this.bytes, at, anchor.phase);
      else this.tryRule(anchor.rule, anchor.name ?? null, at, anchor.length);
    }
  }

  private tryRule(number: number, name: string | null, at: number, length: number): void {
    const rule = this.rules.rules[number]!;
    const value = this.rules.value(number);
    const { shape } = rule;
    if (shape.at === 'token') this.tryToken(number, rule, value, at);
    else if (shape.at === 'around') this.tryAround(rule, shape, value, at, length);
    else this.tryAssigned(number, rule, name === null ? null : this.rules.name(name), value, at, length);
  }

  private tryToken(number: number, rule: Rule, value: Expression, at: number): void {
    const { text, base } = this.windows.around(at - AROUND, at + rule.shape.grammar.longest + AROUND);
    value.lastIndex = at - base;
    if (value.test(text)) this.found.add(rule, text, base, at - base, value.lastIndex);
    else if (this.rules.triesEscapes(number)) this.unescapedToo(rule, text, base, at - base);
  }

  private tryAssigned(
    number: number,
    rule: Rule,
    name: RegExp | null,
    value: Expression,
    at: number,
    length: number,
  ): void {
    const { text, base } = this.windows.around(at - AROUND, at + NAME_REACH + rule.shape.grammar.longest);
    let end = at - base + length;
    if (name) {
      name.lastIndex = at - base;
      if (!name.test(text)) return;
      end = name.lastIndex;
    }
    const start = valueAfter(text, at - base, end);
    if (start < 0) return;
    value.lastIndex = start;
    if (value.test(text)) this.found.add(rule, text, base, start, value.lastIndex, at - base);
    else if (this.rules.triesEscapes(number)) this.unescapedToo(rule, text, base, start);
  }

  private tryAround(rule: Rule, { before, after }: Around, value: Expression, at: number, length: number): void {
    const from = Math.max(at - before, 0);
    const { text, base } = this.windows.around(from - AROUND, at + length + after + AROUND);
    const last = at + length + after - from;
    // One more, for what may not follow.
    const window = text.slice(from - base, from - base + last + 1);
    value.lastIndex = 0;
    for (let match = value.exec(window); match && match.index + from <= at; match = value.exec(window)) {
      const start = match.index;
      const end = start + match[0].length;
      if (from + end >= at + length && end <= last && beginsFreely(text, from - base + start))
        this.found.add(rule, text, base, from - base + start, from - base + end);
      // What overlaps and begins later may be the one that holds the literal.
      value.lastIndex = from + end < at + length || end === start ? start + 1 : end;
    }
  }

  /** What would match without the escapes in it. */
  private unescapedToo({ shape }: Rule, text: string, base: number, start: number): void {
    const { shortest, longest } = shape.grammar;
    const [value] = VALUE.exec(text.slice(start, start + Math.min(longest, MOST_ESCAPED) * 3))!;
    if (value.length < shortest) return;
    if (/%[0-9A-Fa-f]{2}/.test(value)) this.found.addWrapped('percent', this.bytes, base + start, 0);
    if (/\\[^nrt]/.test(value)) this.found.addWrapped('escapes', this.bytes, base + start, 0);
  }

  /** What matched so far, each once. */
  matches(): Matches {
    return this.found.inOrder();
  }
}

type Around = Rule['shape'] & { readonly at: 'around' };

/** From the name on, to where a value may begin. */
const NAME_REACH = 512;
/** Longer values are not looked at for escapes. */
const MOST_ESCAPED = 1024;
const VALUE = /^[^\s"'`<>]*/;

/** Whether no letter or digit stands before, but that of an escape. */
function beginsFreely(text: string, start: number): boolean {
  return (
    start === 0 ||
    !/[0-9A-Za-z]$/.test(text.slice(start - 1, start)) ||
    /(?:\\.|%[0-9A-Fa-f]{2})$/.test(text.slice(Math.max(start - 3, 0), start))
  );
}

/** Candidates of one object, each once: several keywords may lead to the same. */
class Found implements Matches {
  readonly candidates: Candidate[] = [];
  readonly wrapped: WrappedRange[] = [];
  /** Where each rule's secrets begin. */
  private readonly places = new Map<Rule, Set<number>>();
  /** How far what is wrapped reaches: behind it, none need be asked whether it holds a place. */
  private readonly reached = new Map<Wrapping, number>();

  constructor(private readonly path: string | null) {}

  /**
   * @param base what places in `text` are counted from
   * @param named where its name stands, which may be a line before
   */
  add(rule: Rule, text: string, base: number, start: number, end: number, named = start): void {
    const matched = text.slice(start, end);
    const [secretStart, secretEnd] = rule.secret?.(matched) ?? [0, matched.length];
    const candidate = {
      rule,
      start: base + start,
      end: base + end,
      secretStart: base + start + secretStart,
      secretEnd: base + start + secretEnd,
    };
    const places = this.places.get(rule) ?? new Set();
    if (places.has(candidate.secretStart)) return;
    if (rule.unless?.(matched, this.around(text, start, end, named))) return;
    this.places.set(rule, places.add(candidate.secretStart));
    this.candidates.push(candidate);
  }

  addWrapped(by: Wrapping, bytes: Uint8Array, at: number, phase: number): void {
    const reached = this.reached.get(by) ?? 0;
    if (at < reached && this.wrapped.some((other) => other.by === by && other.from <= at && at < other.to)) return;
    const [from, to] = DECODERS[by].range(bytes, at, phase);
    this.wrapped.push({ by, from, to });
    this.reached.set(by, Math.max(reached, to));
  }

  inOrder(): Matches {
    this.candidates.sort((a, b) => a.start - b.start || a.end - b.end);
    return this;
  }

  private around(text: string, start: number, end: number, named: number): Surroundings {
    const before = text.slice(Math.max(start - AROUND, 0), start);
    const ofName = before.length - Math.max(start - named, 0);
    const after = text.slice(end, end + AROUND);
    const line = after.indexOf('\n');
    return {
      before: before.slice(before.lastIndexOf('\n', ofName) + 1),
      after: line < 0 ? after : after.slice(0, line),
      path: this.path,
    };
  }
}
