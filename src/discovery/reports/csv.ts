import type { Finding, Location } from '../domain/finding.js';
import { identityOf } from './identity.js';
import { plain } from './plain.js';
import type { Report } from './report.js';

type Cell = string | number | boolean | null | undefined;

const COLUMNS: readonly (readonly [title: string, value: (finding: Finding, location: Location) => Cell])[] = [
  ['rule', ({ rule }) => rule],
  ['vendor', ({ vendor }) => vendor],
  ['name', ({ name }) => name],
  ['kind', ({ kind }) => kind],
  ['band', ({ band }) => band],
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['last_four', ({ lastFour }) => lastFour],
  ['identity', identityOf],
  ['path', (_, { path }) => path],
  ['line', (_, { line }) => line],
  ['column', (_, { column }) => column],
  ['within', (_, { within }) => within.join(' ')],
  ['commit', (_, { commits }) => commits[0]?.id],
  ['committed_at', (_, { commits }) => commits[0]?.at],
  ['author', (_, { commits }) => commits[0]?.author],
  ['unreachable', (_, { unreachable }) => unreachable],
  ['suppressed_by', ({ suppressed }, location) => (suppressed ?? location.suppressed)?.by],
  ['suppressed_because', ({ suppressed }, location) => (suppressed ?? location.suppressed)?.reason],
  ['suppressed_until', ({ suppressed }, location) => (suppressed ?? location.suppressed)?.until],
];

/** A row for each place of each secret (RFC 4180). */
export const csv: Report = (findings) => {
  const rows = findings.flatMap((finding) =>
    finding.locations.map((location) => COLUMNS.map(([, value]) => cell(value(finding, location)))),
  );
  return [COLUMNS.map(([title]) => title), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
};

/** What spreadsheets take for the beginning of a formula; names of files and authors are anybody's. */
const FORMULA = /^[\s\0]*[=+\-@]/;

function cell(value: Cell): string {
  const text = plain(String(value ?? ''));
  const tame = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
