import { EXTENDED_KEY_USAGE } from '../oids.js';
import type { Link } from './link.js';
import { type Refusal, refuse } from './refusal.js';

/** What the peer does in the handshake that asks. */
export type Usage = 'client' | 'server';

const PURPOSE: Readonly<Record<Usage, string>> = {
  client: EXTENDED_KEY_USAGE.clientAuth,
  server: EXTENDED_KEY_USAGE.serverAuth,
};

/**
 * RFC 5280 §4.2.1.12: a certificate that names purposes serves these alone. As every browser does, an authority's
 * purposes also bind what is below it.
 */
export function checkUsage({ certificate: { values } }: Link, usage: Usage): Refusal | undefined {
  const named = values.extendedKeyUsage;
  if (!named || named.includes(PURPOSE[usage]) || named.includes(EXTENDED_KEY_USAGE.any)) return undefined;
  return refuse('extended_key_usage_missing', `A certificate is not for use as ${usage} (§4.2.1.12).`);
}
