import { createRequire } from 'node:module';
import type * as Toml from 'smol-toml';
import { type AllowExpression, goExpression } from './allow-expression.js';

/** One list of what gitleaks is to leave alone. */
export interface Allowlist {
  readonly description: string | null;
  /** Ids of gitleaks' rules that it is for; null for all. */
  readonly rules: readonly string[] | null;
  /** Whether everything that it names has to be so, or one of it. */
  readonly all: boolean;
  readonly commits: readonly string[];
  readonly paths: readonly AllowExpression[];
  readonly regexes: readonly AllowExpression[];
  readonly regexTarget: 'secret' | 'match' | 'line';
  /** In small letters. */
  readonly stopwords: readonly string[];
}

export interface GitleaksConfig {
  readonly allowlists: readonly Allowlist[];
  /** What of it is not followed, in a word each. */
  readonly left: readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

export const MOST_CONFIG_BYTES = 1024 * 1024;
const MOST_LISTS = 1000;
const MOST_ENTRIES = 10_000;

/**
 * The allowlists of a `.gitleaks.toml`; its rules are gitleaks' own business. The file is the scanned repository's: it is read as
 * data, names no other file, and what it says wrongly is left.
 */
export function gitleaksConfig(text: string): GitleaksConfig {
  const left = new Set<string>();
  if (text.length > MOST_CONFIG_BYTES) return { allowlists: [], left: ['too-large'] };
  let document: Table;
  try {
    document = (createRequire(import.meta.url)('smol-toml') as typeof Toml).parse(text);
  } catch {
    return { allowlists: [], left: ['malformed'] };
  }
  if (isTable(document['extend']) && typeof document['extend']['path'] === 'string') left.add('extends-a-file');
  const own = (tables: readonly Table[], rules: readonly string[] | null) =>
    tables.map((table) => allowlistOf(table, rules, left));
  const ofRules = tablesIn(document['rules']).flatMap((rule) =>
    typeof rule['id'] === 'string' ? own(listsOf(rule), [rule['id']]) : [],
  );
  const allowlists = [...own(listsOf(document), null), ...ofRules];
  if (allowlists.length > MOST_LISTS) left.add('too-many-lists');
  return { allowlists: allowlists.slice(0, MOST_LISTS), left: [...left] };
}

/** `[allowlist]`, as it was until 8.25, `[[allowlists]]` since. */
function listsOf(table: Table): readonly Table[] {
  return [...tablesIn(table['allowlist']), ...tablesIn(table['allowlists'])];
}

function allowlistOf(table: Table, rules: readonly string[] | null, left: Set<string>): Allowlist {
  const expressions = (name: string) =>
    textsIn(table[name]).flatMap((source) => {
      const expression = goExpression(source);
      if (!expression) left.add('expression-unknown');
      return expression ? [expression] : [];
    });
  const targetRules = textsIn(table['targetRules']);
  const target = table['regexTarget'];
  const { description, condition } = table;
  return {
    description: typeof description === 'string' ? description : null,
    rules: rules ?? (targetRules.length > 0 ? targetRules : null),
    all: typeof condition === 'string' && ['AND', '&&'].includes(condition.toUpperCase()),
    commits: textsIn(table['commits']).map((commit) => commit.toLowerCase()),
    paths: expressions('paths'),
    regexes: expressions('regexes'),
    regexTarget: target === 'match' || target === 'line' ? target : 'secret',
    stopwords: textsIn(table['stopwords'])
      .map((word) => word.toLowerCase())
      .filter(Boolean),
  };
}

function tablesIn(value: unknown): readonly Table[] {
  return (Array.isArray(value) ? value : [value]).filter(isTable).slice(0, MOST_LISTS);
}

function textsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is string => typeof entry === 'string').slice(0, MOST_ENTRIES);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
