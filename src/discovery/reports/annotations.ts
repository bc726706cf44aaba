import { identityOf } from './identity.js';
import { nextStep } from './next-step.js';
import { plain } from './plain.js';
import { counts, type Report } from './report.js';

const MOST_PLACES = 5;
const LEVELS = { high: 'error', medium: 'warning', low: 'notice' } as const;

/** Lines that GitHub's workflows show beside the files: of what counts alone, at the places that still do. */
export const annotations: Report = (findings, _, { prefix }) =>
  findings
    .filter(counts)
    .flatMap((finding) => {
      const { vendor, name, band, rule, locations } = finding;
      const identity = identityOf(finding);
      const message = [`${vendor} ${name}.`, identity === null ? '' : `${identity}.`, nextStep(finding)].filter(
        Boolean,
      );
      return locations
        .filter(({ suppressed }) => !suppressed)
        .slice(0, MOST_PLACES)
        .map(({ path, line, endLine }) => {
          const place = {
            file: prefix + path,
            ...(line === null ? {} : { line, endLine: endLine ?? line }),
            title: rule,
          };
          const properties = Object.entries(place).map(([key, value]) => `${key}=${property(String(value))}`);
          return `::${LEVELS[band]} ${properties.join(',')}::${data(message.join(' '))}\n`;
        });
    })
    .join('');

/** So that no name of a file ends the line and begins a command of its own. */
function data(text: string): string {
  return plain(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
