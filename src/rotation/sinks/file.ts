import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { contentOf, form } from './form.js';
import type { SinkKind, Tools } from './kind.js';

const OWNER_ONLY = 0o600;
const MAX_BYTES = 65_536;

const settings = z.strictObject({
  path: z
    .string()
    .regex(/^\/[^\0]{1,1000}$/)
    .refine((path) => normalize(path) === path && !path.endsWith('/'), 'must be an absolute path without . and ..')
    .describe('Absolute, inside a folder that the operator named in DELIVERY_FOLDERS.'),
  form,
});
type Settings = z.output<typeof settings>;

/** A file of the machine that the worker runs on: replaced as a whole, 0600, and only where the operator said so. */
export const file: SinkKind<Settings, null> = {
  settings,
  access: z.null(),
  placeOf: ({ path }) => path,
  open: (chosen, _access, _rotation, tools) => new FileSink(chosen, tools),
};

class FileSink implements Sink {
  constructor(
    private readonly settings: Settings,
    private readonly tools: Tools,
  ) {}

  async look(): Promise<Found | undefined> {
    const path = await this.allowed();
    const stats = await lstat(path).catch(missing);
    if (!stats) return undefined;
    if (!stats.isFile() || stats.size > MAX_BYTES)
      throw new SinkError('place_occupied', 'Something else than a small file stands there: name another path.');
    return { revision: this.tools.digest(await readFile(path, 'utf8')), version: null };
  }

  async write(delivery: Delivery): Promise<void> {
    const path = await this.allowed();
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      const handle = await open(draft, 'wx', OWNER_ONLY);
      try {
        await writeFile(handle, contentOf(this.settings.form, delivery));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw failed(error);
    }
  }

  revisionOf(delivery: Delivery): string {
    return this.tools.digest(contentOf(this.settings.form, delivery));
  }

  /** Links in the way are followed first: what they lead to must be allowed, not what they are called. */
  private async allowed(): Promise<string> {
    const { path } = this.settings;
    const folder = await realpath(dirname(path)).catch((error: unknown) => {
      throw failed(error);
    });
    const allowed = await Promise.all(this.tools.folders.map((one) => realpath(one).catch(() => undefined)));
    if (!allowed.some((one) => one !== undefined && (folder === one || folder.startsWith(one + sep))))
      throw new SinkError(
        'folder_not_allowed',
        'The operator has not opened this folder for files: DELIVERY_FOLDERS names those that are.',
      );
    return join(folder, basename(path));
  }
}

function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw failed(error);
}

function failed(error: unknown): SinkError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const cause = { cause: code };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SinkError('place_unknown', 'The folder is not there: make it, for the worker’s user.', cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new SinkError('access_refused', 'The worker’s user may not write there: give it the folder.', cause);
  return new SinkError('sink_busy', 'The file cannot be written now: it is tried again by itself.', cause);
}
