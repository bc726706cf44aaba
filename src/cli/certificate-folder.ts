import { join } from 'node:path';
import { CliError } from './errors.js';
import { readFileIfAny, writePrivateFile } from './private-file.js';

/** A certificate as a workload keeps it. `chain` is what a TLS server or client shows: the leaf and its issuers; PEM. */
export interface HeldCertificate {
  readonly root: string;
  readonly key: string;
  readonly chain: string;
}

/** Writes key, certificate, chain and root, each 0600 and replaced whole; the certificate last, so that it fits the key. */
export async function writeCertificateFolder(
  folder: string,
  held: {
    readonly root: string;
    readonly key: string;
    readonly certificate: string;
    readonly issuers: readonly string[];
  },
): Promise<void> {
  await writePrivateFile(join(folder, 'root.pem'), ended(held.root));
  await writePrivateFile(join(folder, 'key.pem'), ended(held.key));
  await writePrivateFile(join(folder, 'issuers.pem'), held.issuers.map(ended).join(''));
  await writePrivateFile(join(folder, 'chain.pem'), [held.certificate, ...held.issuers].map(ended).join(''));
  await writePrivateFile(join(folder, 'certificate.pem'), ended(held.certificate));
}

/** @throws CliError `file_unreadable` */
export async function readCertificateFolder(folder: string): Promise<HeldCertificate> {
  const [root, key, chain] = await Promise.all(
    ['root.pem', 'key.pem', 'chain.pem'].map((name) => readFileIfAny(join(folder, name))),
  );
  if (root === undefined || key === undefined || chain === undefined)
    throw new CliError(
      'file_unreadable',
      `${folder} holds no certificate. Fetch one with: muster cert --out ${folder}`,
    );
  return { root, key, chain };
}

function ended(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
