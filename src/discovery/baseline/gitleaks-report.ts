import { randomBytes } from 'node:crypto';
import { canonicalSecret, fingerprintOf, innerDigest } from '../domain/fingerprint.js';
import { ScanError } from '../scan/errors.js';

/** What gitleaks found before, as its JSON report has it. */
export interface GitleaksReport {
  readonly kind: 'gitleaks';
  /** Made for this scan alone. */
  readonly key: Uint8Array;
  /** Of the secrets that the report holds. */
  readonly fingerprints: ReadonlySet<string>;
  /** `path:line` of those that it holds redacted, or as a part of a key. */
  readonly places: ReadonlySet<string>;
}

const KEY_BYTES = 32;
const REDACTED = /REDACTED|\.\.\.$|-----BEGIN /;

/** @throws ScanError `baseline_malformed` */
export function gitleaksReport(text: string): GitleaksReport {
  const entries = parsed(text);
  const key = randomBytes(KEY_BYTES);
  const fingerprints = new Set<string>();
  const places = new Set<string>();
  for (const { Secret, File, StartLine } of entries) {
    if (typeof Secret === 'string' && Secret !== '' && !REDACTED.test(Secret))
      fingerprints.add(fingerprintOf(key, innerDigest(canonicalSecret(Secret))));
    else if (typeof File === 'string' && Number.isSafeInteger(StartLine))
      places.add(`${File.replace(/^\.\//, '')}:${StartLine as number}`);
  }
  return { kind: 'gitleaks', key, fingerprints, places };
}

function parsed(text: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const list = JSON.parse(text) as unknown[];
    if (list.every((entry) => typeof entry === 'object' && entry !== null && 'File' in entry)) return list;
  } catch {
    // Its own words would quote the file, which holds secrets.
  }
  throw new ScanError(
    'baseline_malformed',
    'The baseline is neither one of ours nor a report of gitleaks. Name another, or write it anew.',
  );
}
