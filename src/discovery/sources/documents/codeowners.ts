import { linesOf } from '../../structures/text.js';
import { plain } from '../fields.js';

interface Line {
  readonly matches: RegExp;
  readonly owners: string;
}

/** Where forges look for it, the first that is there. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;
const MOST_LINES = 5_000;
const MAX_PATTERN = 500;

/**
 * Who answers for a file, as a repository says it: the last line that fits decides.
 *
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export class Codeowners {
  private constructor(private readonly lines: readonly Line[]) {}

  static readonly none = new Codeowners([]);

  /** @param text attacker-controlled */
  static read(text: string): Codeowners {
    const lines = linesOf(text)
      .slice(0, MOST_LINES)
      .flatMap(({ text: line }) => readLine(line) ?? []);
    return new Codeowners(lines.reverse());
  }

  /** Names of people and teams, with a blank between; null where nobody is named. */
  ownersOf(path: string): string | null {
    const owners = this.lines.find(({ matches }) => matches.test(path))?.owners ?? '';
    return owners === '' ? null : owners;
  }
}

function readLine(line: string): Line | null {
  const text = line.replace(/(?:^|\s)#.*$/, '').trim();
  // Sections are GitLab's: `[Payments][2] @default`.
  if (text === '' || /^\^?\[/.test(text)) return null;
  const [pattern, ...owners] = text.split(/(?<!\\)\s+/);
  if (pattern === undefined || pattern.length > MAX_PATTERN) return null;
  const matches = expressionOf(pattern.replaceAll('\\ ', ' '));
  return matches && { matches, owners: plain(owners.filter((one) => /^@|.@./.test(one)).join(' ')) };
}

/** As in `.gitignore`, without what that has beyond: no backtracking that grows, for each star stops at its own kind of end. */
function expressionOf(pattern: string): RegExp | null {
  const anchored = pattern.replace(/^\//, '').replace(/\/$/, '').includes('/') || pattern.startsWith('/');
  const parts = pattern.replace(/^\/|\/$/g, '').split('/');
  if (
    parts.filter((part) => part === '**').length > 3 ||
    parts.some((part) => (part.match(/\*/g) ?? []).length > 3 && part !== '**')
  )
    return null;
  const body = parts
    .map((part) => (part === '**' ? '(?:[^/]+/)*' : `${escaped(part)}/`))
    .join('')
    .replace(/\/$/, '');
  const tail = pattern.endsWith('/*') ? '$' : '(?:/|$)';
  return new RegExp(`^${anchored || parts[0] === '**' ? '' : '(?:.*/)?'}${body}${parts.at(-1) === '**' ? '' : tail}`);
}

function escaped(part: string): string {
  return part
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]');
}
