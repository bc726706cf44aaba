import type { Rotator } from './rotating.js';

/** What an account has on a target, as it was seen there. */
export interface Observation {
  readonly exists: boolean;
  /** Whether it can sign in by itself. */
  readonly canLogin: boolean;
  /** Names of the roles or groups that it was put into. */
  readonly memberships: readonly string[];
  /** What was granted to it by name, in the words in which grants' scopes say it; the first of them where they are many. */
  readonly privileges: readonly string[];
  /** How many there are in all. */
  readonly privilegeCount: number;
  readonly openSessions: number;
  readonly observedAt: Date;
}

/** Whether an account may still do something, and by what: `PUBLIC`, the name of a role, its own. */
export interface Holding {
  readonly held: boolean;
  readonly through: readonly string[];
}

/** One thing that Muster's own role may or may not do there, in words. */
export interface Ability {
  readonly what: 'observe' | 'remove' | 'close' | 'end-sessions';
  readonly able: boolean;
  readonly words: string;
}

/** How to get into a target, as its adapter reads it from a URL. Whatever is secret of it stays in the adapter's own part. */
export interface Access {
  /** Where it is and as whom, without any secret. */
  readonly place: string;
  /** The name or address of its host; null for a socket of this machine. */
  readonly host: string | null;
  /** Whether the connection is encrypted and the host proves its name. */
  readonly verified: boolean;
}

/** The way to a target: addresses that were judged already, and the authorities that are believed there. */
export interface Way {
  readonly addresses: readonly string[];
  /** PEM, beside the system's; null for the system's alone. */
  readonly caCertificates: string | null;
  /** Whether an administrator consented to an address on a network of one's own. */
  readonly ownNetwork: boolean;
}

/**
 * One system, over one connection. Every method may be called again after a crash: what is so already stays so, and none of
 * them is believed. Whoever acts looks again afterwards, over another connection.
 */
export interface Inside {
  /** What Muster's own role may do there. */
  check(): Promise<readonly Ability[]>;
  observe(account: string): Promise<Observation>;
  /** @throws TargetError `scope_not_understood`, `object_unknown` */
  holds(account: string, scope: string): Promise<Holding>;
  /**
   * Takes from an account what was granted to it by name.
   *
   * @throws TargetError `scope_not_understood`, `object_unknown`, `granted_on`, `not_permitted`
   */
  remove(account: string, scope: string): Promise<void>;
  /**
   * Shuts an account: it cannot sign in, has no password and no memberships, and its sessions end.
   *
   * @throws TargetError `account_reserved`, `not_permitted`
   */
  close(account: string): Promise<void>;
}

/** A kind of system. */
export interface Adapter<Of extends Access = Access> {
  /** @throws TargetError `url_invalid` */
  read(url: string): Of;
  /** Whether an account may have that name, without looking. @throws TargetError `account_invalid`, `account_reserved` */
  checkAccount(access: Of, account: string): void;
  /** Does work over one connection, and closes it. @throws TargetError */
  within<Result>(access: Of, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result>;
  /** Rotates credentials there; it opens its own connections, by that way and no other. */
  rotator(access: Of, way: Way): Rotator;
}

/** What is left of what was to go, seen by looking again. */
export interface Outcome {
  readonly gone: boolean;
  /** Where it is not: by what the account still has it, or what of the account is still open. */
  readonly remains: readonly string[];
  readonly observation: Observation;
}

/** Whether an account is shut, by what was seen of it. */
export function closedOutcome(observation: Observation): Outcome {
  const remains = [
    ...(observation.canLogin ? ['login'] : []),
    ...observation.memberships.map((name) => `membership ${name}`),
    ...(observation.openSessions > 0 ? ['sessions'] : []),
  ];
  return { gone: remains.length === 0, remains, observation };
}
