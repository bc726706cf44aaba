import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { UnsealFile } from '../../platform/index.js';
import { Refusal } from './refusal.js';

const MAX_BYTES = 4096;
/** About 80 bits when it is random; a passphrase this long is at least not a PIN. */
const MIN_LENGTH = 16;

export interface FoundSecret {
  readonly secret: string;
  readonly warnings: readonly string[];
}

/**
 * Reads the unseal secret from its file: one line, surrounding white space dropped.
 *
 * The file must lie outside the data directory, or whoever copies one has both. Muster's own file must be readable by
 * its owner alone; about one that the operator named (a mounted Kubernetes secret is 0644) there is only a warning.
 *
 * @throws Refusal `unseal_secret_missing`, `unseal_file_exposed`, `unseal_file_misplaced`
 */
export async function readUnsealSecret(file: UnsealFile, dataDirectory: string | null): Promise<FoundSecret> {
  const handle = await openOrUndefined(file.path, constants.O_RDONLY);
  if (!handle) throw missing(file.path);
  try {
    if (dataDirectory !== null) await refuseInside(file.path, dataDirectory);
    const { mode, size } = await handle.stat();
    if (size > MAX_BYTES) throw missing(file.path);
    const warnings = exposure(file, mode);
    const secret = (await handle.readFile('utf8')).trim();
    if (secret === '') throw missing(file.path);
    return { secret, warnings: [...warnings, ...keptInClear(file)] };
  } finally {
    await handle.close();
  }
}

/**
 * Makes the unseal secret at the very first start: 32 random bytes as base64url, file 0600, its directories 0700. Never
 * replaces one that is there.
 */
export async function makeUnsealSecret(file: UnsealFile): Promise<void> {
  await mkdir(dirname(file.path), { recursive: true, mode: 0o700 });
  const handle = await open(file.path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Refuses a secret that could be guessed; asked once, when the keystore is founded on it. */
export function refuseWeak(secret: string): void {
  if (secret.length >= MIN_LENGTH && new Set(secret).size >= MIN_LENGTH / 2) return;
  throw new Refusal(
    'unseal_secret_weak',
    `The unseal secret is too short or too repetitive. Use at least ${MIN_LENGTH} characters, best 32 random bytes.`,
  );
}

async function openOrUndefined(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Refusal('unseal_secret_missing', `The unseal secret ${path} cannot be read by this user.`);
  }
}

async function refuseInside(path: string, dataDirectory: string): Promise<void> {
  const data = await realpath(dataDirectory).catch(() => dataDirectory);
  const way = relative(data, await realpath(path));
  if (!way.startsWith('..'))
    throw new Refusal(
      'unseal_file_misplaced',
      `The unseal secret ${path} lies in the data directory, where a copy of the data takes it along. Move it out.`,
    );
}

function exposure(file: UnsealFile, mode: number): readonly string[] {
  if (file.own && (mode & 0o077) !== 0)
    throw new Refusal('unseal_file_exposed', `Others can read the unseal secret. Run: chmod 600 ${file.path}`);
  return (mode & 0o007) !== 0 ? [`every user of this machine can read the unseal secret ${file.path}`] : [];
}

function keptInClear(file: UnsealFile): readonly string[] {
  if (!file.own) return [];
  return [
    `the unseal secret lies in clear in ${file.path}: keep a copy elsewhere, and in production set ` +
      'MUSTER_UNSEAL_FILE or run `muster unseal` instead',
  ];
}

function missing(path: string): Refusal {
  return new Refusal(
    'unseal_secret_missing',
    `There is no unseal secret in ${path}. Put it back, or run \`muster unseal\`.`,
  );
}
