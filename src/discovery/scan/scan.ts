import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Skipped } from '../domain/finding.js';
import { type HistoryOptions, scanHistory } from '../history/history-scan.js';
import { stateKey } from '../history/scan-state.js';
import { RULES } from '../rules/index.js';
import { Allowances, type AllowSettings, type Root, withAllowances } from '../suppressions/index.js';
import { type Changes, changesSince, stagedChanges } from './changes.js';
import { ScanError } from './errors.js';
import { findingsOf } from './findings.js';
import { Inspector } from './inspector.js';
import { listFiles, repositoryOf } from './listing.js';
import { withProofs } from './password-proofs.js';
import { rulesInUse, skippedRules } from './rules-in-use.js';
import type { Describing } from './sighting.js';
import { type Seen, startSecond, takeFiles } from './threads.js';

/** What is scanned. */
export type Subject =
  | { readonly kind: 'paths'; readonly paths: readonly string[]; readonly followIgnores: boolean }
  | { readonly kind: 'staged'; readonly folder: string }
  | { readonly kind: 'since'; readonly folder: string; readonly revision: string }
  | { readonly kind: 'history'; readonly folder: string }
  | { readonly kind: 'image'; readonly file: string }
  | { readonly kind: 'input' };

export interface ScanOptions {
  /** Of the fingerprints: the baseline's, so that they are the same from one scan to the next. By chance unless given. */
  readonly key?: Uint8Array;
  /** The instant by which expired credentials are moot. */
  readonly at: Date;
  /** The text of a file with the user's own rules. */
  readonly rules?: string | null;
  /** What is listened to that says what is to be left alone; all of it unless given. */
  readonly allows?: AllowSettings;
  /** Where scans of histories leave what the next one need not read again; nothing is left unless given. */
  readonly stateFolder?: string | null;
  /** Whether findings come with what they are compared by with what is registered. */
  readonly matching?: boolean;
  /** Whether commits and paths are looked up for what a history holds: they are unless said otherwise. */
  readonly attribute?: boolean;
  /** Told how many of how many files have been taken. */
  readonly progress?: (done: number, all: number) => void;
}

export interface ScanSummary {
  readonly files: number;
  readonly bytes: number;
  readonly rules: number;
  /** What stands before a shown path, from the root of the repository: empty, or ending in `/`. */
  readonly prefix: string;
}

export interface ScanResult {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly summary: ScanSummary;
}

/** How standard input is called in a report. */
const INPUT = '<stdin>';
const KEY_BYTES = 32;

/**
 * Scans, and says what was found: in the same order and words whichever thread saw it.
 *
 * @throws ScanError
 */
export async function scan(subject: Subject, options: ScanOptions): Promise<ScanResult> {
  const root = rootOf(subject);
  const allowances = Allowances.in(root, options.allows ?? { inline: true, foreign: true });
  const kept = subject.kind === 'history' && options.stateFolder ? stateKey(options.stateFolder) : null;
  const describing = {
    key: options.key ?? kept ?? randomBytes(KEY_BYTES),
    at: options.at,
    allowConfig: allowances.config,
    matching: options.matching ?? false,
  };
  const seen = [...(await look(subject, describing, options)), { ...NOTHING, skipped: allowances.skipped }];
  const sightings = withAllowances(
    seen.flatMap((one) => one.sightings),
    allowances,
    options.at,
  );
  return {
    findings: findingsOf(
      withProofs(
        sightings,
        seen.flatMap(({ passwords }) => passwords ?? []),
      ),
    ),
    skipped: seen.flatMap(({ skipped }) => skipped).sort((a, b) => (a.path < b.path ? -1 : 1)),
    summary: {
      files: seen.reduce((sum, { files }) => sum + files, 0),
      bytes: seen.reduce((sum, { bytes }) => sum + bytes, 0),
      rules: RULES.length,
      prefix: root.prefix,
    },
  };
}

/** Whose files say what is to be left alone, the work tree's or the folder's, and where from there the shown paths begin. */
function rootOf(subject: Subject): Root {
  if (subject.kind === 'input' || subject.kind === 'image') return { folder: process.cwd(), prefix: '' };
  const paths = subject.kind === 'paths' ? subject.paths : [subject.folder];
  const stats = statSync(paths[0]!, { throwIfNoEntry: false });
  if (!stats) return { folder: null, prefix: '' };
  const folder = realpathSync(stats.isDirectory() ? paths[0]! : path.dirname(paths[0]!));
  const root = repositoryOf(folder)?.workTree ?? folder;
  const isShownFrom =
    subject.kind === 'paths' ? (paths.length === 1 && stats.isDirectory() ? folder : process.cwd()) : root;
  const prefix = path.relative(root, isShownFrom).replaceAll(path.sep, '/');
  return { folder: root, prefix: prefix === '' || prefix.startsWith('..') ? '' : `${prefix}/` };
}

async function look(subject: Subject, describing: Describing, options: ScanOptions): Promise<readonly Seen[]> {
  const rules = options.rules ?? null;
  if (subject.kind === 'history') return [await lookAtHistory(subject.folder, { ...options, describing, rules })];
  if (subject.kind === 'paths') {
    const { files, skipped } = listFiles(subject.paths, subject.followIgnores);
    const task = { files, next: new SharedArrayBuffer(4), describing, rules };
    const second = startSecond(task);
    const own = takeFiles(task, (done) => options.progress?.(done, files.length));
    return [own, { ...NOTHING, skipped }, ...(second ? [await second] : [])];
  }
  const { engine, givenUp } = rulesInUse(rules);
  const inspector = new Inspector(engine, describing);
  if (subject.kind === 'input') inspector.stream(0, INPUT);
  else if (subject.kind === 'image')
    await (await import('../images/image-scan.js')).scanImage(subject.file, inspector, options.progress);
  else inspector.skipped.push(...lookAtChanges(subject, inspector));
  inspector.skipped.push(...skippedRules(givenUp));
  return [inspector];
}

async function lookAtHistory(folder: string, options: HistoryOptions): Promise<Seen> {
  const { sightings, skipped, objects, scannedBytes } = await scanHistory(folder, options);
  return { sightings, skipped, files: objects, bytes: scannedBytes };
}

function lookAtChanges(subject: Subject & { kind: 'staged' | 'since' }, inspector: Inspector): readonly Skipped[] {
  const place = repositoryOf(subject.folder);
  if (!place)
    throw new ScanError('no_repository', `${subject.folder} lies in no git repository. Go to one, or scan the files.`);
  const { changes, skipped }: Changes =
    subject.kind === 'staged'
      ? stagedChanges(place.repository, place.workTree)
      : changesSince(place.repository, place.workTree, subject.revision);
  for (const { path, blob, content, ranges, commit } of changes)
    inspector.content(content, path, ranges, {
      ...(commit && { blob, commits: [commit], commitCount: 1 }),
    });
  return skipped;
}

const NOTHING: Seen = { sightings: [], skipped: [], files: 0, bytes: 0 };
