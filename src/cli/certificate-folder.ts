import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './errors.js';
import { readFileIfAny, writePrivateFile } from './private-file.js';

/** A certificate as a workload keeps it. `chain` is what a TLS server or client shows: the leaf and its issuers; PEM. */
export interface HeldCertificate {
  readonly root: string;
  readonly key: string;
  readonly chain: string;
}

/** The version that counts, a symbolic link; every file of the folder is a link through it. */
const CURRENT = 'current';
const VERSION = /^version-[0-9a-f]{16}$/;
const OWNER_ONLY_FOLDER = 0o700;

/**
 * Writes key, certificate, chain and root, each 0600, as one: they lie in a folder of their own, and one rename of the
 * link `current` puts it in the place of the last. A crash before it leaves the old pair, one after it the new one; who
 * resolves `current` first and reads behind it sees a key and the certificate for it, whatever happens meanwhile.
 *
 * The version before stays for readers who are about to read it, until the next is written.
 */
export async function writeCertificateFolder(
  folder: string,
  held: {
    readonly root: string;
    readonly key: string;
    readonly certificate: string;
    readonly issuers: readonly string[];
  },
): Promise<void> {
  const files = {
    'root.pem': ended(held.root),
    'key.pem': ended(held.key),
    'issuers.pem': held.issuers.map(ended).join(''),
    'chain.pem': [held.certificate, ...held.issuers].map(ended).join(''),
    'certificate.pem': ended(held.certificate),
  };
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const version = `version-${randomBytes(8).toString('hex')}`;
  for (const [name, text] of Object.entries(files)) await writePrivateFile(join(folder, version, name), text);
  await synced(join(folder, version));
  const before = await readlink(join(folder, CURRENT)).catch(() => undefined);
  await link(folder, version, CURRENT);
  for (const name of Object.keys(files)) await link(folder, `${CURRENT}/${name}`, name);
  await synced(folder);
  await removeOthers(folder, [version, before]);
}

/**
 * Reads one version, whole; where it was replaced twice meanwhile, and so removed, the one that counts now.
 *
 * @throws CliError `file_unreadable`
 */
export async function readCertificateFolder(folder: string): Promise<HeldCertificate> {
  for (let version = await currentOf(folder); ;) {
    const [root, key, chain] = await Promise.all(
      ['root.pem', 'key.pem', 'chain.pem'].map((name) => readFileIfAny(join(version, name))),
    );
    if (root !== undefined && key !== undefined && chain !== undefined) return { root, key, chain };
    const now = await currentOf(folder);
    if (now === version)
      throw new CliError(
        'file_unreadable',
        `${folder} holds no certificate. Fetch one with: muster cert --out ${folder}`,
      );
    version = now;
  }
}

async function currentOf(folder: string): Promise<string> {
  return realpath(join(folder, CURRENT)).catch(() => folder);
}

/** Makes a symbolic link, in the place of whatever had its name. */
async function link(folder: string, target: string, name: string): Promise<void> {
  if ((await readlink(join(folder, name)).catch(() => undefined)) === target) return;
  const draft = join(folder, `${name}.${randomBytes(6).toString('hex')}`);
  await symlink(target, draft);
  try {
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function removeOthers(folder: string, kept: readonly (string | undefined)[]): Promise<void> {
  const names = (await readdir(folder)).filter((name) => VERSION.test(name) && !kept.includes(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Has the folder's entries on the disk before what relies on them. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ended(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
