import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import {
  type Actor,
  addSeconds,
  DAY_SECONDS,
  type Id,
  type Json,
  type Level,
  type Principal,
} from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { CustodyError } from './domain/errors.js';
import { sessionImage } from './domain/images.js';
import { type Beginning, raise, type Session, sessionHolds, standingProofs, startSession } from './domain/session.js';
import { FreshTokens } from './fresh-tokens.js';
import { SessionsRepository } from './sessions.repository.js';

/** How long an ended session's row is kept beside the log. */
const KEEP_SECONDS = 30 * DAY_SECONDS;

type Person = Extract<Principal, { kind: 'person' }>;

/** A session as handed out: the token leaves once. */
export interface StartedSession {
  readonly session: Session;
  readonly token: string;
}

/** People's sessions: short-lived, opaque, stored as digests. */
@Injectable()
export class Sessions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionsRepository,
    private readonly fresh: FreshTokens,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** Starts a session inside the use case that proved who the person is; that use case records it. */
  async start(tx: Tx, personId: Id<'person'>, at: Date, beginning?: Beginning): Promise<StartedSession> {
    const session = startSession(this.ids.next('session'), personId, at, beginning);
    const { token, hash } = this.fresh.next('session');
    await this.sessions.sweep(tx, personId, addSeconds(at, -KEEP_SECONDS));
    await this.sessions.insert(tx, session, hash);
    return { session, token };
  }

  /**
   * Notes in a session that a level was proved, inside the use case that verified the proof; that use case records it.
   *
   * @returns the session's images before and after
   * @throws CustodyError `session_not_found` when it no longer holds
   */
  async raise(
    tx: Tx,
    id: Id<'session'>,
    acr: Level,
    amr: readonly string[],
    at: Date,
  ): Promise<{ readonly before: Json; readonly after: Json }> {
    const session = await this.sessions.lock(tx, id);
    if (!session || !sessionHolds(session, at))
      throw new CustodyError('session_not_found', 'This session has ended; sign in again.');
    const raised = raise({ ...session, proofs: standingProofs(session, at) }, { acr, amr }, at);
    await this.sessions.saveProofs(tx, raised);
    return { before: sessionImage(session), after: sessionImage(raised) };
  }

  /** One more than `limit` sessions that hold now: an administrator's view is everybody's, another's is their own. */
  list(actor: Actor, of: Id<'person'> | undefined, after: string | undefined, limit: number): Promise<Session[]> {
    const person = personOf(actor);
    const whose = isAdministrator(person) ? of : person.id;
    if (of !== undefined && whose !== of) return Promise.resolve([]);
    return this.unitOfWork.readOne((tx) => this.sessions.list(tx, whose, this.clock.now(), after, limit + 1));
  }

  /**
   * Ends a session: one's own, or anybody's for an administrator. One that has ended stays so, unrecorded.
   *
   * @throws CustodyError `session_not_found`, also for somebody else's session, so that ids cannot be probed
   */
  end(actor: Actor, id: Id<'session'> | 'current'): Promise<void> {
    const person = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      const session = await this.sessions.lock(tx, id === 'current' ? person.sessionId : id);
      if (!session || (session.personId !== person.id && !isAdministrator(person)))
        throw new CustodyError('session_not_found', 'No session of yours has that id; list your sessions.');
      if (session.endedAt !== null) return;
      const at = this.clock.now();
      await this.sessions.end(tx, session.id, at);
      await this.audit.append(tx, {
        type: 'session.ended',
        actor,
        subject: session.personId,
        before: sessionImage(session),
        after: sessionImage({ ...session, endedAt: at }),
      });
    });
  }
}

/** Sessions are people's; the policy lets nobody else ask. */
export function personOf({ principal }: Actor): Person {
  if (principal.kind !== 'person') throw new CustodyError('session_not_found', 'Only people have sessions.');
  return principal;
}

function isAdministrator(person: Person): boolean {
  return person.roles.includes('administrator');
}
