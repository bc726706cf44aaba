import type { Identity } from '../identities/identities-queries.js';

export function Reach(_: { readonly identity: Identity }) {
  return null;
}
