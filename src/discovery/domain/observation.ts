import type { SealedVerifier } from '../identities/sealed-verifier.js';
import type { Band, Clue, Commit, Location, Suppression } from './finding.js';
import type { Basis, SecretKind } from './rule.js';

/** What a source says that it saw. It never holds a secret, or a part of one but `lastFour`. */
export type Observation = CredentialSeen | AccountSeen;

/** Something that opens a door, at one place. The same one at five places is five observations. */
export interface CredentialSeen {
  readonly kind: 'credential';
  /** The scanner's rule, or the source's own word for it: `aws-access-key-pair`, `x509-certificate`, `authorized-key`. */
  readonly rule: string;
  readonly vendor: string;
  /** What it is, for people: `AWS access key`. */
  readonly name: string;
  readonly secretKind: SecretKind;
  readonly basis: Basis;
  readonly band: Band;
  /** Why it is in that band, one short sentence each. */
  readonly because: readonly string[];
  /**
   * Inner SHA-256 of the canonical secret, base64url, or of the public key (SPKI) of a private key; null where the source saw no secret (a list of
   * access keys) or what was seen is none (an id alone). It is keyed as soon as it arrives, and neither stored, logged nor sent.
   */
  readonly digest: string | null;
  /** Chosen by a person or short: its digest could be guessed, so that it never leaves the process that saw the secret. */
  readonly guessable: boolean;
  /** Only of tokens made by chance (`lastFourOf`). */
  readonly lastFour: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo, hexadecimal in small letters: of private keys, certificates, authorised keys. */
  readonly publicKey: string | null;
  /** What its vendor calls it (`AKIA…`, a Google `private_key_id`, a token's id), as `identifiers.ts` writes them. */
  readonly keyIds: readonly string[];
  /** Serial numbers of certificates, hexadecimal in small letters without leading zeros. */
  readonly serials: readonly string[];
  readonly clues: readonly Clue[];
  /** Whose it is in so many words, where the source knows (the user that an access key is listed under), as `identifiers.ts` writes them. */
  readonly holders: readonly string[];
  readonly place: Place;
  readonly suppressed: Suppression | null;
  /** What it is itself, where it is a verifier of a password: closed, for those who see passwords. */
  readonly verifier?: SealedVerifier;
}

/** An account, role, application or key that a system lists, whether or not a secret was seen with it. */
export interface AccountSeen {
  readonly kind: 'account';
  /** Where it is: `aws 029608264753`, `postgresql db.example:5432`, `github acme`: the same words for all accounts of one system. */
  readonly system: string;
  readonly accountKind: AccountKind;
  /** For people, as the system writes it. */
  readonly name: string;
  /** Every name that it goes by, the fullest first, as `identifiers.ts` writes them: case, ARN partition, tenant and host made one. */
  readonly identifiers: readonly [string, ...string[]];
  readonly grants: readonly GrantSeen[];
  readonly facts: AccountFacts;
  readonly credentials: readonly HeldCredential[];
  /** Names that do not tell it from others in whatever they are said, and can be nobody else's here: what signs in as them is it. */
  readonly logins?: readonly string[];
  /** What its system keeps of its password: closed, for those who see passwords. */
  readonly verifier?: SealedVerifier;
  readonly place: Place;
}

export const ACCOUNT_KINDS = [
  'application',
  'database-role',
  'deploy-key',
  'installation',
  'machine-user',
  'role',
  'service-account',
  'user',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** What an account may do, as its system says it. */
export interface GrantSeen {
  /** The system's own word: `SELECT`, `s3:GetObject`, `contents:write`, `+@read`; `*` for everything. */
  readonly privilege: string;
  /** What on, as the system writes it; `*` for everything there is. */
  readonly resource: string;
  /** RFC 3339; null where it was never used as far as its system knows, absent where the system does not say. */
  readonly lastUsedAt?: string | null;
  /** By which membership, policy or role it has it, where not directly. */
  readonly through?: string;
}

/** Null where the system does not say. Instants are RFC 3339. */
export interface AccountFacts {
  readonly createdAt: string | null;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly disabled: boolean;
  /** Whether it is a person's own: people are no machine identities, but their keys may be in machines. */
  readonly human: boolean | null;
  /** Another organisation made it, and its people can use it. */
  readonly thirdParty: boolean;
  /** May do anything on its system, or give itself the right to. */
  readonly privileged: boolean;
  /** `production`, `staging`, …, where a tag or a name of the system says so. */
  readonly environment: string | null;
  /** Whatever else helps a person to decide, by name: no secrets, no addresses of people. */
  readonly more: Readonly<Record<string, string>>;
}

/** A credential that the system knows the account to hold: it tells ids, suffixes or public keys, never the secret. */
export interface HeldCredential {
  /** As `identifiers.ts` writes them; null where the system tells none. */
  readonly keyId: string | null;
  readonly publicKey: string | null;
  /** The last characters, where the system shows them (GitHub: eight). */
  readonly suffix: string | null;
  readonly createdAt: string | null;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly active: boolean;
}

/** Where it was seen, within the source. */
export interface Place {
  /** A path, `/` as separator, or the address of an object: `deploy/values.yaml`, `Secret/payments/db`, `roles/ledger`, `users/ci`. */
  readonly path: string;
  /** From 1; null where there are no lines. */
  readonly line: number | null;
  /** How it was wrapped, from the outside in: `base64`, `kubernetes-secret`. */
  readonly within: readonly string[];
  /** The commit that brought it, and how many have it. */
  readonly commit: Commit | null;
  readonly commitCount: number;
  /** In no branch or tag any more, or in a layer that a later one took away. */
  readonly unreachable: boolean;
}

/** A place without lines and commits. */
export function placeAt(path: string): Place {
  return { path, line: null, within: [], commit: null, commitCount: 0, unreachable: false };
}

/** The scanner's location as a place of a source. */
export function placeOf({ path, line, within, commits, commitCount, unreachable }: Location): Place {
  return { path, line, within, commit: commits[0] ?? null, commitCount, unreachable };
}
