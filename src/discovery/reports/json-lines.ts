import { shownClues } from './identity.js';
import type { Report } from './report.js';

/** A line of JSON for each finding, then one of what was left out and what was looked at. */
export const jsonLines: Report = (findings, skipped, { catalogue: _, ...summary }) =>
  [
    ...findings.map(({ match: _match, ...finding }) => ({
      ...finding,
      clues: shownClues(finding.clues),
      locations: finding.locations.map(({ clues: _clues, ...location }) => location),
    })),
    { skipped, summary },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
