import { linesOf } from '../../structures/text.js';
import { plain } from '../fields.js';

interface Line {
  readonly pattern: readonly string[];
  readonly owners: string;
}

/** Where forges look for it, the first that is there. */
export const CODEOWNERS_PATHS = ['.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;
const MOST_LINES = 5_000;
const MAX_PATTERN = 500;
/** As long as a path may be on any machine. */
const MAX_PATH = 4096;
/** Some hundreds a line, where there are as many lines as there may be. */
const MOST_STEPS = 1_000_000;
/** Any number of folders, and any number of characters of one name. */
const FOLDERS = '**';
const LETTERS = '*';
/** And one. */
const LETTER = '?';

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

  /** Names of people and teams, with a blank between; null where nobody is named. @param path attacker-controlled */
  ownersOf(path: string): string | null {
    if (path.length > MAX_PATH) return null;
    const names = path.split('/');
    const fitting = new Fitting();
    const owners = this.lines.find(({ pattern }) => fitting.fitsPath(pattern, names))?.owners ?? '';
    return owners === '' ? null : owners;
  }
}

function readLine(line: string): Line | null {
  const comment = line.search(/(?:^|\s)#/);
  const text = (comment < 0 ? line : line.slice(0, comment)).trim();
  // Sections are GitLab's: `[Payments][2] @default`.
  if (text === '' || /^\^?\[/.test(text)) return null;
  const [pattern, ...owners] = text.split(/(?<!\\)\s+/);
  if (pattern === undefined || pattern.length > MAX_PATTERN) return null;
  const named = plain(owners.filter((one) => /^@|.@./.test(one)).join(' '));
  return { pattern: namesOf(pattern.replaceAll('\\ ', ' ')), owners: named };
}

/**
 * A pattern name by name, as in `.gitignore` without what that has beyond: one that no stroke stands in begins anywhere, and all but
 * `folder/*` means whatever lies below, too.
 */
function namesOf(pattern: string): readonly string[] {
  const names = pattern.replace(/^\//, '').replace(/\/$/, '').split('/');
  const isAnchored = names.length > 1 || pattern.startsWith('/');
  const below =
    names.at(-1) === FOLDERS ? [LETTERS, FOLDERS] : [names.at(-1)!, ...(pattern.endsWith('/*') ? [] : [FOLDERS])];
  return [...(isAnchored ? [] : [FOLDERS]), ...names.slice(0, -1), ...below];
}

/** Fits one path to patterns, in so many steps altogether: from there on nothing fits, and nobody is known to own it. */
class Fitting {
  private stepsLeft = MOST_STEPS;

  fitsPath(pattern: readonly string[], names: readonly string[]): boolean {
    return this.fits(pattern, names, FOLDERS, (one, name) => this.fitsName(one, name));
  }

  private fitsName(pattern: string, name: string): boolean {
    if (!/[*?]/.test(pattern)) return pattern === name;
    return this.fits(pattern, name, LETTERS, (one, letter) => one === LETTER || one === letter);
  }

  /**
   * Whether a pattern fits, part by part. In no more steps than the one has parts times the other: where something does not fit that
   * stands behind a part for many, only the last of these is tried longer.
   */
  private fits(
    pattern: ArrayLike<string>,
    text: ArrayLike<string>,
    many: string,
    isOne: (pattern: string, part: string) => boolean,
  ): boolean {
    let [at, next, after, from] = [0, 0, -1, 0];
    while (at < text.length)
      if (this.stepsLeft-- <= 0) return false;
      else if (pattern[next] === many) [after, from] = [++next, at];
      else if (next < pattern.length && isOne(pattern[next]!, text[at]!)) [at, next] = [at + 1, next + 1];
      else if (after >= 0) [at, next] = [++from, after];
      else return false;
    while (pattern[next] === many) next++;
    return next === pattern.length;
  }
}
