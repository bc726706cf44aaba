import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Rule } from '../domain/rule.js';
import type { Describing, Description, Sighting } from '../scan/sighting.js';
import type { BlobSighting, SkippedBlob } from './blob-sighting.js';
import type { BlobPlace } from './attribution.js';
import { IdSet } from './id-set.js';
import type { Repository } from './repository.js';
import { digestOf, stateFileOf } from './state-file.js';

/**
 * What a scan leaves for the next one of the same repository: which objects it has seen, and what it found in them, by keyed
 * fingerprints. It holds no secret, and lies outside of the repository.
 */
export interface ScanState {
  /** Of the rules and the key: other ones find other things, or call them otherwise. */
  readonly basis: string;
  /** Ids of everything that the stores held. */
  readonly known: IdSet;
  /** Trailers of the packs, ascending: with the same ones nothing in packs is new. */
  readonly packs: readonly string[];
  /** By what refs pointed to then: with the same ones, and nothing new, all is where it was. */
  readonly refs: string;
  readonly sightings: readonly BlobSighting[];
  readonly descriptions: readonly (readonly [number, Description])[];
  readonly skipped: readonly SkippedBlob[];
  readonly places: readonly (readonly [string, readonly BlobPlace[]])[] | null;
  readonly missing: readonly (readonly [string, string])[];
  readonly structured: { readonly blobs: readonly string[]; readonly sightings: readonly Sighting[] };
}

const VERSION = 2;
const MOST_BYTES = 512 * 1024 * 1024;
const DIGEST_BYTES = 32;
const KEY_BYTES = 32;

/**
 * The key of the fingerprints where nobody gives one: the same at each scan of this user's, so that what was found is known again.
 *
 * @returns null where none can be kept
 */
export function stateKey(folder: string): Buffer | null {
  const file = path.join(folder, 'key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Whoever comes first makes it.
    if (!existsSync(file)) writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return null;
  }
  const key = isOurs(file) ? readFileSync(file) : null;
  return key?.length === KEY_BYTES ? key : null;
}

/** What others may write decides nothing: it could say that everything has been seen. */
function isOurs(file: string): boolean {
  const stats = lstatSync(file);
  if (!stats.isFile() || stats.size > MOST_BYTES) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0);
}

/** What findings depend on beside the repository: the text of all rules, the user's too, and the key of the fingerprints. */
export function basisOf(
  rules: readonly Rule[],
  userRules: string | null,
  { key, allowConfig, matching = false }: Describing,
  attribute: boolean,
): string {
  const plain = rules.map(digestedRule).join();
  return digestOf(
    VERSION,
    String(attribute),
    plain,
    userRules ?? '',
    allowConfig ?? '',
    String(matching),
    createHash('sha256').update(key).digest('hex'),
  );
}

/** What decides what a rule finds. Its least entropy follows from its grammar, and takes long to find out. */
function digestedRule({ id, basis, kind, shape, genuine, secret, unless, completes, percent }: Rule): string {
  const { grammar, ...rest } = shape;
  return [id, basis, kind, grammar.source, JSON.stringify(rest), genuine, secret, unless, completes, percent]
    .map(String)
    .join(' ');
}

/** @returns null where there is none, it is of other rules or another key, or somebody has changed it */
export function readState(folder: string, repository: Repository, basis: string): ScanState | null {
  const file = stateFileOf(folder, repository.commonDirectory);
  try {
    if (!isOurs(file)) return null;
    const bytes = readFileSync(file);
    const end = bytes.length - DIGEST_BYTES;
    if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))) return null;
    const textBytes = bytes.readUInt32BE(0);
    const { known: _, ...state } = JSON.parse(bytes.toString('utf8', 4, 4 + textBytes)) as ScanState;
    if (state.basis !== basis) return null;
    return { ...state, known: IdSet.fromBytes(bytes.subarray(4 + textBytes, end)) };
  } catch {
    return null;
  }
}

/** Written beside and put in place, so that two scans at once leave one of theirs. Where it cannot be, the next scan reads all again. */
export function writeState(folder: string, repository: Repository, { known, ...state }: ScanState): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const text = Buffer.from(JSON.stringify(state));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    const file = stateFileOf(folder, repository.commonDirectory);
    const made = `${file}.${process.pid}`;
    const fd = openSync(made, 'wx', 0o600);
    const hash = createHash('sha256');
    for (const part of [length, text, known.toBytes()]) {
      hash.update(part);
      writeFileSync(fd, part);
    }
    writeFileSync(fd, hash.digest());
    closeSync(fd);
    renameSync(made, file);
  } catch {
    return;
  }
}
