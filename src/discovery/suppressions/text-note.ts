import { AllowExpressions } from './allow-expression.js';
import type { Allowlist } from './gitleaks-config.js';
import { gitleaksConfig } from './gitleaks-config.js';
import { type InlineAllow, inlineAllowAt } from './inline-allow.js';

/** What the text round a secret, and the secret itself, say of leaving it alone: noted where the secret is, without it. */
export interface TextNote {
  readonly inline: InlineAllow | null;
  /** Numbers of gitleaks' allowlists of which an expression matches, and of those of which a stop word does. */
  readonly regexes: readonly number[];
  readonly stopwords: readonly number[];
}

/** A secret in its text. */
export interface Standing {
  readonly secret: string;
  readonly matched: string;
  /** In bytes. */
  readonly secretStart: number;
  readonly secretEnd: number;
}

const MOST_LINE_BYTES = 8192;

/** Notes what texts say of their secrets; one a thread. */
export class TextNotes {
  private readonly allowlists: readonly Allowlist[];
  private readonly byTarget: ReadonlyMap<Allowlist['regexTarget'], AllowExpressions>;

  /** @param config text of a `.gitleaks.toml`; null without one */
  constructor(config: string | null) {
    this.allowlists = config === null ? [] : gitleaksConfig(config).allowlists;
    const targets = new Set(this.allowlists.map(({ regexTarget }) => regexTarget));
    const expressionsOf = (target: Allowlist['regexTarget']) =>
      this.allowlists.flatMap(({ regexes, regexTarget }) => (regexTarget === target ? regexes : []));
    this.byTarget = new Map([...targets].map((target) => [target, new AllowExpressions(expressionsOf(target))]));
  }

  /**
   * @param lineStart of the line that it begins in, in bytes
   * @returns undefined where nothing speaks for leaving it alone
   */
  noteOf(bytes: Buffer, lineStart: number, standing: Standing): TextNote | undefined {
    const inline = inlineAllowAt(bytes, lineStart, standing.secretStart, standing.secretEnd);
    const secret = standing.secret.toLowerCase();
    const textOf = {
      line: () => lineAt(bytes, lineStart, standing),
      match: () => standing.matched,
      secret: () => standing.secret,
    };
    const matching = new Map([...this.byTarget].map(([target, all]) => [target, all.matching(textOf[target]())]));
    const numbers = (holds: (list: Allowlist) => boolean) =>
      this.allowlists.flatMap((list, number) => (holds(list) ? [number] : []));
    const regexes = numbers(({ regexes: all, regexTarget }) => {
      const found = matching.get(regexTarget)!;
      return all.some((expression) => found.has(expression));
    });
    const stopwords = numbers(({ stopwords: words }) => words.some((word) => secret.includes(word)));
    if (!inline && regexes.length + stopwords.length === 0) return undefined;
    return { inline, regexes, stopwords };
  }
}

function lineAt(bytes: Buffer, lineStart: number, { secretStart, secretEnd }: Standing): string {
  const end = bytes.subarray(secretEnd, secretEnd + MOST_LINE_BYTES).indexOf(0x0a);
  const to = end < 0 ? secretEnd + MOST_LINE_BYTES : secretEnd + end;
  return bytes.toString('utf8', Math.max(lineStart, secretStart - MOST_LINE_BYTES), Math.min(to, bytes.length));
}
