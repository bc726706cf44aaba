import { CryptoError, SpiffeId } from '../../crypto/index.js';
import { InventoryError } from './errors.js';

/** The first segment of what names Muster's own servers; no machine identity may look like one. */
const RESERVED_SEGMENT = 'muster';
const MAX_SLUG = 60;

/**
 * The SPIFFE id that an identity gets unless its registrant asks for another:
 * `spiffe://<trust domain>/<environment>/<team>/<name>`. It stays when the team is renamed.
 */
export function spiffeIdFor(
  trustDomain: string,
  place: { readonly environment: string; readonly team: string; readonly name: string },
): string {
  return checkSpiffeId(`spiffe://${trustDomain}/${place.environment}/${slug(place.team)}/${place.name}`, trustDomain);
}

/**
 * A SPIFFE id that may be given to a machine identity of this installation.
 *
 * @throws InventoryError `spiffe_id_invalid`, `spiffe_id_foreign`, `spiffe_id_reserved`
 */
export function checkSpiffeId(text: string, trustDomain: string): string {
  const id = parse(text);
  if (!id.isMemberOf(trustDomain))
    throw new InventoryError('spiffe_id_foreign', `Choose a SPIFFE ID within spiffe://${trustDomain}/.`);
  const [, first] = id.path.split('/');
  if (first === undefined)
    throw new InventoryError('spiffe_id_invalid', 'Give the SPIFFE ID a path: the bare trust domain names nobody.');
  if (first === RESERVED_SEGMENT)
    throw new InventoryError('spiffe_id_reserved', `Choose a path that does not begin with /${RESERVED_SEGMENT}/.`);
  return id.toString();
}

function parse(text: string): SpiffeId {
  try {
    return SpiffeId.parse(text);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new InventoryError('spiffe_id_invalid', error.message);
  }
}

/** A team's name as a path segment: ASCII letters and digits in lower case, everything else one dash. */
export function slug(words: string): string {
  const plain = words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const text = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return text === '' ? 'team' : text;
}
