import { setFlagsFromString } from 'node:v8';
import { type Context, createContext, Script } from 'node:vm';

/** For one text: what takes longer does not match. A busy machine lets a process wait for some tenths of it. */
const PATIENCE_MILLISECONDS = 400;
/** The same, once so many took longer: then it is they, and not the machine. */
const LITTLE_PATIENCE_MILLISECONDS = 20;
const FAILURES_FOR_LITTLE = 8;
const MOST_SPENT_MILLISECONDS = 15_000;
/** An expression that took too long so often is not tried again. */
const MOST_FAILURES = 3;
const MOST_CHARACTERS = 8192;
const MOST_SOURCE_CHARACTERS = 2000;

let linear = false;

/** An expression from a file of the scanned repository, which is anybody's. */
export class AllowExpression {
  /** How often it took too long. */
  failures = 0;

  private constructor(readonly expression: RegExp) {}

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
}

const TRY = new Script('expressions.filter((expression) => expression.test(text))');
const NONE: ReadonlySet<AllowExpression> = new Set();

/**
 * Expressions that are tried on the same texts, all at once: to go where they can be stopped, and back, takes a hundred times as long as
 * most of them. They are tried on V8's linear engine once they have gone back too often, on 8 kB at most, and stopped after four tenths
 * of a second in any case; then each is tried by itself.
 */
export class AllowExpressions {
  private failures = 0;
  private spentMilliseconds = 0;
  /** Made when something is first tried: most scans try nothing. */
  private context: Context | undefined;

  /** @param mostSpentMilliseconds all that they take: after that none is tried, and what is found counts */
  constructor(
    private readonly all: readonly AllowExpression[],
    private readonly mostSpentMilliseconds = MOST_SPENT_MILLISECONDS,
  ) {}

  /** Those that match. */
  matching(text: string): ReadonlySet<AllowExpression> {
    const tried = this.all.filter(({ failures }) => failures < MOST_FAILURES);
    if (tried.length === 0 || text.length > MOST_CHARACTERS) return NONE;
    const found = this.tried(tried, text);
    return found ? this.among(tried, found) : new Set(tried.filter((one) => this.matches(one, text)));
  }

  private among(tried: readonly AllowExpression[], found: readonly RegExp[]): ReadonlySet<AllowExpression> {
    if (found.length === 0) return NONE;
    const matching = new Set(found);
    return new Set(tried.filter(({ expression }) => matching.has(expression)));
  }

  private matches(one: AllowExpression, text: string): boolean {
    const found = this.tried([one], text);
    if (!found) one.failures++;
    return found?.length === 1;
  }

  /** @returns undefined where it took too long */
  private tried(some: readonly AllowExpression[], text: string): readonly RegExp[] | undefined {
    if (this.spentMilliseconds > this.mostSpentMilliseconds) return [];
    this.context ??= createContext({});
    const timeout = this.failures < FAILURES_FOR_LITTLE ? PATIENCE_MILLISECONDS : LITTLE_PATIENCE_MILLISECONDS;
    const startedAt = performance.now();
    Object.assign(this.context, { expressions: some.map(({ expression }) => expression), text });
    try {
      return TRY.runInContext(this.context, { timeout }) as RegExp[];
    } catch {
      this.failures++;
      return undefined;
    } finally {
      this.context['text'] = '';
      this.spentMilliseconds += performance.now() - startedAt;
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
