import { counted } from '../../kernel/index.js';
import { BANDS, type Finding, type Location } from '../domain/finding.js';
import { identityOf } from './identity.js';
import { nextStep } from './next-step.js';
import { plain } from './plain.js';
import { counts, type Report, skippedCounts } from './report.js';

/** Where it is read. */
export interface Surface {
  /** Characters in a line; undefined where nobody looks, and nothing is broken. */
  readonly width: number | undefined;
  readonly colour: boolean;
  /** Whether what has little to be said for it, and what was suppressed, is told one by one, too. */
  readonly all?: boolean;
}

const MOST_PLACES = 5;
/** Narrower lines are not read any better. */
const LEAST_WIDTH = 32;
const NOBODY = 'Nothing in them says whose they are';
const INK = { high: '31', medium: '33', low: '2', dim: '2', strong: '1' } as const;

/** For people: what is to be believed, by whose it is, where it stands and what to do next; the others by their number. */
export function textFor(surface: Surface): Report {
  const page = new Page(surface);
  return (findings, skipped, { files, bytes, seconds }) => {
    const told = findings.filter((finding) => surface.all || counts(finding));
    for (const [identity, own] of byIdentity(told)) {
      page.put('', identity ?? NOBODY, 'strong');
      for (const finding of own) page.finding(finding);
    }
    const count = findings.filter(counts).length;
    const low = findings.filter(({ band, suppressed }) => band === 'low' && suppressed === null).length;
    const amount = `${counted(files, 'file')}, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(2)} s`;
    page.put('', count === 0 ? `Nothing found that counts (${amount}).` : `${count} found (${amount}).`, 'strong');
    if (low > 0 && !surface.all)
      page.put('', `${low} more of low confidence: placeholders, samples, tests. --all shows them.`);
    const suppressed = suppressedCounts(findings);
    if (suppressed !== '') page.put('', `Left alone because somebody said so: ${suppressed}. --all shows them.`);
    const left = skippedCounts(skipped).map(([reason, number]) => `${number} ${reason}`);
    if (left.length > 0) page.put('', `Not looked at: ${left.join(', ')}.`);
    return page.take();
  };
}

/** By whose they are: what is to be believed most comes first, what says nothing of it last. */
function byIdentity(
  findings: readonly Finding[],
): (readonly [identity: string | null, findings: readonly Finding[]])[] {
  const groups = new Map<string | null, Finding[]>();
  for (const finding of findings) {
    const identity = identityOf(finding);
    const group = groups.get(identity);
    if (group) group.push(finding);
    else groups.set(identity, [finding]);
  }
  const rank = ([identity, group]: readonly [string | null, readonly Finding[]]) =>
    (identity === null ? BANDS.length : 0) + Math.min(...group.map(({ band }) => BANDS.indexOf(band)));
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

function suppressedCounts(findings: readonly Finding[]): string {
  const numbers = new Map<string, number>();
  for (const { suppressed } of findings)
    if (suppressed) numbers.set(suppressed.by, (numbers.get(suppressed.by) ?? 0) + 1);
  return [...numbers].map(([by, number]) => `${number} by ${by}`).join(', ');
}

/** Lines, as wide as the surface, from words that steer nothing. */
class Page {
  private lines: string[] = [];

  constructor(private readonly surface: Surface) {}

  finding(finding: Finding): void {
    const { vendor, name, band, lastFour, clues, locations, because, rule, suppressed, registry } = finding;
    const ending = lastFour === null ? '' : `, ending in ${lastFour}`;
    const title = name.toLowerCase().includes(vendor.toLowerCase()) || vendor === 'own' ? name : `${vendor} ${name}`;
    this.put('  ', `${title}${ending} (${band}, ${rule})`, band);
    for (const location of locations.slice(0, MOST_PLACES)) this.put('    ', `at ${placeOf(location)}`);
    const more = locations.length - MOST_PLACES;
    if (more > 0) this.put('    ', `and ${more} more ${more === 1 ? 'place' : 'places'}`);
    const identity = identityOf(finding);
    for (const { words } of clues) if (!identity?.startsWith(words)) this.put('    ', words);
    if (registry) this.put('    ', `${registry.verdict}: ${registry.because}`);
    this.put('    ', because.join(' '), 'dim');
    if (suppressed) this.put('    ', suppressedBy(suppressed), 'dim');
    else if (band !== 'low') this.put('    ', `Next: ${nextStep(finding)}`);
    this.lines.push('');
  }

  /** One saying, broken between words where it is too long. */
  put(indent: string, words: string, ink?: keyof typeof INK): void {
    for (const line of this.broken(indent, plain(words)))
      this.lines.push(this.surface.colour && ink ? `\u001b[${INK[ink]}m${line}\u001b[0m` : line);
  }

  take(): string {
    const text = this.lines.map((line) => `${line}\n`).join('');
    this.lines = [];
    return text;
  }

  private broken(indent: string, words: string): readonly string[] {
    if (this.surface.width === undefined) return [indent + words];
    const width = Math.max(this.surface.width, LEAST_WIDTH);
    const lines: string[] = [];
    let line = indent;
    for (const word of words.split(' ')) {
      if (line.trim() !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = `${indent}  `;
      }
      line += line.trim() === '' ? word : ` ${word}`;
    }
    return [...lines, line];
  }
}

function placeOf({ path, line, column, within, commits, commitCount, unreachable, suppressed }: Location): string {
  const [first] = commits;
  const brought = first ? `, by ${first.id.slice(0, 12)} of ${first.at.slice(0, 10)} (${first.author})` : '';
  return [
    `${path}${line === null ? '' : `:${line}:${column}`}`,
    within.length === 0 ? '' : ` in ${within.join(' in ')}`,
    brought,
    commitCount > 1 ? ` and ${commitCount - 1} more commits` : '',
    unreachable ? ', no longer in use there' : '',
    suppressed ? `, left alone by ${suppressed.by}` : '',
  ].join('');
}

function suppressedBy({ by, reason, until }: NonNullable<Finding['suppressed']>): string {
  return `Left alone by ${by}${reason === null ? '' : `: ${reason}`}${until === null ? '' : `, until ${until}`}.`;
}
