import { SourceError } from './errors.js';
import type { Fields } from './fields.js';

const MOST_ROWS = 100_000;
const MOST_FIELDS = 200;

/**
 * Rows of a CSV file (RFC 4180) by the names of its first line.
 *
 * @throws SourceError `source_malformed`, `source_too_large`
 */
export function readCsv(text: string): readonly Fields[] {
  const rows = [...rowsIn(text)];
  const names = rows.shift();
  if (!names || names.length < 2) throw malformed();
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name.trim(), row[index] ?? ''])));
}

function* rowsIn(text: string): Iterable<readonly string[]> {
  let row: string[] = [];
  let count = 0;
  for (let at = 0; at < text.length;) {
    const isQuoted = text[at] === '"';
    const [field, end] = isQuoted ? quoted(text, at + 1) : bare(text, at);
    row.push(field);
    if (row.length > MOST_FIELDS) throw malformed();
    const next = text[end];
    at = end + 1;
    if (next === ',') continue;
    if (next === '\r' && text[end + 1] === '\n') at++;
    else if (next !== undefined && next !== '\n' && next !== '\r') throw malformed();
    if (row.length > 1 || row[0] !== '') yield row;
    row = [];
    if (++count > MOST_ROWS) throw new SourceError('source_too_large', 'The file has more rows than are read.');
  }
  if (row.length > 0) yield [...row, ''];
}

function bare(text: string, from: number): readonly [string, number] {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  return [text.slice(from, end), end];
}

function quoted(text: string, from: number): readonly [string, number] {
  let field = '';
  for (let at = from; ;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw malformed();
    field += text.slice(at, end);
    if (text[end + 1] !== '"') return [field, end + 1];
    field += '"';
    at = end + 2;
  }
}

function malformed(): SourceError {
  return new SourceError('source_malformed', 'The file is no CSV with names in its first line: export it anew.');
}
