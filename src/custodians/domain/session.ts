import { addSeconds, HOUR_SECONDS, type Id, MINUTE_SECONDS } from '../../kernel/index.js';

/** Limits of NIST SP 800-63B-4 at AAL2, and a stricter overall one. */
export const SESSION_IDLE_SECONDS = HOUR_SECONDS;
export const SESSION_LIFE_SECONDS = 12 * HOUR_SECONDS;

/** How often a session's use is written down; between two writes a session in use costs the database one read. */
const SEEN_GRANULARITY_SECONDS = MINUTE_SECONDS;

/** How far a replica's clock may be behind the one that wrote the row. */
const SKEW_SECONDS = MINUTE_SECONDS;

export interface Session {
  readonly id: Id<'session'>;
  readonly personId: Id<'person'>;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export function startSession(id: Id<'session'>, personId: Id<'person'>, at: Date): Session {
  return {
    id,
    personId,
    startedAt: at,
    lastSeenAt: at,
    expiresAt: addSeconds(at, SESSION_LIFE_SECONDS),
    endedAt: null,
  };
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
