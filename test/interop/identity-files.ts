import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Identity } from '../targets/server.js';

/** Where a server finds what it shows. */
export function identityPaths(directory: string): { readonly cert: string; readonly key: string } {
  return { cert: path.join(directory, 'cert.pem'), key: path.join(directory, 'key.pem') };
}

export async function identityFiles(directory: string, { cert, key }: Identity): Promise<void> {
  const paths = identityPaths(directory);
  await writeFile(paths.cert, cert);
  await writeFile(paths.key, key, { mode: 0o600 });
}
