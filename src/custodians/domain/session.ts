import {
  addSeconds,
  HOUR_SECONDS,
  type Id,
  type Level,
  MINUTE_SECONDS,
  type Proofs,
  type ProvedLevel,
  reaches,
} from '../../kernel/index.js';
import type { SignInPurpose } from './sign-in-token.js';

/** Limits of NIST SP 800-63B-4 at AAL2, and a stricter overall one. */
export const SESSION_IDLE_SECONDS = HOUR_SECONDS;
export const SESSION_LIFE_SECONDS = 12 * HOUR_SECONDS;

/** Idle this long, a session keeps no proof of AAL3; it goes on at AAL2 (SP 800-63B-4 §2.3.3). */
export const LOA4_IDLE_SECONDS = 15 * MINUTE_SECONDS;

/** How often a session's use is written down; between two writes a session in use costs the database one read. */
const SEEN_GRANULARITY_SECONDS = MINUTE_SECONDS;

/** How far a replica's clock may be behind the one that wrote the row. */
const SKEW_SECONDS = MINUTE_SECONDS;

/** What began a session. */
export const SESSION_ORIGINS = [
  'token',
  'passkey',
  'totp',
  'recovery-code',
  'admin-sign-in',
  'single-sign-on',
  'device',
] as const;
export type SessionOrigin = (typeof SESSION_ORIGINS)[number];

export interface Session {
  readonly id: Id<'session'>;
  readonly personId: Id<'person'>;
  readonly beganBy: SessionOrigin;
  /** The highest level ever proved in it. */
  readonly acr: Level;
  /** How (RFC 8176 §2), each once, in order. */
  readonly amr: readonly string[];
  readonly proofs: Proofs;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** What the program that uses it said it runs on, sealed under the person's key; null for browsers. */
  readonly hostSealed: string | null;
}

/** How somebody proved who they are, or that they are present now. */
export interface Proof {
  readonly acr: Level;
  readonly amr: readonly string[];
}

/** What begins a session. */
export interface Beginning extends Proof {
  readonly beganBy: SessionOrigin;
  /** When what was proved was proved: another session's proofs, carried over as they are. Else all of it is fresh. */
  readonly proofs?: Proofs;
  readonly hostSealed?: string;
}

/** A one-time token that was carried to its person: a session and nothing more. */
export const BY_TOKEN = { beganBy: 'token', acr: 'loa1', amr: [] } as const;

/** Printed on the server's machine, it lets in somebody who may have lost everything; else it was carried to them. */
export function originOf({ purpose }: { readonly purpose: SignInPurpose }): 'admin-sign-in' | 'token' {
  return purpose === 'admin-sign-in' ? purpose : 'token';
}

export function startSession(
  id: Id<'session'>,
  personId: Id<'person'>,
  at: Date,
  { beganBy, proofs, hostSealed, ...proof }: Beginning = BY_TOKEN,
): Session {
  const session: Session = {
    id,
    personId,
    beganBy,
    acr: 'loa1',
    amr: [],
    proofs: {},
    startedAt: at,
    lastSeenAt: at,
    expiresAt: addSeconds(at, SESSION_LIFE_SECONDS),
    endedAt: null,
    hostSealed: hostSealed ?? null,
  };
  const raised = raise(session, proof, at);
  return proofs ? { ...raised, proofs } : raised;
}

/** A session in which something was proved: it counts as used, its level never falls, and the proof is fresh. */
export function raise(session: Session, { acr, amr }: Proof, at: Date): Session {
  return {
    ...session,
    acr: reaches(session.acr, acr) ? session.acr : acr,
    amr: [...new Set([...session.amr, ...amr])].sort(),
    proofs: acr === 'loa1' ? session.proofs : { ...session.proofs, [acr satisfies ProvedLevel]: at },
    lastSeenAt: at > session.lastSeenAt ? at : session.lastSeenAt,
  };
}

/**
 * The proofs that still count. One of AAL3 does not outlive fifteen minutes without use: it was one of AAL2 as well, and
 * stays that.
 */
export function standingProofs({ proofs, lastSeenAt }: Session, at: Date): Proofs {
  const { loa4, ...rest } = proofs;
  if (!loa4 || at < addSeconds(lastSeenAt, LOA4_IDLE_SECONDS)) return proofs;
  return { ...rest, loa3: rest.loa3 && rest.loa3 > loa4 ? rest.loa3 : loa4 };
}

/**
 * Whether a session holds at an instant. One that would be used before it was last seen does not: a clock that jumped
 * back must not lengthen it.
 */
export function sessionHolds(session: Session, at: Date): boolean {
  return (
    session.endedAt === null &&
    at < session.expiresAt &&
    at < addSeconds(session.startedAt, SESSION_LIFE_SECONDS) &&
    at < addSeconds(session.lastSeenAt, SESSION_IDLE_SECONDS) &&
    at >= addSeconds(session.lastSeenAt, -SKEW_SECONDS)
  );
}

export function shouldNoteUse(session: Session, at: Date): boolean {
  return at >= addSeconds(session.lastSeenAt, SEEN_GRANULARITY_SECONDS);
}
