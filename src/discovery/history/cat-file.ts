import { once } from 'node:events';
import { HistoryError } from './errors.js';
import { startGit } from './git.js';
import type { Repository } from './repository.js';

/** An object as git gives it; without content where it has none for it, or it is longer than was asked for. */
export interface PrintedObject {
  readonly id: string;
  readonly type: string;
  readonly size: number;
  readonly content: Buffer | null;
}

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
  const git = startGit(repository, ['cat-file', '--batch', '--buffer']);
  const writing = (async () => {
    for (let index = 0; index < ids.length; index += 1000)
      if (!git.input.write(ids.slice(index, index + 1000).join('\n') + '\n'))
        await Promise.race([once(git.input, 'drain'), git.done]);
    git.input.end();
  })();
  writing.catch(() => undefined);
  yield* objectsIn(git.output, mostBytes);
  await git.done;
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

/** `<id> <type> <size>\n<content>\n`, or `<id> missing\n`. */
async function* objectsIn(stream: AsyncIterable<unknown>, mostBytes: number): AsyncGenerator<PrintedObject> {
  let held: Buffer = Buffer.alloc(0);
  let open: { id: string; type: string; size: number; parts: Buffer[] | null; left: number } | null = null;
  for await (const chunk of stream) {
    held = held.length === 0 ? (chunk as Buffer) : Buffer.concat([held, chunk as Buffer]);
    while (held.length > 0) {
      if (open) {
        // The line feed behind it is read with it.
        const part: Buffer = held.subarray(0, open.left);
        open.parts?.push(part);
        open.left -= part.length;
        held = held.subarray(part.length);
        if (open.left > 0) break;
        const { id, type, size, parts } = open;
        open = null;
        yield { id, type, size, content: parts && Buffer.concat(parts).subarray(0, size) };
        continue;
      }
      const end = held.indexOf(10);
      if (end < 0) break;
      const [id, type, digits] = held.toString('latin1', 0, end).split(' ');
      held = held.subarray(end + 1);
      if (digits === undefined) yield { id: id!, type: 'missing', size: 0, content: null };
      else {
        const size = Number(digits);
        open = { id: id!, type: type!, size, parts: size <= mostBytes ? [] : null, left: size + 1 };
      }
    }
  }
}
