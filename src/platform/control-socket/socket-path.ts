import { lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_PATH_BYTES = 103;
const NAME = 'control.sock';
const POINTER = 'control.sock.path';

/** Where the socket lies: beside the data, or, when that path is too long for a socket, where the pointer file says. */
export interface SocketPlace {
  readonly path: string;
  /** Removes what was made for the socket, apart from the socket itself. */
  readonly clear: () => Promise<void>;
}

/**
 * Finds a place for the local socket: `<data>/control.sock`; else a directory of its own (0700) in the temporary folder,
 * named in `<data>/control.sock.path` and used again as long as both are there.
 */
export async function socketPlace(dataDirectory: string): Promise<SocketPlace> {
  const beside = join(dataDirectory, NAME);
  const pointer = join(dataDirectory, POINTER);
  if (Buffer.byteLength(beside) <= MAX_PATH_BYTES) {
    await rm(pointer, { force: true }); // clients follow it first, and the data may have been moved here
    return { path: beside, clear: () => Promise.resolve() };
  }
  const path = (await pointedAt(pointer)) ?? join(await mkdtemp(join(tmpdir(), 'muster-')), 's');
  await writeFile(pointer, path, { mode: 0o600 });
  const clear = async () => {
    await rm(pointer, { force: true });
    await rm(dirname(path), { recursive: true, force: true });
  };
  return { path, clear };
}

/** Where an earlier process put its socket, if that directory is still this user's own. */
async function pointedAt(pointer: string): Promise<string | undefined> {
  try {
    const path = await readFile(pointer, 'utf8');
    const { uid, mode } = await lstat(dirname(path));
    return uid === process.getuid?.() && (mode & 0o777) === 0o700 ? path : undefined;
  } catch {
    return undefined;
  }
}
