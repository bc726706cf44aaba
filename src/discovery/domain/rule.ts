import type { Grammar } from './grammar.js';

/**
 * How we know what a credential looks like: its vendor's own page says so; it was seen so, here or in a vendor's examples,
 * without a page that says it; or it has no format, and only what stands around it speaks for it.
 */
export const BASES = ['documented', 'observed', 'generic'] as const;
export type Basis = (typeof BASES)[number];

/** What is found, as far as it decides what is done about it. */
export const SECRET_KINDS = [
  'access-key',
  'api-key',
  'certificate',
  'client-secret',
  'connection-string',
  'key-store',
  'password',
  'private-key',
  'session',
  'signing-secret',
  'token',
  'webhook',
] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/**
 * Where a rule looks.
 *
 * `token`: the credential begins with one of its grammar's heads, which no letter, digit or underscore precedes unless `glued`.
 * `assigned`: a value that a name gives away: `names` are written in small letters with `_` for every separator (`heroku_api_key`
 * finds `HEROKU-API-KEY`, `herokuApiKey` and `heroku.api.key`), followed within the line by `=`, `:`, `:=`, `=>`, a comma or
 * white space of an option, and by the value, quoted or not.
 * `around`: a literal in the middle or at the end of it; `before` and `after` bound the bytes looked at on its two sides.
 */
export type Shape =
  | { readonly at: 'token'; readonly grammar: Grammar; readonly glued?: boolean }
  | { readonly at: 'assigned'; readonly names: readonly string[]; readonly grammar: Grammar }
  | {
      readonly at: 'around';
      readonly literals: readonly string[];
      readonly grammar: Grammar;
      readonly before: number;
      readonly after: number;
    };

/** One kind of credential of one vendor. */
export interface Rule {
  /** Stable, `vendor-thing` in small letters and hyphens: reports, baselines and suppressions name it. */
  readonly id: string;
  readonly vendor: string;
  /** What it is, as its vendor calls it. */
  readonly name: string;
  readonly kind: SecretKind;
  readonly basis: Basis;
  /** The page that states the format: the vendor's own where `basis` is `documented`. */
  readonly page: string;
  /** The day on which a stored copy of that page was read and showed it, at least its mark; absent where it is from memory. */
  readonly seen?: string;
  /** What of its holder it reveals by itself, or null: `identities/` reads it. */
  readonly reveals: string | null;
  readonly shape: Shape;
  /** Whether a candidate is genuine by its own check digits; absent where its vendor has none. */
  readonly genuine?: (text: string) => boolean;
  /** Least entropy in bits a character that one made by chance would have; below it a candidate is a placeholder. */
  readonly entropy?: number;
  /** Where the secret begins and ends within what the grammar matches; all of it where absent. */
  readonly secret?: (text: string) => readonly [start: number, end: number];
  /** It is a part of an address: what is percent-encoded in it (RFC 3986 §2.1) is meant without. */
  readonly percent?: true;
  /**
   * Whether what the grammar matches is no credential at all, by its text and its surroundings (a reference to a variable, a
   * call, a path, another vendor's): it is no candidate then, in no band.
   */
  readonly unless?: (text: string, where: Surroundings) => boolean;
  /** Whether it is rather an example or a developer's own machine than in use (`localhost`, the user's name as the password). */
  readonly sample?: (text: string) => boolean;
  /** Not secret by itself (a key id, a client id): reported only with the secret it belongs to. */
  readonly public?: boolean;
  /** A public one that is told of even alone, in the low band: it says whose the secret is that belongs to it. */
  readonly told?: boolean;
  /** Rules whose candidates belong to this one when they stand near (an access key id and its secret): one finding. */
  readonly completes?: readonly string[];
  /** Like it, and not it: what the rule must leave. Near misses of the grammar are made by the test beside these. */
  readonly not?: readonly Grammar[];
}

/** What stands around a candidate, as far as a rule asks. */
export interface Surroundings {
  /** At most 200 characters of its line before it, from the line of its name on, and after it. */
  readonly before: string;
  readonly after: string;
  /** Relative to what is scanned, `/` as separator; null where it has none. */
  readonly path: string | null;
}

/** The rules of one vendor, or one family of them: a file under `rules/` exports one. */
export type Family = readonly Rule[];
