import { setFlagsFromString } from 'node:v8';
import { createContext, type Context, Script } from 'node:vm';
import type { Expression } from '../domain/rule-set.js';

/** For one place: what takes longer is given up. A busy machine lets a process wait for some tenths of it. */
const PATIENCE_MILLISECONDS = 1000;
/** A rule that was given up so often is not tried again. */
const MOST_FAILURES = 3;
/** What a user's expression may look at. */
const WINDOW_CHARACTERS = 8192;
/** What goes on with one of these is not whole. */
const GOES_ON = /[0-9A-Za-z_]/;

const EXEC = new Script('expression.exec(text)');

let linear = false;

/**
 * A user's expression, which may be one that takes forever on a text made for it: it is tried on V8's linear engine after 50,000
 * steps back where that knows its constructions, on 8 kB at most, and stopped after a second in any case.
 */
export class GuardedExpression implements Expression {
  lastIndex = 0;
  private failures = 0;
  private readonly expression: RegExp;
  private readonly context: Context;

  constructor(
    source: string,
    flags: 'y' | 'g',
    private readonly tired: () => void,
  ) {
    // Before it is compiled: it holds for what is compiled afterwards.
    if (!linear) setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
    linear = true;
    this.expression = new RegExp(source, flags);
    this.context = createContext({ expression: this.expression, text: '' });
  }

  test(text: string): boolean {
    return this.exec(text) !== null;
  }

  exec(text: string): RegExpExecArray | null {
    const from = this.lastIndex;
    this.lastIndex = 0;
    if (this.failures >= MOST_FAILURES) return null;
    const match = this.tried(text.slice(from, from + WINDOW_CHARACTERS));
    if (!match || GOES_ON.test(text.charAt(from + match.index + match[0].length))) return null;
    match.index += from;
    this.lastIndex = match.index + match[0].length;
    return match;
  }

  private tried(window: string): RegExpExecArray | null {
    this.expression.lastIndex = 0;
    this.context['text'] = window;
    try {
      return EXEC.runInContext(this.context, { timeout: PATIENCE_MILLISECONDS }) as RegExpExecArray | null;
    } catch {
      if (++this.failures === 1) this.tired();
      return null;
    }
  }
}
