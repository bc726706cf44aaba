import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { Administrators, personBehind } from '../administrators.js';
import { requireResettable } from '../domain/authenticator.js';
import { authenticatorImage, signInTokenImage } from '../domain/images.js';
import { SessionsRepository } from '../sessions.repository.js';
import { type IssuedSignIn, SignInTokens } from '../sign-in-tokens.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';

/** Lost authenticators: somebody else, an administrator, ends them and hands their owner a way back in. */
@Injectable()
export class Resets {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly administrators: Administrators,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: SignInTokens,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Ends a person's authenticators and sessions, and makes a one-time sign-in token. Never one's own: an administrator
   * needs another administrator, and where there is none, `muster admin sign-in` on the server's machine is the way.
   *
   * @throws CustodyError `own_reset`, `person_departed`, `person_not_found`, `authority_lost`
   */
  reset(actor: Actor, id: Id<'person'>): Promise<IssuedSignIn> {
    return this.unitOfWork.run(async (tx) => {
      const person = await this.administrators.lock(tx, actor, id);
      requireResettable(person, personBehind(actor));
      const at = this.clock.now();
      const lost = await this.authenticators.deleteAll(tx, id);
      const ended = await this.sessions.endAll(tx, id, at);
      const issued = await this.tokens.issue(tx, 'reset', id, principalName(actor.principal), at);
      await this.audit.append(tx, {
        type: 'authenticator.reset',
        actor,
        subject: id,
        before: { authenticators: lost.map(authenticatorImage) },
        after: { ended_sessions: [...ended], sign_in_token: signInTokenImage(issued.row) },
      });
      return issued;
    });
  }
}
