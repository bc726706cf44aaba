import { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import { SESSION_IDLE_SECONDS, type Session } from './domain/session.js';
import type { SignInToken } from './domain/sign-in-token.js';
import { personSchema, showPerson } from './people.dto.js';
import type { SeenPerson } from './personal-fields.js';
import { personOf, type StartedSession } from './sessions.service.js';

/** A token as somebody typed it; whether it has the right form is no business of the caller's. */
const shownToken = z.string().min(1).max(512);

export const setupBody = z.strictObject({ setupToken: shownToken, name: line(200), email: line(254) });
export const signInBody = z.strictObject({ signInToken: shownToken });
export const sessionsQuery = z.strictObject({ ...pageQuery, personId: idOf('person').optional() });
export const sessionParameter = z.union([idOf('session'), z.literal('current')]);

/** A session with its token: said once, never again. */
export const startedSessionSchema = z
  .strictObject({ id: idOf('session'), token: z.string(), expiresAt: instant, idleTimeoutSeconds: z.int() })
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
    startedAt: instant,
    lastSeenAt: instant,
    /** When it ends at the latest; sooner without use. */
    expiresAt: instant,
  })
  .meta({ id: 'Session' });

/** Something every administrator must hear about. */
const noticeSchema = z
  .strictObject({
    kind: z.literal('sign-in-printed'),
    personId: idOf('person'),
    printedAt: instant,
    spentAt: instant.nullable(),
  })
  .meta({ id: 'Notice' });

export const meSchema = z
  .strictObject({
    person: personSchema,
    session: z.strictObject({ id: idOf('session'), startedAt: instant }),
    notices: z.array(noticeSchema),
  })
  .meta({ id: 'Me' });

export function showStarted({ session, token }: StartedSession): z.input<typeof startedSessionSchema> {
  return { id: session.id, token, expiresAt: toInstant(session.expiresAt), idleTimeoutSeconds: SESSION_IDLE_SECONDS };
}

export function showSession(actor: Actor): (session: Session) => z.input<typeof sessionSchema> {
  const { sessionId } = personOf(actor);
  return ({ id, personId, startedAt, lastSeenAt, expiresAt }) => ({
    id,
    personId,
    current: id === sessionId,
    startedAt: toInstant(startedAt),
    lastSeenAt: toInstant(lastSeenAt),
    expiresAt: toInstant(expiresAt),
  });
}

export function showMe(actor: Actor, seen: SeenPerson, printed: readonly SignInToken[]): z.input<typeof meSchema> {
  const { sessionId, authenticatedAt } = personOf(actor);
  return {
    person: showPerson(seen),
    session: { id: sessionId, startedAt: toInstant(authenticatedAt) },
    notices: printed.map(({ personId, madeAt, spentAt }) => ({
      kind: 'sign-in-printed' as const,
      personId: personId!,
      printedAt: toInstant(madeAt),
      spentAt: toInstantOrNull(spentAt),
    })),
  };
}
