import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { ScanError } from '../scan/errors.js';
import { AllowExpression } from './allow-expression.js';

/** What our own file says is to be left alone. Of what it gives, all has to be so. */
export interface AllowEntry {
  readonly path: AllowExpression | null;
  readonly rule: string | null;
  readonly reason: string;
  /** RFC 3339 date: the last day on which it holds. */
  readonly until: string;
}

type Fields = Readonly<Record<string, unknown>>;

export const ALLOW_FILE = '.muster-scan.yaml';
const FIELDS = ['path', 'rule', 'reason', 'until'];
const MOST_ENTRIES = 10_000;
const MOST_CHARACTERS = 1024 * 1024;

/**
 * Reads `.muster-scan.yaml`: `allow`, a list of entries with `reason`, `until`, and `path` (a pattern, `*` within a folder, `**`
 * over folders), `rule` or both.
 *
 * @throws ScanError `allow_file_malformed`, which says where and what is wrong
 */
export function allowFile(text: string): readonly AllowEntry[] {
  if (text.length > MOST_CHARACTERS) throw malformed('', 'it is longer than a megabyte');
  const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error', maxAliasCount: 0 });
  } catch (error) {
    throw malformed('', `it is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (document === null) return [];
  const list = isFields(document) ? document['allow'] : undefined;
  if (!Array.isArray(list)) throw malformed('', 'there is no list named `allow`');
  if (list.length > MOST_ENTRIES) throw malformed('', `there are more than ${MOST_ENTRIES} entries`);
  return list.map((entry: unknown, index) => entryOf(entry, `allow[${index}]`));
}

function entryOf(entry: unknown, where: string): AllowEntry {
  if (!isFields(entry)) throw malformed(where, 'it is no entry: give it path or rule, reason, until');
  const unknown = Object.keys(entry).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw malformed(where, `there is no \`${unknown}\`; there are ${FIELDS.join(', ')}`);
  const { path, rule, reason, until } = entry;
  if (path === undefined && rule === undefined) throw malformed(where, 'give it `path`, `rule` or both');
  if (path !== undefined && (typeof path !== 'string' || path === '')) throw malformed(where, '`path` is no pattern');
  if (rule !== undefined && (typeof rule !== 'string' || rule === '')) throw malformed(where, '`rule` is no id');
  if (typeof reason !== 'string' || reason.trim() === '')
    throw malformed(where, 'say why with `reason`: it stands in every report');
  if (typeof until !== 'string' || !isDate(until))
    throw malformed(where, '`until` is the last day on which it holds, as in 2027-01-31');
  const pattern = path === undefined ? null : AllowExpression.of(patternSource(path));
  if (pattern === undefined) throw malformed(where, '`path` is too long a pattern');
  return { path: pattern, rule: rule ?? null, reason, until };
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
}

/** `**` stands for any folders, `*` and `?` for what a name may hold, a `/` at the end for all below. */
function patternSource(pattern: string): string {
  const whole = pattern.replace(/^\.?\//, '').replace(/\/$/, '/**');
  const parts = whole
    .split(/(\*\*\/|\*{1,2}|\?)/)
    .map((part) => WILD[part] ?? part.replaceAll(/[\\^$.+()[\]{}|]/g, '\\$&'));
  return `^${parts.join('')}$`;
}

const WILD: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(where: string, what: string): ScanError {
  return new ScanError('allow_file_malformed', `${ALLOW_FILE} cannot be used${where && ` at ${where}`}: ${what}.`);
}
