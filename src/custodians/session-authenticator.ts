import { Injectable, Optional } from '@nestjs/common';
import type { Principal } from '../kernel/index.js';
import { Authenticator, RequestError, type ShownCredentials, SystemClock } from '../platform/index.js';
import { reachOf } from './domain/authenticator.js';
import { isOpaqueToken, TOKEN_PREFIXES, tokenHash } from './domain/opaque-token.js';
import { sessionHolds, shouldNoteUse, standingProofs } from './domain/session.js';
import { Emergencies } from './emergencies.js';
import { SessionsRepository } from './sessions.repository.js';

/**
 * Recognises people by their session token.
 *
 * Roles and status are read with the session, on every request: a departure or a lost role counts at once. Every way in
 * which a session does not hold gets the same answer.
 */
@Injectable()
export class SessionAuthenticator extends Authenticator {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly clock: SystemClock,
    @Optional() private readonly emergencies?: Emergencies,
  ) {
    super();
  }

  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    if (!bearer?.startsWith(TOKEN_PREFIXES.session)) return undefined;
    if (!isOpaqueToken('session', bearer)) throw refused();
    const session = await this.sessions.findByToken(tokenHash(bearer));
    const at = this.clock.now();
    if (!session || !sessionHolds(session, at)) throw refused();
    if (shouldNoteUse(session, at)) await this.sessions.noteUse(session.id, at);
    const breakGlass = await this.emergencies?.lentTo(session.personId, at);
    const reach = reachOf(session.means, session.beganBy);
    return {
      kind: 'person',
      id: session.personId,
      sessionId: session.id,
      roles: session.roles,
      acr: session.acr,
      amr: session.amr,
      proofs: standingProofs(session, at),
      ...(reach !== 'loa1' && { reach }),
      authenticatedAt: session.startedAt,
      ...(breakGlass && { breakGlass }),
    };
  }
}

function refused(): RequestError {
  return new RequestError('credential_invalid', 'This credential is not valid; sign in again.');
}
