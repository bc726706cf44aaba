import type { Basis, SecretKind } from './rule.js';

/** How much a finding is to be believed: `low` ones are counted and shown on demand, never dropped. */
export const BANDS = ['high', 'medium', 'low'] as const;
export type Band = (typeof BANDS)[number];

/** What a credential says about whose it is, without asking anybody. */
export interface Clue {
  /** Which reader said it: `aws-account`, `jwt`, `pem`, `postgresql-url`. */
  readonly from: string;
  /** What the credential opens, for people: `AWS account 029608264753`, `PostgreSQL payments at db.example:5432`. */
  readonly words: string;
  /** Named facts, normalised, for matching: `account`, `clientEmail`, `spiffeId`, `spkiSha256`, `serial`, `keyId`, `user`, `host`. */
  readonly facts: Readonly<Record<string, string>>;
  /** Why it cannot be used (expired, a canary, a sample of the vendor's own page), where it says so. */
  readonly moot?: string;
}

/** One place where it stands. */
export interface Location {
  /** Relative to what was scanned, `/` as separator. */
  readonly path: string;
  /** From 1; null where it stands in something without lines. */
  readonly line: number | null;
  /** From 1, in characters. */
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  /** How it was wrapped, from the outside in: `base64`, `gzip`, `kubernetes-secret`. */
  readonly within: readonly string[];
  readonly blob: string | null;
  /** The commits that brought it, the oldest first, at most ten, and how many there are in all. */
  readonly commits: readonly Commit[];
  readonly commitCount: number;
  /** In no branch or tag any more: force-pushed away, or only in the store; of an image, what a later layer took away or put over. */
  readonly unreachable: boolean;
  /** Of a password that is compared with the registry: what is said of whose it is here, for many people choose the same. In no report. */
  readonly clues?: readonly Clue[];
  /** Who said that it is to be left alone where it stands here; absent where nobody did. */
  readonly suppressed?: Suppression;
}

export interface Commit {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly author: string;
}

/** Who or what said that it is to be left alone: it stays in the report. */
export interface Suppression {
  /** `inline`, `gitleaks-config`, `gitleaksignore`, `allow-file`, `baseline`. */
  readonly by: string;
  readonly reason: string | null;
  /** RFC 3339 date, after which it counts again; null for one without end (other tools know none). */
  readonly until: string | null;
}

/** By what a secret is compared with those that are registered: it goes no further than the process that keeps their fingerprints. */
export interface Match {
  /** The inner digest under the key of the scan (`masked`), base64url. */
  readonly masked: string;
  readonly guessable: boolean;
}

/** What Muster says of it, where it was asked. */
export interface RegistryAnswer {
  readonly verdict: string;
  readonly because: string;
  readonly identityId: string | null;
  readonly identityName: string | null;
  /** Whose it is where nobody registered that. */
  readonly named: string | null;
}

/** One secret, wherever it stands: one finding, many places. */
export interface Finding {
  readonly rule: string;
  readonly vendor: string;
  readonly name: string;
  readonly kind: SecretKind;
  readonly basis: Basis;
  readonly band: Band;
  /** Why it is in that band, one short sentence each. */
  readonly because: readonly string[];
  /** Hex of HMAC-SHA-256(key, SHA-256(canonical secret)): the same secret has the same one wherever it stands and however it is wrapped. */
  readonly fingerprint: string;
  /** The last four characters of a token made by chance; null for passwords, keys and whatever is short. */
  readonly lastFour: string | null;
  /** Absent unless the scan was asked for it. */
  readonly match?: Match;
  /** Absent unless Muster was asked. */
  readonly registry?: RegistryAnswer;
  readonly clues: readonly Clue[];
  readonly locations: readonly Location[];
  readonly suppressed: Suppression | null;
}

/** What was not looked at, and why: counted, never silent. */
export interface Skipped {
  readonly path: string;
  /** `binary`, `too-large`, `unreadable`, `archive-bomb`, `link-outside`, `corrupt`, `changed-while-read`, `missing`, `lock-file`, `structure-too-deep` … */
  readonly reason: string;
}
