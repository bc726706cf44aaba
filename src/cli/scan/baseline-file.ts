import { statSync } from 'node:fs';
import { counted } from '../../kernel/index.js';
import {
  type Baseline,
  baselineOf,
  baselineText,
  emptyBaseline,
  type Finding,
  type GitleaksReport,
  MOST_BASELINE_BYTES,
  readBaseline,
  ScanError,
} from '../../discovery/scanner.js';
import { readNamedFile, writePrivateFile } from '../private-file.js';

/**
 * The baseline that a scan is held against.
 *
 * @param isWritten whether it is written anew afterwards, and need not be there yet
 * @throws ScanError `baseline_missing`, `baseline_malformed`
 */
export async function baselineIn(file: string, isWritten: boolean): Promise<Baseline | GitleaksReport> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    if (isWritten) return emptyBaseline();
    throw new ScanError('baseline_missing', `There is no ${file} yet. Begin it: add --update-baseline.`);
  }
  if (stats.size > MOST_BASELINE_BYTES)
    throw new ScanError('baseline_malformed', `${file} is larger than any baseline. Name another.`);
  const baseline = readBaseline((await readNamedFile(file)).toString());
  if (isWritten && baseline.kind === 'gitleaks')
    throw new ScanError(
      'baseline_malformed',
      `${file} is a report of gitleaks, and is not written over. Name a new file with --baseline.`,
    );
  return baseline;
}

/**
 * Writes what counts now, and nothing else.
 *
 * @returns a sentence that says what changed
 */
export async function updateBaseline(
  file: string,
  before: Baseline | GitleaksReport,
  findings: readonly Finding[],
): Promise<string> {
  const after = baselineOf(before.key, findings);
  await writePrivateFile(file, baselineText(after));
  const former = before.kind === 'muster' ? before.entries : new Map<string, string>();
  const added = [...after.entries.keys()].filter((fingerprint) => !former.has(fingerprint)).length;
  const gone = former.size + added - after.entries.size;
  return `${file} has ${counted(after.entries.size, 'finding')}: ${added} more, ${gone} fewer. So that it merges by itself, have in .gitattributes: ${file} merge=union\n`;
}
