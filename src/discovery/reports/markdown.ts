import { counted } from '../../kernel/index.js';
import type { Finding } from '../domain/finding.js';
import { identityOf } from './identity.js';
import { plain } from './plain.js';
import { counts, type Report, skippedCounts } from './report.js';

const MOST_ROWS = 50;

/** A summary for the page of a pipeline's run: what is new, and what the baseline and others had left alone. */
export const markdown: Report = (findings, skipped, { files, seconds, prefix }) => {
  const fresh = findings.filter(counts);
  const known = findings.filter(({ suppressed }) => suppressed?.by === 'baseline').length;
  const suppressed = findings.filter((finding) => finding.suppressed !== null).length - known;
  const low = findings.filter((finding) => finding.suppressed === null && finding.band === 'low').length;
  const left = skippedCounts(skipped).map(([reason, count]) => `${count} ${reason}`);
  return [
    '## Muster scan',
    '',
    '| new | in the baseline | left alone | of low confidence |',
    '|---:|---:|---:|---:|',
    `| **${fresh.length}** | ${known} | ${suppressed} | ${low} |`,
    '',
    `${counted(files, 'file')} in ${seconds.toFixed(2)} s.${left.length === 0 ? '' : ` Not looked at: ${left.join(', ')}.`}`,
    ...(fresh.length === 0 ? [] : ['', '| what | whose | where |', '|---|---|---|', ...rowsOf(fresh, prefix)]),
    '',
  ].join('\n');
};

function rowsOf(findings: readonly Finding[], prefix: string): readonly string[] {
  const rows = findings.slice(0, MOST_ROWS).map((finding) => {
    const [place] = finding.locations;
    const where = place ? `${prefix}${place.path}${place.line === null ? '' : `:${place.line}`}` : '';
    const more = finding.locations.length > 1 ? ` and ${finding.locations.length - 1} more` : '';
    return `| ${cell(`${finding.vendor} ${finding.name}`)} | ${cell(identityOf(finding) ?? '')} | ${cell(where)}${more} |`;
  });
  const left = findings.length - rows.length;
  return left > 0 ? [...rows, `| and ${left} more | | |`] : rows;
}

/** Names of files are anybody's: neither a link, nor a picture, nor the end of the table. */
function cell(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~@:]/g, (character) => `&#${character.codePointAt(0)!};`);
}
