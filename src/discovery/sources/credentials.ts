import type { CredentialSeen } from '../domain/observation.js';
import { placeAt } from '../domain/observation.js';

type Known = Pick<CredentialSeen, 'rule' | 'vendor' | 'name' | 'secretKind'> &
  Partial<Omit<CredentialSeen, 'kind' | 'place'>> & { readonly path: string };

/** A credential of which a source knows that it is there, and not what it is unless it says so. */
export function credentialSeen({ path, ...known }: Known): CredentialSeen {
  return {
    kind: 'credential',
    ...{ basis: 'documented', band: 'high', because: ['Its own system lists it.'], digest: null, guessable: false },
    ...{ lastFour: null, publicKey: null, keyIds: [], serials: [], clues: [], holders: [], suppressed: null },
    ...known,
    place: placeAt(path),
  };
}
