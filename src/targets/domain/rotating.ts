/**
 * How far a target can tell who still uses a credential.
 *
 * `complete`: every use since `completeSince` is seen, however short. `sampled`: what is there when one looks; it may hold a
 * withdrawal up, never permit it. `late`: every use, but only after `lagSeconds`. `none`: nothing; then only the longest life of
 * the credential ends the wait.
 */
export const COVERAGES = ['complete', 'sampled', 'late', 'none'] as const;
export type Coverage = (typeof COVERAGES)[number];

/** How a target keeps two credentials working at once. */
export const PAIRINGS = [
  /** Two accounts with the same rights, of which one is in use: PostgreSQL, MariaDB, RabbitMQ. */
  'accounts',
  /** Two passwords or keys of one account: Redis, MySQL, AWS. */
  'keys',
  /** The target makes short-lived ones, of which any number work: Kubernetes, Muster's own certificates. */
  'issued',
] as const;
export type Pairing = (typeof PAIRINGS)[number];

/** A credential as it works on a target. It exists in memory alone, or sealed; never in a job, a log, an error or a record. */
export interface Credential {
  /** As who one signs in. */
  readonly account: string;
  /** Opaque, where the target tells credentials of one account apart by a name (an AWS access key id); else null. */
  readonly keyId: string | null;
  readonly secret: string;
}

/** What can be said of a credential without it. */
export type CredentialName = Pick<Credential, 'account' | 'keyId'>;

/**
 * What is there before anything is made, without secrets: it is stored before the step acts, so that after a crash whoever goes
 * on can tell what the dead one made from what others did.
 */
export type Survey = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What Muster calls itself where it signs in, also with what it proves: its uses count as such, and nobody waits for it. */
export const OWN_APPLICATION = 'muster';

/** Somebody who uses a credential, as the target sees them. */
export interface Caller {
  /** IP address or host; `local` for a socket. */
  readonly address: string;
  /** The name the client gives itself, where it gives one. */
  readonly application: string | null;
  /** The target's own number of the session; null when it is over, or the target numbers none. */
  readonly session: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Whether it is there now. */
  readonly open: boolean;
}

/** Who used one credential since an instant. */
export interface Usage {
  readonly coverage: Coverage;
  /** Why it is not `complete`, in words that say what to change on the target; empty when it is. */
  readonly gaps: readonly string[];
  /** From when on nothing was missed; null unless `complete` or `late`. */
  readonly completeSince: Date | null;
  /** For `late`: how old the newest use is that may still be unknown. */
  readonly lagSeconds: number;
  readonly callers: readonly Caller[];
  readonly observedAt: Date;
}

/** Somebody who holds a credential, by the name that the target itself has for them. */
export interface Holder {
  readonly name: string;
  /** Whether they were seen on the one that stays. */
  readonly onKept: boolean;
}

/** Whether a credential opens the target: `refused` is the target's own word, over a connection that worked. */
export type Proof = { readonly works: true } | { readonly works: false; readonly code: 'refused' };

/**
 * Rotates credentials of one kind of target. Every method is idempotent, may be called again after a crash at any point, and is
 * believed by nobody: `prove` looks, over a connection of its own.
 *
 * A target that does not answer is thrown as TargetError of kind `unavailable`, never reported as `refused`.
 */
export interface Rotator {
  readonly pairing: Pairing;
  /** What of an observation one may hope for, so that a plan can say it before anything runs. */
  coverage(account: string): Promise<{ readonly coverage: Coverage; readonly gaps: readonly string[] }>;
  /** How many seconds a credential lives that nobody withdraws; null for ever. */
  longestLifeSeconds(account: string): Promise<number | null>;
  /** What is there, to be stored before `create`. */
  survey(account: string): Promise<Survey>;
  /**
   * Makes the new credential work beside the old one, which it leaves alone.
   *
   * @param proposed the secret that is to work, where the target takes one: made and stored before, so that it is the same after a crash
   * @param before what `survey` said
   * @returns the credential as it is, with what the target added to it
   */
  create(
    account: string,
    proposed: string,
    before: Survey,
    beside: CredentialName | null,
  ): Promise<{ readonly keyId: string | null; readonly secret: string; readonly expiresAt: Date | null }>;
  prove(credential: Credential): Promise<Proof>;
  /** Begins to watch, where that must be begun: safe to say again. Called before `create`, so that nothing is missed. */
  watch(account: string): Promise<void>;
  /** Who used it since then. */
  usage(name: CredentialName, since: Date): Promise<Usage>;
  /** Who is known to hold it, where the target knows that by itself. */
  holders?(name: CredentialName): Promise<readonly Holder[]>;
  /** Withdraws it, and ends what it still holds open; the other one goes on. */
  revoke(name: Credential, beside: CredentialName | null): Promise<void>;
}
