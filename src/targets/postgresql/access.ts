import { isIP } from 'node:net';
import type { Access } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { isName } from './identifier.js';

const MAX_URL = 2048;
const PARAMETERS = ['host', 'port', 'sslmode'];
const HOST = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
const SOCKET = /^\/[A-Za-z0-9._/-]{1,100}$/;

/** How to get into one database of a PostgreSQL server. */
export interface PostgresqlAccess extends Access {
  /** Of the server's socket, where `host` is null. */
  readonly socketDirectory: string | null;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * Reads a connection URL, and of it only what is known to be harmless: libpq's other parameters name files of this machine,
 * commands and options.
 *
 * The server proves its name by its certificate (`sslmode=verify-full`, which is so where nothing is said); `disable` is for
 * networks of one's own, which whoever connects holds to. A socket of this machine is `?host=/directory`.
 *
 * @param url attacker-controlled, and secret: no message repeats any of it
 * @throws TargetError `url_invalid`
 */
export function readAccess(url: string): PostgresqlAccess {
  const parsed = url.length <= MAX_URL && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol) || parsed.hash !== '') throw invalid();
  const parameters = parametersOf(parsed.searchParams);
  const [user, password] = [decoded(parsed.username), decoded(parsed.password)];
  const database = decoded(parsed.pathname.slice(1));
  if (!isName(user) || !isName(database) || password === '' || password.includes('\0'))
    throw invalid('Give a user, a password and a database.');
  const socketDirectory = parameters.get('host') ?? null;
  const mode = parameters.get('sslmode') ?? 'verify-full';
  if (mode !== 'verify-full' && mode !== 'disable')
    throw invalid('Say sslmode=verify-full, or sslmode=disable on a network of your own.');
  const place = socketDirectory === null ? hostOf(parsed) : socketOf(parsed, socketDirectory);
  const port = portOf(parameters.get('port') ?? parsed.port);
  return {
    ...place,
    place: `${place.host === null ? socketDirectory : shown(place.host)}:${port}/${encodeURIComponent(database)} as ${encodeURIComponent(user)}`,
    verified: place.host !== null && mode === 'verify-full',
    ...{ port, user, password, database },
  };
}

function parametersOf(search: URLSearchParams): ReadonlyMap<string, string> {
  const parameters = new Map(search);
  if (parameters.size !== search.size || [...parameters.keys()].some((name) => !PARAMETERS.includes(name)))
    throw invalid('Of the parameters only sslmode, host (a socket’s directory) and port are known here, once each.');
  return parameters;
}

function hostOf(url: URL): Pick<PostgresqlAccess, 'host' | 'socketDirectory'> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!HOST.test(host) && isIP(host) !== 6) throw invalid();
  return { host, socketDirectory: null };
}

/** A socket's directory; the host that a URL must have says nothing then. */
function socketOf(url: URL, socketDirectory: string): Pick<PostgresqlAccess, 'host' | 'socketDirectory'> {
  const plain = SOCKET.test(socketDirectory) && !socketDirectory.split('/').includes('..');
  if (!plain || (url.hostname !== '' && url.hostname !== 'localhost')) throw invalid();
  return { host: null, socketDirectory };
}

function portOf(text: string): number {
  if (text === '') return 5432;
  const port = Number(text);
  if (!/^[1-9]\d{0,4}$/.test(text) || port > 65_535) throw invalid();
  return port;
}

function shown(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid();
  }
}

function invalid(
  hint = 'Give it like postgresql://user:password@host:5432/database?sslmode=verify-full.',
): TargetError {
  return new TargetError('url_invalid', `That is no URL of a PostgreSQL database as it is read here. ${hint}`);
}
