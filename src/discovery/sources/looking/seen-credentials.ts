import type { Clue, Finding, Location } from '../../domain/finding.js';
import { masked } from '../../domain/fingerprint.js';
import { type CredentialSeen, placeOf } from '../../domain/observation.js';
import { clueOf } from '../../identities/reader.js';
import type { SealedVerifier } from '../../identities/sealed-verifier.js';
import type { Codeowners } from '../documents/codeowners.js';

/** What the scanner found, as a source tells it: one observation for each place. */
export function* seenCredentials(
  findings: readonly Finding[],
  key: Uint8Array,
  codeowners: Codeowners,
  verifiers: ReadonlyMap<string, SealedVerifier>,
): Iterable<CredentialSeen> {
  for (const finding of findings) {
    const verifier = verifiers.get(finding.fingerprint);
    for (const location of finding.locations)
      yield { ...seenAt(finding, location, key, codeowners), ...(verifier && { verifier }) };
  }
}

function seenAt(finding: Finding, location: Location, key: Uint8Array, codeowners: Codeowners): CredentialSeen {
  const { rule, vendor, name, kind, basis, band, because, fingerprint, lastFour, match } = finding;
  const clues = location.clues ?? finding.clues;
  const factsOf = (fact: string) => clues.flatMap(({ facts }) => facts[fact] ?? []);
  return {
    kind: 'credential',
    ...{ rule, vendor, name, secretKind: kind, basis, band, because, lastFour },
    digest: match ? masked(key, fingerprint, Buffer.from(match.masked, 'base64url')).toString('base64url') : null,
    guessable: match?.guessable ?? true,
    publicKey: kind === 'private-key' || kind === 'certificate' ? (factsOf('spkiSha256')[0] ?? null) : null,
    keyIds: [],
    serials: kind === 'certificate' ? factsOf('serial') : [],
    clues: [...clues, ...ownerClues(location, codeowners)],
    holders: [],
    place: placeOf(location),
    suppressed: location.suppressed ?? null,
  };
}

/** Whom a repository itself names for the file. */
function ownerClues({ path }: Location, codeowners: Codeowners): readonly Clue[] {
  const owners = codeowners.ownersOf(path);
  return owners === null ? [] : [clueOf('codeowners', `CODEOWNERS names ${owners}`, { owners })];
}
