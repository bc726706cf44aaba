import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Location, Skipped, Suppression } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { type AllowExpression, AllowExpressions } from './allow-expression.js';
import { ALLOW_FILE, type AllowEntry, allowFile, isDate } from './allow-file.js';
import { type Allowlist, gitleaksConfig, MOST_CONFIG_BYTES } from './gitleaks-config.js';
import { gitleaksIgnore } from './gitleaks-ignore.js';
import type { TextNote } from './text-note.js';

/** What of it is listened to. */
export interface AllowSettings {
  /** Comments beside secrets, our own and other tools'. */
  readonly inline: boolean;
  /** Files and comments that other tools have. */
  readonly foreign: boolean;
}

/** Where the files are that say what is to be left alone. */
export interface Root {
  /** Null where there is none. */
  readonly folder: string | null;
  /** What stands before a shown path, from there: empty, or ending in `/`. */
  readonly prefix: string;
}

/** What is to be decided on: a secret at one place. */
export interface Standing {
  readonly rule: Pick<Rule, 'id' | 'basis'>;
  readonly location: Location;
  readonly note?: TextNote | undefined;
}

/** Left alone, or not although somebody wanted it so, and why not. */
export type Decision =
  | { readonly suppressed: Suppression; readonly lapsed: null }
  | { readonly suppressed: null; readonly lapsed: string | null };

const CONFIG = '.gitleaks.toml';
const IGNORE = '.gitleaksignore';
const COUNTS: Decision = { suppressed: null, lapsed: null };

/**
 * All that a scanned folder says of what is to be left alone. It is anybody's: it is read as data, within bounds, and nothing that
 * it names is opened.
 */
export class Allowances {
  private readonly paths: AllowExpressions;
  /** What of them matches the path that was asked for last: findings come file by file. */
  private latest: { readonly path: string; readonly matching: ReadonlySet<AllowExpression> } | undefined;

  private constructor(
    private readonly settings: AllowSettings,
    private readonly prefix: string,
    /** Text of the `.gitleaks.toml`, for those who see texts. */
    readonly config: string | null,
    private readonly allowlists: readonly Allowlist[],
    private readonly places: ReadonlyMap<string, readonly (string | null)[]>,
    private readonly entries: readonly AllowEntry[],
    /** What of it could not be followed. */
    readonly skipped: readonly Skipped[],
  ) {
    this.paths = new AllowExpressions([
      ...allowlists.flatMap(({ paths }) => paths),
      ...entries.flatMap(({ path: pattern }) => pattern ?? []),
    ]);
  }

  /**
   * Reads the files that stand in a folder.
   *
   * @throws ScanError `allow_file_malformed`
   */
  static in({ folder, prefix }: Root, settings: AllowSettings): Allowances {
    const skipped: Skipped[] = [];
    const read = (name: string) => (folder === null ? null : textOf(path.join(folder, name), name, skipped));
    const config = settings.foreign ? read(CONFIG) : null;
    const ignore = settings.foreign ? read(IGNORE) : null;
    const own = read(ALLOW_FILE);
    const { allowlists, left } = config === null ? { allowlists: [], left: [] } : gitleaksConfig(config);
    skipped.push(...left.map((reason) => ({ path: CONFIG, reason: `config-${reason}` })));
    const places = new Map<string, (string | null)[]>();
    for (const { commit, path: file, line } of gitleaksIgnore(ignore ?? '')) {
      const known = places.get(`${file}:${line}`);
      if (known) known.push(commit);
      else places.set(`${file}:${line}`, [commit]);
    }
    return new Allowances(settings, prefix, config, allowlists, places, own === null ? [] : allowFile(own), skipped);
  }

  /**
   * What is said of a secret at one place.
   *
   * @param today RFC 3339 date
   */
  decide(standing: Standing, today: string): Decision {
    const decisions = [
      this.inline(standing, today),
      this.byFile(standing, today),
      this.byPlace(standing),
      this.byAllowlist(standing),
    ];
    return (
      decisions.find(({ suppressed }) => suppressed !== null) ??
      decisions.find(({ lapsed }) => lapsed !== null) ??
      COUNTS
    );
  }

  private inline({ note }: Standing, today: string): Decision {
    const inline = note?.inline;
    if (!inline || !this.settings.inline) return COUNTS;
    const { tool, reason, until } = inline;
    if (tool !== 'muster')
      return this.settings.foreign ? allowed('inline', reason ?? `${tool}'s comment beside it`, null) : COUNTS;
    if (reason === null || until === null || !isDate(until))
      return lapsed('A muster:allow stands beside it without reason="…" and until=2027-01-31, so it counts.');
    return timed('inline', reason, until, today);
  }

  private byFile({ rule, location }: Standing, today: string): Decision {
    const entries = this.entries.filter(
      (entry) =>
        (entry.rule === null || entry.rule === rule.id) &&
        (entry.path === null || this.matching(location.path).has(entry.path)),
    );
    const decisions = entries.map(({ reason, until }) => timed('allow-file', reason, until, today));
    return decisions.find(({ suppressed }) => suppressed !== null) ?? decisions[0] ?? COUNTS;
  }

  private byPlace({ location }: Standing): Decision {
    const commits = this.places.get(`${this.prefix}${location.path}:${location.line}`);
    const holds = commits?.some((commit) => commit === null || isOnlyIn(location, [commit]));
    return holds ? allowed('gitleaksignore', null, null) : COUNTS;
  }

  /** Those of all expressions for paths that match this one. */
  private matching(shown: string): ReadonlySet<AllowExpression> {
    const file = this.prefix + shown;
    if (this.latest?.path !== file) this.latest = { path: file, matching: this.paths.matching(file) };
    return this.latest.matching;
  }

  private byAllowlist({ rule, location, note }: Standing): Decision {
    const list = this.allowlists.find((one, number) => {
      if (one.rules && !one.rules.some((id) => id === rule.id || (id === GENERIC && rule.basis === 'generic')))
        return false;
      const criteria = [
        [one.paths.length, () => one.paths.some((expression) => this.matching(location.path).has(expression))],
        [one.commits.length, () => isOnlyIn(location, one.commits)],
        [one.regexes.length, () => note?.regexes.includes(number) === true],
        [one.stopwords.length, () => note?.stopwords.includes(number) === true],
      ] as const;
      const given = criteria.filter(([count]) => count > 0).map(([, holds]) => holds);
      return one.all ? given.length > 0 && given.every((holds) => holds()) : given.some((holds) => holds());
    });
    return list ? allowed('gitleaks-config', list.description, null) : COUNTS;
  }
}

/** The one rule of gitleaks that is about what ours of the same basis are about. */
const GENERIC = 'generic-api-key';

/** Whether no other commit brought it, as far as is known. */
function isOnlyIn({ commits, commitCount }: Location, ids: readonly string[]): boolean {
  return commitCount > 0 && commitCount === commits.length && commits.every(({ id }) => ids.includes(id));
}

function timed(by: string, reason: string, until: string, today: string): Decision {
  if (until < today) return lapsed(`It was allowed until ${until} (${reason}), so it counts again.`);
  return allowed(by, reason, until);
}

function allowed(by: string, reason: string | null, until: string | null): Decision {
  return { suppressed: { by, reason, until }, lapsed: null };
}

function lapsed(why: string): Decision {
  return { suppressed: null, lapsed: why };
}

/** Of a file itself, not of what a link leads to. */
function textOf(file: string, name: string, skipped: Skipped[]): string | null {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  if (!stats.isFile() || stats.size > MOST_CONFIG_BYTES) {
    skipped.push({ path: name, reason: stats.isFile() ? 'config-too-large' : 'config-no-file' });
    return null;
  }
  try {
    return readFileSync(file, 'utf8');
  } catch {
    skipped.push({ path: name, reason: 'config-unreadable' });
    return null;
  }
}
