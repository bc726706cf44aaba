import { judge, type Verdict } from '../domain/bands.js';
import type { Clue, Location, Match, Suppression } from '../domain/finding.js';
import { fingerprintOf, innerDigest, isGuessable, lastFourOf, masked } from '../domain/fingerprint.js';
import type { Rule } from '../domain/rule.js';
import { distinct, readClues } from '../identities/index.js';
import type { TextNote } from '../suppressions/text-note.js';
import type { Discovery } from './discover.js';

/** A secret at one place, without the secret: what threads tell each other. */
export interface Sighting {
  readonly rule: Pick<Rule, 'id' | 'vendor' | 'name' | 'kind' | 'basis'>;
  /** By itself: where it stands comes to it in `findingsOf`. */
  readonly verdict: Verdict;
  readonly fingerprint: string;
  readonly lastFour: string | null;
  readonly match?: Match;
  readonly clues: readonly Clue[];
  readonly location: Location;
  readonly suppressed: Suppression | null;
  /** What its text says of leaving it alone: `suppressions/` decides on it once all has been seen. */
  readonly note?: TextNote | undefined;
}

/** What is told of a secret wherever it stands. */
export type Description = Omit<Sighting, 'location' | 'suppressed' | 'note'>;

export interface Describing {
  /** Of the fingerprints. */
  readonly key: Uint8Array;
  /** The instant of the scan. */
  readonly at: Date;
  /** Text of the scanned folder's `.gitleaks.toml`, where there is one and it is listened to. */
  readonly allowConfig?: string | null;
  /** Whether what was found is to be compared with what is registered. */
  readonly matching?: boolean;
}

type Told = Pick<Discovery, 'rule' | 'matched' | 'secret' | 'parts' | 'around' | 'told'>;

/** What a discovery is: whose, how far to be believed, and by which fingerprint it is known again. */
export function describe(
  { rule, matched, secret, parts, around, told = [] }: Told,
  path: string | null,
  { key, at, matching = false }: Describing,
): Description {
  const own = readClues({ rule, secret, text: [matched, ...parts].join('\n'), around, path, at });
  const clues = distinct([...told, ...own]);
  const { id, vendor, name, kind, basis } = rule;
  const digest = digestOf(secret, kind, clues);
  const fingerprint = fingerprintOf(key, digest);
  return {
    rule: { id, vendor, name, kind, basis },
    verdict: judge(rule, matched, secret, clues),
    fingerprint,
    lastFour: basis === 'generic' ? null : lastFourOf(kind, secret),
    ...(matching && { match: matchOf(key, fingerprint, digest, isGuessable(kind, secret)) }),
    clues,
  };
}

/** Of a private key that of its public part, so that it is the same one in every format. */
function digestOf(secret: string, kind: Rule['kind'], clues: readonly Clue[]): Buffer {
  const spki = kind === 'private-key' ? clues.find(({ facts }) => facts['spkiSha256'])?.facts['spkiSha256'] : undefined;
  return spki === undefined ? innerDigest(secret) : Buffer.from(spki, 'hex');
}

function matchOf(key: Uint8Array, fingerprint: string, digest: Buffer, guessable: boolean): Match {
  return { masked: masked(key, fingerprint, digest).toString('base64url'), guessable };
}
