import type { Band, Finding, Location } from '../domain/finding.js';
import { identityOf, shownClues } from './identity.js';
import { nextStep } from './next-step.js';
import { placeFingerprint } from './place-fingerprint.js';
import { plain } from './plain.js';
import { type Report, type ReportedRule, type ReportSummary, skippedCounts } from './report.js';

/** GitHub's bounds of an upload; of a result it shows a hundred places. */
const MOST_RESULTS = 25_000;
const MOST_PLACES = 100;
const PAGE = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS = { high: 'error', medium: 'warning', low: 'note' } as const;
/** As GitHub reads them: critical from 9.0, high from 7.0, medium from 4.0, low below. */
const SEVERITIES: Readonly<Record<Band, string>> = { high: '9.0', medium: '7.0', low: '2.0' };

/**
 * SARIF 2.1.0, within GitHub's bounds. No snippet, for it would be the secret. Of history, for which the format has no place, the
 * commits stand among the properties of each location, what was scanned in `versionControlProvenance`.
 */
export const sarif: Report = (findings, skipped, summary) => {
  const { version, catalogue, repository } = summary;
  const numbers = new Map(catalogue.map(({ id }, index) => [id, index]));
  const kept = mostImportant(findings);
  const notices = skippedCounts(skipped).map(([reason, count]) => `Not looked at, ${reason}: ${count}.`);
  if (kept.length < findings.length)
    notices.push(`Left out here, of least confidence: ${findings.length - kept.length}.`);
  const run = {
    tool: {
      driver: {
        name: 'Muster',
        semanticVersion: version,
        rules: catalogue.map(ruleOf),
      },
    },
    columnKind: 'unicodeCodePoints',
    automationDetails: { id: 'muster-scan/' },
    invocations: [
      {
        executionSuccessful: true,
        startTimeUtc: summary.at,
        toolExecutionNotifications: notices.map((text) => ({ level: 'note', message: { text } })),
      },
    ],
    ...(repository?.uri ? { versionControlProvenance: [provenanceOf(repository.uri, repository)] } : {}),
    results: kept.map((finding) => resultOf(finding, numbers.get(finding.rule), summary)),
  };
  return `${JSON.stringify({ $schema: PAGE, version: '2.1.0', runs: [run] })}\n`;
};

function mostImportant(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MOST_RESULTS) return findings;
  const rank = ({ band, suppressed }: Finding) => (suppressed ? 3 : Object.keys(LEVELS).indexOf(band));
  const chosen = new Set([...findings].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_RESULTS));
  return findings.filter((finding) => chosen.has(finding));
}

function provenanceOf(uri: string, { commit, branch }: NonNullable<ReportSummary['repository']>) {
  return { repositoryUri: uri, revisionId: commit, ...(branch === null ? {} : { branch }) };
}

function ruleOf({ id, vendor, name, kind, page }: ReportedRule) {
  const text = `${plain(vendor)} ${plain(name)}`;
  return {
    id,
    name: id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    // Right after the name, which reads like a variable: a longer word there would itself look like a credential.
    help: { text: nextStep({ kind, vendor, basis: 'documented' }) },
    shortDescription: { text },
    fullDescription: { text: `${text}, where everybody reads it who reads the repository.` },
    ...(/^https?:\/\//.test(page) ? { helpUri: encodeURI(decodeSafely(page)) } : {}),
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['security', 'secret', kind], precision: 'high', 'security-severity': SEVERITIES.high },
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined, { prefix, isStable }: ReportSummary) {
  const { rule, band, fingerprint, lastFour, because, locations, clues, suppressed } = finding;
  const path = prefix + (locations[0]?.path ?? '');
  const place = placeFingerprint(fingerprint, path);
  // By a key made for this scan alone they would be others each time, and every alert closed and opened again.
  const fingerprints = isStable
    ? { partialFingerprints: { primaryLocationLineHash: `${place.slice(0, 16)}:1`, 'musterSecret/v1': place } }
    : {};
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[band],
    message: { text: messageOf(finding) },
    locations: locations.slice(0, MOST_PLACES).map((location) => locationOf(location, prefix)),
    ...fingerprints,
    suppressions: suppressed ? [suppressionOf(suppressed)] : [],
    properties: {
      band,
      because,
      'security-severity': SEVERITIES[band],
      lastFour,
      identity: identityOf(finding),
      clues: shownClues(clues),
      placeCount: locations.length,
    },
  };
}

function messageOf(finding: Finding): string {
  const { vendor, name, lastFour, because } = finding;
  const identity = identityOf(finding);
  const words = [
    `${vendor} ${name}${lastFour === null ? '' : `, ending in ${lastFour}`}.`,
    ...(identity === null ? [] : [`${identity}.`]),
    ...because,
    nextStep(finding),
  ];
  return plain(words.join(' '));
}

function suppressionOf({ by, reason, until }: NonNullable<Finding['suppressed']>) {
  return {
    kind: by === 'inline' ? 'inSource' : 'external',
    status: 'accepted',
    justification: plain(`${by}${reason === null ? '' : `: ${reason}`}${until === null ? '' : `, until ${until}`}`),
  };
}

function locationOf({ path, line, column, endLine, endColumn, ...more }: Location, prefix: string) {
  const region =
    line === null
      ? {}
      : {
          region: {
            startLine: line,
            startColumn: column ?? 1,
            ...(endLine === null ? {} : { endLine, endColumn: endColumn ?? 1 }),
          },
        };
  const { within, blob, commits, commitCount, unreachable, suppressed } = more;
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(prefix + path), uriBaseId: '%SRCROOT%' }, ...region },
    properties: { within, blob, commits, commitCount, unreachable, suppressedBy: suppressed?.by ?? null },
  };
}

/** Relative, whatever stands in the name (RFC 3986 §4.2: no first segment with a colon). */
function uriOf(path: string): string {
  const segments = path.toWellFormed().split('/').map(encodeURIComponent);
  return segments.join('/');
}

function decodeSafely(page: string): string {
  try {
    return decodeURI(page);
  } catch {
    return page;
  }
}
