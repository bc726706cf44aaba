import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, principalName } from '../../kernel/index.js';
import { Config, SystemClock, UnitOfWork } from '../../platform/index.js';
import { Owners } from '../authenticators/owners.js';
import { signInTokenImage } from '../domain/images.js';
import { SignInTokens } from '../sign-in-tokens.js';

/** A link that signs one browser in, once. */
export interface BrowserLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The way from a program to a browser, for people who have nothing yet to sign in there with. */
@Injectable()
export class BrowserSignIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly owners: Owners,
    private readonly tokens: SignInTokens,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
    private readonly config: Config,
  ) {}

  /**
   * Lets the caller's browser in as them. Whoever could enrol an authenticator in this session could let themselves in
   * with that, so this asks for the same and gives no more: a session of `loa1`.
   *
   * @param next the page to go on to
   * @throws CustodyError `presence_required`, `sign_in_too_old`
   */
  link(actor: Actor, next: string): Promise<BrowserLink> {
    return this.unitOfWork.run(async (tx) => {
      const { person } = await this.owners.lockPresent(tx, actor);
      const by = principalName(actor.principal);
      const { token, row } = await this.tokens.issue(tx, 'browser', person.id, by, this.clock.now());
      await this.audit.append(tx, {
        type: 'sign-in.token-created',
        actor,
        subject: person.id,
        after: signInTokenImage(row),
      });
      const query = new URLSearchParams({ next }).toString();
      // Behind the #, which browsers send to nobody and no log keeps.
      return { url: `${this.config.publicUrl}/invitation?${query}#${token}`, expiresAt: row.expiresAt };
    });
  }
}
