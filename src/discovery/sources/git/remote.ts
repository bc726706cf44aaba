import { isIP } from 'node:net';
import { SourceError } from '../errors.js';

/** Where a repository is fetched from, as a URL says it. Whatever opens it is given apart. */
export interface Remote {
  readonly scheme: 'https' | 'http' | 'ssh';
  readonly host: string;
  readonly port: number;
  /** As whom one signs in over SSH; null elsewhere. */
  readonly user: string | null;
  /** As git takes it, without user and password. */
  readonly url: string;
}

const MAX_URL = 2048;
const PORTS: Readonly<Record<string, { readonly scheme: Remote['scheme']; readonly port: number }>> = {
  'https:': { scheme: 'https', port: 443 },
  'http:': { scheme: 'http', port: 80 },
  'ssh:': { scheme: 'ssh', port: 22 },
};
const HOST = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
/** Nothing that a shell, a configuration or git's own URLs would take for something else. */
const PATH = /^\/[A-Za-z0-9~_.][A-Za-z0-9~_.+@/-]{0,1000}$/;
/** `git@host:path`, as forges show it. */
const SHORT = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})@([A-Za-z0-9][A-Za-z0-9._-]{0,251}):(?!\/\/)(.{1,1000})$/;

/**
 * Reads a repository's URL, and of it only what is known to be harmless: no helper of git's, no option, no password.
 *
 * @param url attacker-controlled
 * @throws SourceError `settings_invalid`
 */
export function readRemote(url: string): Remote {
  if (url.length > MAX_URL) throw invalid();
  const [, user, host, path] = SHORT.exec(url) ?? [];
  const parsed = user !== undefined ? `ssh://${user}@${host}/${path}` : url;
  if (!URL.canParse(parsed)) throw invalid();
  return remoteOf(new URL(parsed));
}

function remoteOf({ protocol, hostname, port, username, password, pathname, search, hash }: URL): Remote {
  const known = Object.hasOwn(PORTS, protocol) ? PORTS[protocol] : undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (!known || (!HOST.test(host) && isIP(host) !== 6) || search + hash + password !== '') throw invalid();
  if (!PATH.test(pathname)) throw invalid();
  const isSsh = known.scheme === 'ssh';
  if (isSsh ? !USER.test(username || 'git') : username !== '') throw invalid();
  const number = port === '' ? known.port : Number(port);
  const place = `${isIP(host) === 6 ? `[${host}]` : host}:${number}${pathname}`;
  const user = isSsh ? username || 'git' : null;
  const url = `${known.scheme}://${user === null ? '' : `${user}@`}${place}`;
  return { scheme: known.scheme, host, port: number, user, url };
}

function invalid(): SourceError {
  return new SourceError(
    'settings_invalid',
    'That is no URL of a repository as it is read here. Give it like https://host/team/repository.git, without a password in it.',
  );
}
