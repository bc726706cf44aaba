import { once } from 'node:events';
import { closeSync, readSync } from 'node:fs';
import { HistoryError } from './errors.js';
import { type PrintingGit, startGit, startGitInto } from './git.js';
import type { Repository } from './repository.js';
import { unnamedFile } from './unnamed-file.js';

/** An object as git gives it; without content where it has none for it, or it is longer than was asked for. */
export interface PrintedObject {
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly content: Buffer | null;
}

const CAT_FILE = ['cat-file', '--batch', '--buffer'];

/**
 * Lets git print objects: for what our own reader cannot resolve, and as the judge of it.
 *
 * @param ids whose; ids are written one after the other, and git's answers come in their order
 * @param mostBytes longer contents are read past
 * @throws HistoryError `git_failed`
 */
export async function* catObjects(
  repository: Repository,
  ids: readonly string[],
  mostBytes: number,
): AsyncGenerator<PrintedObject> {
  const git = startGit(repository, CAT_FILE);
  const writing = (async () => {
    for (const lines of linesOf(ids))
      if (!git.input.write(lines)) await Promise.race([once(git.input, 'drain'), git.done]);
    git.input.end();
  })();
  writing.catch(() => undefined);
  yield* objectsIn(git.output, mostBytes);
  await git.done;
}

function* linesOf(ids: readonly string[]): Generator<string> {
  for (let index = 0; index < ids.length; index += 1000) yield ids.slice(index, index + 1000).join('\n') + '\n';
}

/** Of a damaged store git ends at the first object that it cannot read: it is asked for the others again, as often as that. */
const ATTEMPTS = 20;

/** The same, but that git may refuse some of them: these are `corrupt`. */
export async function* catReadable(
  repository: Repository,
  ids: readonly string[],
  mostBytes: number,
): AsyncGenerator<PrintedObject> {
  let left = ids;
  for (let attempt = 0; left.length > 0; attempt++) {
    let answered = 0;
    try {
      for await (const object of catObjects(repository, left, mostBytes)) {
        answered++;
        yield object;
      }
      return;
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      const given = attempt === ATTEMPTS ? left.length : answered + 1;
      for (const id of left.slice(answered, given)) yield { id, type: 'corrupt', size: 0, content: null };
      left = left.slice(given);
    }
  }
}

/** Ids of all blobs that git knows of in the store, reachable or not. */
export async function listBlobs(repository: Repository): Promise<string[]> {
  const git = startGit(repository, [
    'cat-file',
    '--batch-all-objects',
    '--unordered',
    '--batch-check=%(objectname) %(objecttype)',
  ]);
  git.input.end();
  const lines: Buffer[] = [];
  for await (const chunk of git.output) lines.push(chunk as Buffer);
  await git.done;
  return Buffer.concat(lines)
    .toString('latin1')
    .split('\n')
    .filter((line) => line.endsWith(' blob'))
    .map((line) => line.slice(0, -5));
}

/** Objects that git prints into a file while they are still asked for, and something else is done. */
export class ObjectPrint {
  private hasEnded = false;

  private constructor(
    private readonly fd: number,
    private readonly git: PrintingGit,
  ) {
    const end = () => (this.hasEnded = true);
    git.done.then(end, end);
  }

  /** @param mostBytes of all that is asked for; git fails where they are more */
  static start(repository: Repository, mostBytes: number): ObjectPrint {
    const fd = unnamedFile();
    return new ObjectPrint(fd, startGitInto(fd, repository, CAT_FILE, { mostBytes }));
  }

  /** @param ids whose; git's answers come in their order */
  ask(ids: readonly string[]): void {
    for (const lines of linesOf(ids)) this.git.input.write(lines);
  }

  /** Says that nothing more is asked for. */
  end(): void {
    this.git.input.end();
  }

  /** Whether git has ended: what it printed is there to be read. */
  get isWritten(): boolean {
    return this.hasEnded;
  }

  /**
   * What git printed, when it has: nothing more is asked for.
   *
   * @param mostBytes longer contents are read past
   * @throws HistoryError `git_failed`
   */
  async objects(mostBytes: number): Promise<Iterable<PrintedObject>> {
    this.end();
    await this.git.done;
    return objectsOf(this.fd, mostBytes);
  }

  close(): void {
    this.git.stop();
    closeSync(this.fd);
  }
}

const CHUNK_BYTES = 256 * 1024;

function* objectsOf(fd: number, mostBytes: number): Generator<PrintedObject> {
  const reader = new ObjectReader(mostBytes);
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const length = readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (length === 0) return;
    position += length;
    yield* reader.read(chunk.subarray(0, length));
  }
}

async function* objectsIn(stream: AsyncIterable<unknown>, mostBytes: number): AsyncGenerator<PrintedObject> {
  const reader = new ObjectReader(mostBytes);
  for await (const chunk of stream) yield* reader.read(chunk as Buffer);
}

/** What git prints, `<id> <type> <size>\n<content>\n`, or `<id> missing\n`, however it is cut. */
class ObjectReader {
  private held: Buffer = Buffer.alloc(0);
  private open: { id: string; type: string; size: number; parts: Buffer[] | null; left: number } | null = null;

  constructor(private readonly mostBytes: number) {}

  *read(chunk: Buffer): Generator<PrintedObject> {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    while (this.held.length > 0) {
      if (!this.open) {
        const end = this.held.indexOf(10);
        if (end < 0) return;
        const [id, type, digits] = this.held.toString('latin1', 0, end).split(' ');
        this.held = this.held.subarray(end + 1);
        if (digits === undefined) yield { id: id!, type: 'missing', size: 0, content: null };
        else this.open = opened(id!, type!, Number(digits), this.mostBytes);
        continue;
      }
      const { open } = this;
      // The line feed behind it is read with it.
      const part = this.held.subarray(0, open.left);
      open.parts?.push(part);
      open.left -= part.length;
      this.held = this.held.subarray(part.length);
      if (open.left > 0) return;
      const { id, type, size, parts } = open;
      this.open = null;
      yield { id, type, size, content: parts && whole(parts).subarray(0, size) };
    }
  }
}

function opened(id: string, type: string, size: number, mostBytes: number) {
  return { id, type, size, parts: size <= mostBytes ? [] : null, left: size + 1 };
}

function whole(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
