import path from 'node:path';
import { readSmall, type Repository } from '../history/repository.js';
import type { Revision } from '../reports/report.js';
import { git } from './git.js';
import { repositoryOf } from './listing.js';

/** The version that a folder's work tree is at; null where it has none, or nobody says. */
export function revisionOf(folder: string): Revision | null {
  const place = attempt(() => repositoryOf(folder));
  if (!place) return null;
  const { repository, workTree } = place;
  const asked = (...args: string[]): string | null =>
    attempt(() => git(repository, workTree, args).toString().trim()) || null;
  const head = headOf(repository);
  const commit = head?.commit ?? asked('rev-parse', '--verify', '--quiet', 'HEAD');
  if (commit === null) return null;
  const known = originIn(readSmall(path.join(repository.commonDirectory, 'config')) ?? '');
  const origin = known === undefined ? asked('config', '--get', 'remote.origin.url') : known;
  const branch = head ? head.branch : asked('symbolic-ref', '--quiet', '--short', 'HEAD');
  return { commit, uri: origin && publicUri(origin), branch };
}

/** What stands in `HEAD`, and where it is a branch, in its own file; undefined where that is not all that git would ask. */
function headOf({
  gitDirectory,
  commonDirectory,
  idBytes,
}: Repository): { commit: string; branch: string | null } | undefined {
  const isId = (text: string | undefined): text is string => text?.length === idBytes * 2 && /^[0-9a-f]+$/.test(text);
  const head = readSmall(path.join(gitDirectory, 'HEAD'))?.trim();
  if (isId(head)) return { commit: head, branch: null };
  const branch = /^ref: refs\/heads\/([\w./-]+)$/.exec(head ?? '')?.[1];
  if (branch === undefined || branch.includes('..')) return undefined;
  const commit = readSmall(path.join(commonDirectory, 'refs/heads', branch))?.trim();
  return isId(commit) ? { commit, branch } : undefined;
}

/** The address of `origin` as `git config` reads it; null without one, undefined where that is written in a way that only git reads. */
function originIn(config: string): string | null | undefined {
  if (/^[ \t]*\[include/im.test(config) || config.includes('worktreeConfig')) return undefined;
  const section = config.split(/^[ \t]*(?=\[)/m).filter((text) => /^\[remote\s+"origin"\s*\]/i.test(text));
  const urls = [...section.join('\n').matchAll(/^[ \t]*url[ \t]*=(.*)$/gim)].map(([, url]) => url!.trim());
  const url = urls.at(-1);
  if (url === undefined) return null;
  return /["\\#;]/.test(url) ? undefined : url;
}

/** Where it comes from, as an address without the name and password in it; null for a folder of this machine. */
export function publicUri(origin: string): string | null {
  const short = /^(?:[^@/:]{1,200}@)?([A-Za-z0-9.-]{2,253}):(?!:|\/\/)(.{1,2000})$/.exec(origin);
  const address = short ? `ssh://${short[1]}/${short[2]!.replace(/^\//, '')}` : origin;
  if (!/^(?:https?|ssh|git):\/\//.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  url.username = url.password = url.search = url.hash = '';
  // A name or a password that stands elsewhere than such do.
  return url.href.includes('@') ? null : url.href;
}

function attempt<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
