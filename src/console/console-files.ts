import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How a file is sent: as it is, or as the build has packed it. */
export type Packing = 'br' | 'gzip' | 'identity';

/** One file of the built console, in memory. */
export interface ConsoleFile {
  readonly type: string;
  /** Strong: of the bytes as they are before packing. */
  readonly etag: string;
  /** Its name carries a digest of its content, so that it never changes. */
  readonly immutable: boolean;
  readonly bytes: Readonly<Partial<Record<Packing, Buffer>>> & { readonly identity: Buffer };
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const BESIDE = path.resolve(import.meta.dirname, '../../console');
const COMPILED = path.resolve(import.meta.dirname, '../../dist/console');

/**
 * Reads what `npm run build` made of the console; later builds show after a restart.
 *
 * @returns files by path, `/assets/…`; empty when the console was not built
 */
export function readConsoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const directory = [BESIDE, COMPILED].find((place) => existsSync(path.join(place, 'index.html')));
  const files = new Map<string, ConsoleFile>();
  if (directory === undefined) return files;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const type = TYPES[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const name = `/${path.relative(directory, file).split(path.sep).join('/')}`;
    files.set(name, readFile(file, type, name.startsWith('/assets/')));
  }
  return files;
}

function readFile(file: string, type: string, immutable: boolean): ConsoleFile {
  const identity = readFileSync(file);
  const packed = [['br', '.br'] as const, ['gzip', '.gz'] as const].flatMap(([packing, suffix]) =>
    existsSync(file + suffix) ? [[packing, readFileSync(file + suffix)] as const] : [],
  );
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`;
  return { type, etag, immutable, bytes: { identity, ...Object.fromEntries(packed) } };
}

/**
 * Picks the smallest packing the caller takes (RFC 9110 §12.5.3).
 *
 * @param accepted the value of `Accept-Encoding`
 */
export function packingFor(file: ConsoleFile, accepted: string | undefined): Packing {
  const codings = (accepted ?? '').split(',').map((part) => part.trim().toLowerCase());
  const takes = (packing: Packing) => codings.some((coding) => coding === packing || isWanted(coding, packing));
  if (file.bytes.br && takes('br')) return 'br';
  return file.bytes.gzip && takes('gzip') ? 'gzip' : 'identity';
}

function isWanted(coding: string, packing: Packing): boolean {
  const [name, quality] = coding.split(';').map((part) => part.trim());
  return name === packing && quality !== undefined && !/^q=0(\.0*)?$/.test(quality);
}
