import { isIP } from 'node:net';

/** What the service's own TLS certificate is called. */
export interface ServiceNames {
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * The names under which callers reach the service at its public URL. `localhost` is always among them, for whoever looks
 * after it on its own machine; the loopback addresses are where the URL itself is local.
 */
export function serviceNames(publicUrl: string): ServiceNames {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  const address = isIP(host) === 0 ? undefined : host;
  const local = host === 'localhost' || LOOPBACK.includes(host);
  return {
    dnsNames: [...new Set([...(address === undefined ? [host] : []), 'localhost'])],
    addresses: local ? LOOPBACK : address === undefined ? [] : [address],
  };
}
