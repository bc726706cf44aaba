import { isIP } from 'node:net';
import type { Access } from './adapter.js';
import { TargetError } from './errors.js';

const MAX_URL = 8192;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
/** Nothing that ends a header, a statement or a line. */
const PLAIN = /^[^\p{Cc}]*$/u;

/** A system over the network, as a URL says it. */
export interface NetworkAccess extends Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Without the slash before it. */
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** How the URLs of one kind of system look. */
export interface UrlForm {
  /** In words that are shown. */
  readonly system: string;
  readonly example: string;
  /** By scheme: the port where none is said, and whether the connection is encrypted and the host proves its name. */
  readonly schemes: Readonly<Record<string, { readonly port: number; readonly verified: boolean }>>;
  /** Who signs in where the URL names nobody; null where it must. */
  readonly user: string | null;
  /** The parameters that mean something; no other is taken. */
  readonly parameters: readonly string[];
  readonly path: RegExp;
}

/**
 * Reads a URL, and of it only what is known to be harmless.
 *
 * @param url attacker-controlled, and secret: no message repeats any of it
 * @throws TargetError `url_invalid`
 */
export function readNetworkAccess(url: string, form: UrlForm): NetworkAccess {
  const parsed = url.length <= MAX_URL && URL.canParse(url) ? new URL(url) : undefined;
  const scheme = parsed && Object.hasOwn(form.schemes, parsed.protocol) ? form.schemes[parsed.protocol] : undefined;
  if (!parsed || !scheme || parsed.hash !== '') throw invalid(form);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!HOST.test(host) && isIP(host) !== 6) throw invalid(form);
  const [user, password] = [decoded(parsed.username, form) || form.user, decoded(parsed.password, form)];
  const path = decoded(parsed.pathname.slice(1), form);
  const parameters = new Map(parsed.searchParams);
  const known = [...parameters.keys()].every((name) => form.parameters.includes(name));
  const port = parsed.port === '' ? scheme.port : Number(parsed.port);
  if (user === null || password === '' || port < 1 || !known || parameters.size !== parsed.searchParams.size)
    throw invalid(form);
  if (!form.path.test(path) || ![...parameters.values()].every((value) => PLAIN.test(value))) throw invalid(form);
  const shown = `${isIP(host) === 6 ? `[${host}]` : host}:${port}${path === '' ? '' : `/${path}`}`;
  return {
    ...{ host, port, user, password, path, parameters, verified: scheme.verified },
    place: `${shown} as ${encodeURIComponent(user)}`,
  };
}

function decoded(text: string, form: UrlForm): string {
  try {
    const plain = decodeURIComponent(text);
    if (PLAIN.test(plain)) return plain;
  } catch {
    // Half an escape: no URL either.
  }
  throw invalid(form);
}

function invalid({ system, example }: UrlForm): TargetError {
  return new TargetError('url_invalid', `That is no URL of ${system} as it is read here. Give it like ${example}.`);
}
