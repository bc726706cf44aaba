import { EgressError } from './errors.js';

/** A URL that may be called, its host told apart into a name to resolve or an address. */
export interface Target {
  readonly url: URL;
  /** Without brackets. */
  readonly hostname: string;
}

/**
 * Reads a URL that somebody else may have written.
 *
 * The WHATWG parser brings an address in any spelling (decimal, octal, hexadecimal, short) to its one form, so what is
 * checked is what is called.
 *
 * @throws EgressError `egress_url_refused`
 */
export function parseTarget(text: string, plainHttp: boolean): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new EgressError('egress_url_refused', 'That is not a URL. Give one like https://issuer.example.com.');
  if (url.protocol !== 'https:' && !(plainHttp && url.protocol === 'http:'))
    throw new EgressError('egress_url_refused', 'Only https URLs are called. Give the https form of this one.');
  if (url.username !== '' || url.password !== '')
    throw new EgressError('egress_url_refused', 'Take the user name and password out of the URL.');
  return { url, hostname: url.hostname.replace(/^\[(.*)\]$/, '$1') };
}
