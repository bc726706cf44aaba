import { stripVTControlCharacters } from 'node:util';
import type { Finding, Skipped } from '../domain/finding.js';
import type { Report } from './report.js';

const MOST_PLACES = 5;
/** What moves the cursor, ends a line or turns the reading direction: names of files are anybody's. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** For people: the ones to be believed, whose they are and where; the others by their number. */
export const text: Report = (findings, skipped, { files, bytes, seconds }) => {
  const told = findings.filter(({ band, suppressed }) => band !== 'low' && suppressed === null);
  const low = findings.filter(({ band }) => band === 'low').length;
  const megabytes = (bytes / 1e6).toFixed(1);
  return [
    ...told.flatMap(findingLines),
    `${told.length} found, ${low} of low confidence, in ${files} files (${megabytes} MB, ${seconds.toFixed(2)} s).\n`,
    ...skippedLines(skipped),
  ].join('');
};

function findingLines(finding: Finding): string[] {
  const { vendor, name, band, lastFour, clues, locations, because, rule } = finding;
  const ending = lastFour === null ? '' : `, ending in ${lastFour}`;
  const more = locations.length - MOST_PLACES;
  return [
    `${plain(vendor)} ${plain(name)}${ending} (${band}, ${rule})\n`,
    ...locations
      .slice(0, MOST_PLACES)
      .map(({ path, line, column }) => `  at ${plain(path)}${line === null ? '' : `:${line}:${column}`}\n`),
    ...(more > 0 ? [`  and ${more} more places\n`] : []),
    ...clues.map(({ words }) => `  ${plain(words)}\n`),
    `  ${because.map(plain).join(' ')}\n\n`,
  ];
}

function skippedLines(skipped: readonly Skipped[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size === 0) return [];
  return [`Not looked at: ${[...counts].map(([reason, count]) => `${count} ${reason}`).join(', ')}.\n`];
}

function plain(value: string): string {
  return stripVTControlCharacters(value).replace(STEERING, ' ');
}
