import { z } from 'zod';
import { type Actor, type Id, LEVELS } from '../kernel/index.js';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import { SESSION_IDLE_SECONDS, SESSION_ORIGINS, type Session } from './domain/session.js';
import { NOTICE_KINDS, REMINDERS } from './domain/reminders.js';
import type { WhatIsMine } from './me.service.js';
import { personSchema, showPerson } from './people.dto.js';
import { personOf, type StartedSession } from './sessions.service.js';

/** A token as somebody typed it; whether it has the right form is no business of the caller's. */
const shownToken = z.string().min(1).max(512);

/** How the session is kept: by the caller as a token, or by a browser in a cookie that no script can read. */
export const keep = z.enum(['cookie', 'token']).default('token');

export const setupBody = z.strictObject({ setupToken: shownToken, name: line(200), email: line(254), keep });
export const signInBody = z.strictObject({ signInToken: shownToken, keep });
export const sessionsQuery = z.strictObject({ ...pageQuery, personId: idOf('person').optional() });
export const sessionParameter = z.union([idOf('session'), z.literal('current')]);

/** A session with its token: said once, never again, and not at all where a cookie carries it. */
export const startedSessionSchema = z
  .strictObject({ id: idOf('session'), token: z.string().optional(), expiresAt: instant, idleTimeoutSeconds: z.int() })
  .meta({ id: 'StartedSession' });

export const setupAnswer = z
  .strictObject({ person: personSchema, session: startedSessionSchema })
  .meta({ id: 'CompletedSetup' });
export const signInAnswer = z.strictObject({ session: startedSessionSchema }).meta({ id: 'SignedIn' });

export const sessionSchema = z
  .strictObject({
    id: idOf('session'),
    personId: idOf('person'),
    current: z.boolean(),
    /** How its person came in; `device` is a program that they let in from their browser. */
    beganBy: z.enum(SESSION_ORIGINS),
    /** What that program calls the machine it runs on, for example `CLI on build-01`; null for browsers. */
    label: z.string().nullable(),
    startedAt: instant,
    lastSeenAt: instant,
    /** When it ends at the latest; sooner without use. */
    expiresAt: instant,
  })
  .meta({ id: 'Session' });

/** Something every administrator must hear about: somebody came in past their authenticators, or may. */
const noticeSchema = z
  .strictObject({
    kind: z.enum(NOTICE_KINDS),
    personId: idOf('person'),
    at: instant,
    /** Who saw to it: a person, or `system:control-socket`. Null where the person did by themselves. */
    by: z.string().nullable(),
    /** When the token that came of it was used; null until then. */
    spentAt: instant.nullable(),
  })
  .meta({ id: 'Notice' });

const level = z.enum(LEVELS);
/** What the caller has at hand, and is better off doing. */
const enrolledSchema = z.strictObject({
  passkeys: z.int(),
  totp: z.boolean(),
  recoveryCodesLeft: z.int(),
  /** The highest level that these can prove in this session; null for none. */
  reach: level.nullable(),
});

/** Broken glass that is open or waits for its review: everybody's for administrators, one's own for others. */
const emergencySchema = z
  .strictObject({
    id: idOf('breakGlass'),
    personId: idOf('person'),
    state: z.enum(['open', 'review-due', 'review-overdue']),
    openedAt: instant,
    endsAt: instant,
    reviewDueAt: instant,
  })
  .meta({ id: 'Emergency' });

export const meSchema = z
  .strictObject({
    person: personSchema,
    session: z.strictObject({
      id: idOf('session'),
      startedAt: instant,
      acr: level,
      amr: z.array(z.string()),
      /** The proofs that still count, and how old each is. */
      proofs: z.array(z.strictObject({ acr: level, provedAt: instant, ageSeconds: z.int() })),
    }),
    authenticators: enrolledSchema,
    reminders: z.array(z.enum(REMINDERS)),
    notices: z.array(noticeSchema),
    emergencies: z.array(emergencySchema),
  })
  .meta({ id: 'Me' });

export function showStarted({ session, token }: StartedSession): z.input<typeof startedSessionSchema> {
  return { id: session.id, token, expiresAt: toInstant(session.expiresAt), idleTimeoutSeconds: SESSION_IDLE_SECONDS };
}

/** @param hosts what programs run on, by session */
export function showSession(
  actor: Actor,
  hosts: ReadonlyMap<Id<'session'>, string>,
): (session: Session) => z.input<typeof sessionSchema> {
  const { sessionId } = personOf(actor);
  return ({ id, personId, beganBy, startedAt, lastSeenAt, expiresAt }) => ({
    id,
    personId,
    current: id === sessionId,
    beganBy,
    label: hosts.has(id) ? `CLI on ${hosts.get(id)!}` : null,
    startedAt: toInstant(startedAt),
    lastSeenAt: toInstant(lastSeenAt),
    expiresAt: toInstant(expiresAt),
  });
}

export function showMe(actor: Actor, me: WhatIsMine): z.input<typeof meSchema> {
  const { sessionId, authenticatedAt, acr, amr, reach } = personOf(actor);
  const { passkeys, totp, recoveryCodesLeft } = me.enrolled;
  return {
    person: showPerson(me.seen),
    session: {
      id: sessionId,
      startedAt: toInstant(authenticatedAt),
      acr,
      amr: [...amr],
      proofs: me.proofs.map(({ provedAt, ...proof }) => ({ ...proof, provedAt: toInstant(provedAt) })),
    },
    authenticators: { passkeys, totp, recoveryCodesLeft, reach: reach ?? null },
    reminders: [...me.reminders],
    notices: me.notices.map(({ at, spentAt, ...notice }) => ({
      ...notice,
      at: toInstant(at),
      spentAt: toInstantOrNull(spentAt),
    })),
    emergencies: me.emergencies.map(({ openedAt, endsAt, reviewDueAt, ...emergency }) => ({
      ...emergency,
      openedAt: toInstant(openedAt),
      endsAt: toInstant(endsAt),
      reviewDueAt: toInstant(reviewDueAt),
    })),
  };
}
