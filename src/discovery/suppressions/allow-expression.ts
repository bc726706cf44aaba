import { setFlagsFromString } from 'node:v8';
import { type Context, createContext, Script } from 'node:vm';

/** For one text: what takes longer does not match. A busy machine lets a process wait for some tenths of it. */
const PATIENCE_MILLISECONDS = 400;
/** The same, once so many took longer: then it is they, and not the machine. */
const LITTLE_PATIENCE_MILLISECONDS = 20;
const FAILURES_FOR_LITTLE = 8;
/** An expression that took too long so often is not tried again. */
const MOST_FAILURES = 3;
const MOST_CHARACTERS = 8192;
const MOST_SOURCE_CHARACTERS = 2000;

/** Made when something is first tried: most scans try nothing. */
let room: { readonly context: Context; readonly test: Script; failures: number } | undefined;

let linear = false;

/**
 * An expression from a file of the scanned repository, which is anybody's: it is tried on V8's linear engine once it has gone
 * back too often, on 8 kB at most, and stopped after four tenths of a second in any case.
 */
export class AllowExpression {
  private failures = 0;

  private constructor(private readonly expression: RegExp) {}

  /** @returns undefined where it is none that can be tried here */
  static of(source: string, flags = ''): AllowExpression | undefined {
    if (source.length > MOST_SOURCE_CHARACTERS) return undefined;
    // Before it is compiled: it holds for what is compiled afterwards.
    if (!linear) setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
    linear = true;
    try {
      return new AllowExpression(new RegExp(source, flags));
    } catch {
      return undefined;
    }
  }

  test(text: string): boolean {
    if (this.failures >= MOST_FAILURES || text.length > MOST_CHARACTERS) return false;
    room ??= { context: createContext({}), test: new Script('expression.test(text)'), failures: 0 };
    const { context, test } = room;
    const timeout = room.failures < FAILURES_FOR_LITTLE ? PATIENCE_MILLISECONDS : LITTLE_PATIENCE_MILLISECONDS;
    context['expression'] = this.expression;
    context['text'] = text;
    try {
      return test.runInContext(context, { timeout }) as boolean;
    } catch {
      this.failures++;
      room.failures++;
      return false;
    } finally {
      context['text'] = '';
    }
  }
}

/** Go's expressions, as RE2 has them, in this language's words: flags in front, classes of POSIX, ends of text. */
export function goExpression(source: string): AllowExpression | undefined {
  const [, flags = '', rest = ''] = /^(?:\(\?([imsU]+)\))?(.*)$/s.exec(source)!;
  if (flags.includes('U') || /\(\?[imsU]+[-:)]/.test(rest)) return AllowExpression.of(...folded(rest, flags));
  return AllowExpression.of(translated(rest), flags);
}

/** Flags within are taken for all of it: `(?i:…)` and `(?i)` in the middle make more alike, and nothing less. */
function folded(source: string, flags: string): [string, string] {
  const within = [...source.matchAll(/\(\?([ims]+)(?:-[ims]+)?[:)]/g)].flatMap(([, letters]) => [...letters!]);
  const all = new Set([...flags.replaceAll('U', ''), ...within]);
  return [translated(source.replaceAll(/\(\?[imsU]+\)/g, '').replaceAll(/\(\?[imsU-]+:/g, '(?:')), [...all].join('')];
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  space: String.raw`\s`,
  upper: 'A-Z',
  word: String.raw`\w`,
  xdigit: '0-9A-Fa-f',
};

function translated(source: string): string {
  return source
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\A`, '^')
    .replaceAll(String.raw`\z`, '$')
    .replaceAll(/\[:(\w+):\]/g, (whole, name: string) => POSIX[name] ?? whole)
    .replaceAll(/\\x\{([0-9A-Fa-f]{1,4})\}/g, (_, digits: string) => `\\u${digits.padStart(4, '0')}`);
}
