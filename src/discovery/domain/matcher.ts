import { valueAfter } from './assignment.js';
import type { Candidate, Hits } from './candidate.js';
import type { Rule, Surroundings } from './rule.js';
import type { Anchor, CompiledRules } from './rule-set.js';
import { Windows } from './windows.js';
import { DECODERS, type WrappedRange, type Wrapping } from './decoders/index.js';

/** Longer names are not looked back over. */
const BEFORE_NAME = 200;
/** Of its line, on each side of a candidate. */
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

  /** Keywords that the prefilter found; their places are copied out before this returns. */
  tryAt({ pairs, count }: Hits): void {
    for (let index = 0; index < count; index++) {
      const at = pairs[index * 2]!;
      const number = pairs[index * 2 + 1]!;
      const { length } = this.rules.keywords[number]!.text;
      for (const anchor of this.rules.anchors[number]!) {
        if (anchor.at === 'token') matchToken(this.windows, anchor, at, this.found);
        else if (anchor.at === 'assigned') matchAssigned(this.windows, anchor, at, length, this.found);
        else if (anchor.at === 'wrapped') this.found.addWrapped(anchor.by, this.bytes, at, anchor.phase);
        else matchAround(this.windows, anchor, at, length, this.found);
      }
    }
  }

  /** What matched so far, each once. */
  matches(): Matches {
    return this.found.inOrder();
  }
}

function matchToken(windows: Windows, { rule, value }: Anchor & { at: 'token' }, at: number, found: Found): void {
  const { text, base } = windows.around(at - AROUND, at + rule.shape.grammar.longest + AROUND);
  value.lastIndex = at - base;
  if (value.test(text)) found.add(rule, text, base, at - base, value.lastIndex);
  else unescapedToo(windows, rule, text, base, at - base, found);
}

function matchAssigned(
  windows: Windows,
  { rule, name, value }: Anchor & { at: 'assigned' },
  at: number,
  length: number,
  found: Found,
): void {
  const { text, base } = windows.around(at - BEFORE_NAME, at + 512 + rule.shape.grammar.longest);
  let end = at - base + length;
  if (name) {
    name.lastIndex = at - base;
    if (!name.test(text)) return;
    end = name.lastIndex;
  }
  const start = valueAfter(text, at - base, end);
  if (start < 0) return;
  value.lastIndex = start;
  if (value.test(text)) found.add(rule, text, base, start, value.lastIndex);
  else if (rule.basis !== 'generic') unescapedToo(windows, rule, text, base, start, found);
}

const VALUE = /[^\s"'`<>]*/y;

/** What would match without the escapes in it. */
function unescapedToo(windows: Windows, rule: Rule, text: string, base: number, start: number, found: Found): void {
  VALUE.lastIndex = start;
  const [value] = VALUE.exec(text)!;
  if (value.length < rule.shape.grammar.shortest) return;
  if (/%[0-9A-Fa-f]{2}/.test(value)) found.addWrapped('percent', windows.bytes, base + start, 0);
  if (/\\[^nrt]/.test(value)) found.addWrapped('escapes', windows.bytes, base + start, 0);
}

function matchAround(
  windows: Windows,
  { rule, value, before, after }: Anchor & { at: 'around' },
  at: number,
  length: number,
  found: Found,
): void {
  const from = Math.max(at - before, 0);
  const { text, base } = windows.around(from, at + length + after);
  const window = text.slice(from - base, at + length + after - base);
  value.lastIndex = 0;
  for (let match = value.exec(window); match && match.index + from <= at; match = value.exec(window)) {
    const start = match.index;
    if (value.lastIndex === start) value.lastIndex++;
    const end = start + match[0].length;
    if (from + end >= at + length && beginsFreely(window, start)) found.add(rule, window, from, start, end);
    // What overlaps and begins later may be the one that holds the literal.
    if (from + end < at + length) value.lastIndex = start + 1;
  }
}

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

  constructor(private readonly path: string | null) {}

  /** @param base what places in `text` are counted from */
  add(rule: Rule, text: string, base: number, start: number, end: number): void {
    const matched = text.slice(start, end);
    const [secretStart, secretEnd] = rule.secret?.(matched) ?? [0, matched.length];
    const candidate = {
      rule,
      start: base + start,
      end: base + end,
      secretStart: base + start + secretStart,
      secretEnd: base + start + secretEnd,
    };
    const same = (other: Candidate) => other.rule === rule && other.secretStart === candidate.secretStart;
    if (this.candidates.some(same)) return;
    if (rule.unless?.(matched, this.around(text, start, end))) return;
    this.candidates.push(candidate);
  }

  addWrapped(by: Wrapping, bytes: Uint8Array, at: number, phase: number): void {
    if (this.wrapped.some((other) => other.by === by && other.from <= at && at < other.to)) return;
    const [from, to] = DECODERS[by].range(bytes, at, phase);
    this.wrapped.push({ by, from, to });
  }

  inOrder(): Matches {
    this.candidates.sort((a, b) => a.start - b.start || a.end - b.end);
    return this;
  }

  private around(text: string, start: number, end: number): Surroundings {
    const before = text.slice(Math.max(start - AROUND, 0), start);
    const after = text.slice(end, end + AROUND);
    const line = after.indexOf('\n');
    return {
      before: before.slice(before.lastIndexOf('\n') + 1),
      after: line < 0 ? after : after.slice(0, line),
      path: this.path,
    };
  }
}
