import { randomBytes } from 'node:crypto';
import type { Finding } from '../domain/finding.js';
import { counts } from '../reports/report.js';
import { ScanError } from '../scan/errors.js';
import { type GitleaksReport, gitleaksReport } from './gitleaks-report.js';

/** Findings that were there before: known again by their secret, wherever it stands. */
export interface Baseline {
  readonly kind: 'muster';
  /** Of the fingerprints: whoever reads it has the repository, and nothing can be told from them without it. */
  readonly key: Uint8Array;
  /** By fingerprint: the rule that found it. */
  readonly entries: ReadonlyMap<string, string>;
}

const HEAD = /^muster-baseline-1 ([0-9a-f]{64})$/;
const LINE = /^([0-9a-f]{64}) ([a-z0-9]+(?:-[a-z0-9]+)*)$/;
const KEY_BYTES = 32;
export const MOST_BASELINE_BYTES = 256 * 1024 * 1024;

export function emptyBaseline(): Baseline {
  return { kind: 'muster', key: randomBytes(KEY_BYTES), entries: new Map() };
}

/**
 * Reads a baseline, or a report of gitleaks' in its place. Lines may stand in any order and twice, as merging by union leaves them.
 *
 * @throws ScanError `baseline_malformed`
 */
export function readBaseline(text: string): Baseline | GitleaksReport {
  if (/^\s*\[/.test(text)) return gitleaksReport(text);
  const keys = new Set<string>();
  const entries = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.replace(/\r$/, '');
    const [, fingerprint, rule] = LINE.exec(written) ?? [];
    const key = HEAD.exec(written)?.[1];
    if (key !== undefined) keys.add(key);
    else if (fingerprint !== undefined) entries.set(fingerprint, rule!);
    else if (written !== '')
      throw malformed(`line ${index + 1} is none of its lines. Resolve the conflict, or write it anew`);
  }
  const [key, ...others] = keys;
  if (key === undefined) throw malformed('it does not begin with its key. Write it anew');
  if (others.length > 0)
    throw malformed('it has two keys, for two people began it at once. Keep the file of one of them, and update that');
  return { kind: 'muster', key: Buffer.from(key, 'hex'), entries };
}

/** As it is kept: the same findings give the same text, so that only what changed shows in a difference. */
export function baselineText({ key, entries }: Pick<Baseline, 'key' | 'entries'>): string {
  const lines = [...entries].map(([fingerprint, rule]) => `${fingerprint} ${rule}\n`);
  return `muster-baseline-1 ${Buffer.from(key).toString('hex')}\n${lines.sort().join('')}`;
}

/** Everything that counts, or did before the baseline said that it was known. */
export function baselineOf(key: Uint8Array, findings: readonly Finding[]): Baseline {
  const known = findings.filter((finding) => counts(finding) || finding.suppressed?.by === 'baseline');
  return { kind: 'muster', key, entries: new Map(known.map(({ fingerprint, rule }) => [fingerprint, rule])) };
}

/** Findings with those that were there before as suppressed. */
export function withBaseline(findings: readonly Finding[], baseline: Baseline | GitleaksReport): readonly Finding[] {
  return findings.map((finding) =>
    finding.suppressed === null && isKnown(finding, baseline)
      ? { ...finding, suppressed: { by: 'baseline', reason: null, until: null } }
      : finding,
  );
}

function isKnown({ fingerprint, locations }: Finding, baseline: Baseline | GitleaksReport): boolean {
  if (baseline.kind === 'muster') return baseline.entries.has(fingerprint);
  if (baseline.fingerprints.has(fingerprint)) return true;
  return locations.every(({ path, line }) => baseline.places.has(`${path}:${line}`));
}

function malformed(what: string): ScanError {
  return new ScanError('baseline_malformed', `The baseline cannot be used: ${what}.`);
}
