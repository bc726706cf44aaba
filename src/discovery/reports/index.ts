import { annotations } from './annotations.js';
import { csv } from './csv.js';
import { gitlab } from './gitlab.js';
import { jsonLines } from './json-lines.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { Report } from './report.js';
import { sarif } from './sarif.js';
import { textFor } from './text.js';

/** Every form, by its name. Text for a file has neither colours nor broken lines. */
export const REPORTS: Readonly<Record<string, Report>> = {
  text: textFor({ width: undefined, colour: false }),
  jsonl: jsonLines,
  sarif,
  gitlab,
  junit,
  csv,
  github: annotations,
  markdown,
};
