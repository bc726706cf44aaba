import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The file that hands the setup token to whoever may read the data directory, and to nobody else. */
export class SetupTokenFile {
  readonly path: string;

  /** @param dataDirectory absolute */
  constructor(private readonly dataDirectory: string) {
    this.path = path.join(dataDirectory, 'setup-token');
  }

  async read(): Promise<string | undefined> {
    try {
      return (await readFile(this.path, 'utf8')).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Replaces the file whole; never readable by others, not even for a moment. */
  async write(token: string): Promise<void> {
    await mkdir(this.dataDirectory, { recursive: true, mode: 0o700 });
    const draft = `${this.path}.${process.pid}`;
    await rm(draft, { force: true });
    await writeFile(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
