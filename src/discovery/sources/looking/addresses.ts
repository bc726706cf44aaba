import { startGit } from '../../history/git.js';
import { findRepository } from '../../history/repository.js';
import type { Observation } from '../../domain/observation.js';

const FORMAT = '--format=tformat:%H%x00%an <%ae>';
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The authors of some commits with their addresses, by which people are known: asked for what was found alone, so that looking through
 * a history costs nothing more. Their own words, believed for a suggestion and nothing else.
 *
 * @returns by commit; none where git does not tell
 */
export async function authorsOf(folder: string, commits: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  if (commits.size === 0) return new Map();
  const git = startGit(findRepository(folder), ['log', '--no-walk=unsorted', '--stdin', FORMAT]);
  git.input.end(`${[...commits].join('\n')}\n`);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of git.output as AsyncIterable<Buffer>)
    if ((bytes += part.length) <= MOST_BYTES) parts.push(part);
  const lines = await git.done.then(
    () => Buffer.concat(parts).toString('utf8').split('\n'),
    () => [],
  );
  return new Map(
    lines.map((line) => line.split('\0') as [string, string]).filter(([, author]) => author !== undefined),
  );
}

/** What was seen, with the addresses of who committed it. */
export function withAuthor(one: Observation, authors: ReadonlyMap<string, string>): Observation {
  const { commit } = one.place;
  const author = commit && authors.get(commit.id);
  return author ? { ...one, place: { ...one.place, commit: { ...commit, author } } } : one;
}
