import { SoftwarePresence } from '../../src/client/index.js';

const presences = new Map<string, Promise<SoftwarePresence>>();
const byToken = new Map<string, Promise<SoftwarePresence>>();

/**
 * The authenticator that a test's person carries with them, whichever of their sessions they use and at whichever
 * replica; made when first asked for.
 *
 * @param whoAmI finds out whose session it is
 */
export function presenceOf(token: string, whoAmI: () => Promise<string>): Promise<SoftwarePresence> {
  const known = byToken.get(token);
  if (known) return known;
  const found = whoAmI().then((personId) => {
    const presence = presences.get(personId) ?? Promise.resolve(new SoftwarePresence());
    presences.set(personId, presence);
    return presence;
  });
  byToken.set(token, found);
  found.catch(() => byToken.delete(token));
  return found;
}
