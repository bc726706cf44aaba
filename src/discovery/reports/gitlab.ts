import type { Band, Finding, Location } from '../domain/finding.js';
import { identityOf } from './identity.js';
import { nextStep } from './next-step.js';
import { placeId } from './place-fingerprint.js';
import { plain } from './plain.js';
import { type Report, type ReportSummary, skippedCounts } from './report.js';

/** Of the report's schema (gitlab.com/gitlab-org/security-products/security-report-schemas). */
const SCHEMA_VERSION = '15.0.7';
const MOST_PLACES = 100;
const SEVERITIES: Readonly<Record<Band, string>> = { high: 'Critical', medium: 'High', low: 'Info' };
/** As GitLab's own analyzer writes where there is no commit. */
const NO_COMMIT = '0000000';

/** GitLab's secret detection report: a vulnerability for each place of each secret, without an extract of the source. */
export const gitlab: Report = (findings, skipped, summary) => {
  const { at, seconds, version } = summary;
  const tool = { id: 'muster', name: 'Muster', version, vendor: { name: 'Muster' } };
  const endedAt = new Date(Date.parse(at) + seconds * 1000).toISOString();
  return `${JSON.stringify({
    version: SCHEMA_VERSION,
    scan: {
      type: 'secret_detection',
      status: 'success',
      start_time: at.slice(0, 19),
      end_time: endedAt.slice(0, 19),
      analyzer: tool,
      scanner: tool,
      messages: skippedCounts(skipped).map(([reason, count]) => ({
        level: 'info',
        value: `Not looked at, ${reason}: ${count}.`,
      })),
    },
    vulnerabilities: findings.flatMap((finding) =>
      finding.locations.slice(0, MOST_PLACES).map((location) => vulnerabilityOf(finding, location, summary)),
    ),
  })}\n`;
};

function vulnerabilityOf(finding: Finding, location: Location, summary: ReportSummary) {
  const { rule, vendor, name, band, fingerprint, because } = finding;
  const suppressed = finding.suppressed ?? location.suppressed;
  const { path, line, endLine } = location;
  const file = summary.prefix + path;
  const identity = identityOf(finding);
  const description = [...(identity === null ? [] : [`${identity}.`]), ...because].join(' ');
  const lines = line === null ? {} : { start_line: line, ...(endLine === null ? {} : { end_line: endLine }) };
  return {
    id: placeId(fingerprint, `${file}:${line}:${location.column}:${location.blob}`),
    name: plain(`${vendor} ${name}`).slice(0, 255),
    description: plain(description),
    severity: suppressed ? 'Info' : SEVERITIES[band],
    solution: nextStep(finding),
    identifiers: [{ type: 'muster_rule_id', name: `Muster rule ${rule}`, value: rule }],
    location: { file, ...lines, commit: commitOf(location, summary) },
    ...(suppressed ? { flags: [flagOf(suppressed)] } : {}),
  };
}

function commitOf({ commits }: Location, { repository }: ReportSummary) {
  const [first] = commits;
  if (first) return { sha: first.id, author: first.author, date: first.at };
  return { sha: repository?.commit ?? NO_COMMIT };
}

function flagOf({ by, reason, until }: NonNullable<Finding['suppressed']>) {
  const description = `Left alone by ${by}${reason === null ? '' : `: ${reason}`}${until === null ? '' : `, until ${until}`}`;
  return { type: 'flagged-as-likely-false-positive', origin: 'muster', description: plain(description) };
}
