import type { Id } from '../../kernel/index.js';

/** Where an authority's revocation list is served (RFC 5280 §4.2.1.13). */
export function crlUrl(publicUrl: string, authorityId: Id<'authority'>): string {
  return `${publicUrl}/v1/crl/${authorityId}.crl`;
}
