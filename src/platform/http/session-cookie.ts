import type { IncomingHttpHeaders } from 'node:http';
import { RequestError } from './errors.js';

/** `__Host-`: the browser takes it over TLS from this very host alone, for every path (RFC 6265bis §4.1.3.2). */
export const SESSION_COOKIE = '__Host-muster-session';

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** The header that gives a browser its session. */
export function sessionCookie(token: string, lifeSeconds: number): string {
  return `${SESSION_COOKIE}=${token}; Max-Age=${lifeSeconds}; ${ATTRIBUTES}`;
}

/** The header that takes it away again. */
export function noSessionCookie(): string {
  return `${SESSION_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;
}

/** A cookie's value as the browser sent it; where it was sent twice, none. */
export function cookieOf({ cookie = '' }: IncomingHttpHeaders, name: string): string | undefined {
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]!.slice(name.length + 1) : undefined;
}

/**
 * The session token in the cookie, where the browser says that one of our own pages sent it along. A request that
 * changes something must say so (Fetch Metadata), or name our origin: SameSite alone would trust every host of the
 * registrable domain.
 *
 * @param publicOrigin PUBLIC_URL; where it is not known, only Fetch Metadata counts
 * @throws RequestError `origin_refused`
 */
export function tokenInCookie(
  method: string,
  headers: IncomingHttpHeaders,
  publicOrigin: string | undefined,
): string | undefined {
  const token = cookieOf(headers, SESSION_COOKIE);
  if (token === undefined || token === '') return undefined;
  if (SAFE_METHODS.includes(method) || isSameOrigin(headers, publicOrigin)) return token;
  throw new RequestError(
    'origin_refused',
    'Send this from a page of this service, or with a token instead of a cookie.',
  );
}

function isSameOrigin({ 'sec-fetch-site': site, origin }: IncomingHttpHeaders, publicOrigin?: string): boolean {
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && origin === publicOrigin;
}
