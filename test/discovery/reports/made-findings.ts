import type { Finding, Location } from '../../../src/discovery/scanner.js';
import type { ReportSummary } from '../../../src/discovery/reports/report.js';

/** A finding as scans make them, with what a test changes of it. */
export function madeFinding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'github-pat-classic',
    vendor: 'GitHub',
    name: 'personal access token (classic)',
    kind: 'token',
    basis: 'documented',
    band: 'high',
    because: ['Its check digits are right.'],
    fingerprint: 'ab'.repeat(32),
    lastFour: 'wxyz',
    clues: [
      {
        from: 'github',
        words: 'GitHub personal access token',
        facts: { tokenKind: 'personal access token', hashedToken: 'aGFzaGVkLXRva2Vu' },
      },
    ],
    locations: [madeLocation()],
    suppressed: null,
    ...changes,
  };
}

export function madeLocation(changes: Partial<Location> = {}): Location {
  return {
    path: 'src/app.conf',
    line: 3,
    column: 7,
    endLine: 3,
    endColumn: 47,
    within: [],
    blob: null,
    commits: [],
    commitCount: 0,
    unreachable: false,
    ...changes,
  };
}

export function madeSummary(changes: Partial<ReportSummary> = {}): ReportSummary {
  return {
    files: 12,
    bytes: 3_400_000,
    rules: 300,
    seconds: 0.5,
    at: '2026-11-22T10:00:00.000Z',
    version: '0.1.0',
    catalogue: [
      {
        id: 'github-pat-classic',
        vendor: 'GitHub',
        name: 'personal access token (classic)',
        kind: 'token',
        page: 'https://docs.example/tokens',
      },
    ],
    isStable: true,
    prefix: '',
    repository: { uri: 'https://git.example/a/b', commit: 'c'.repeat(40), branch: 'main' },
    ...changes,
  };
}
