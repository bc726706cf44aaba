import { InvalidArgumentError } from 'commander';
import { REPORTS } from '../../discovery/scanner.js';

/** A report that goes to a file. */
export interface FileOutput {
  readonly format: string;
  readonly file: string;
}

export const FORMATS: readonly string[] = Object.keys(REPORTS);

/** Reads one `--output FORMAT=FILE` after the others. */
export function collectOutput(value: string, former: readonly FileOutput[]): readonly FileOutput[] {
  const at = value.indexOf('=');
  const [format, file] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 0 || !FORMATS.includes(format) || file === '')
    throw new InvalidArgumentError(`Write FORMAT=FILE, as in sarif=muster.sarif; formats are ${FORMATS.join(', ')}.`);
  return [...former, { format, file }];
}

/** A status that a process can end with. */
export function exitCode(value: string): number {
  const number = Number(value);
  if (!/^\d{1,3}$/.test(value) || number > 255) throw new InvalidArgumentError('Write a number from 0 to 255.');
  return number;
}
