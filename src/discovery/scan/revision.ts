import type { Revision } from '../reports/report.js';
import { git } from './git.js';
import { repositoryOf } from './listing.js';

/** The version that a folder's work tree is at; null where it has none, or git does not say. */
export function revisionOf(folder: string): Revision | null {
  const asked = (...args: string[]): string | null => {
    try {
      return git(place!.repository, place!.workTree, args).toString().trim() || null;
    } catch {
      return null;
    }
  };
  const place = attempt(() => repositoryOf(folder));
  if (!place) return null;
  const commit = asked('rev-parse', '--verify', '--quiet', 'HEAD');
  if (commit === null) return null;
  const origin = asked('config', '--get', 'remote.origin.url');
  return { commit, uri: origin && publicUri(origin), branch: asked('symbolic-ref', '--quiet', '--short', 'HEAD') };
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
