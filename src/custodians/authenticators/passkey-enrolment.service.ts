import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Actor, Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { translated } from '../constraints.js';
import { passkeyLevel, passkeyMethods } from '../domain/authenticator.js';
import { maskedEmail } from '../domain/email.js';
import { CustodyError } from '../domain/errors.js';
import { People } from '../people.service.js';
import { personOf, Sessions } from '../sessions.service.js';
import { Authenticators, type NamedAuthenticator } from './authenticators.service.js';
import { Ceremonies } from './ceremonies.js';
import { Owners } from './owners.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.js';

/** Enrols passkeys. */
@Injectable()
export class PasskeyEnrolment {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly owners: Owners,
    private readonly people: People,
    private readonly authenticators: Authenticators,
    private readonly passkeys: PasskeysRepository,
    private readonly sessions: Sessions,
    private readonly clock: SystemClock,
    private readonly ceremonies: Ceremonies,
    private readonly relyingParty: RelyingParty,
  ) {}

  /**
   * What the caller's browser is asked to make a passkey by. Whoever looks at the device's list of passkeys sees the
   * name and no more of the address than its first letter.
   *
   * @throws CustodyError `presence_required`, `sign_in_too_old`
   */
  begin(actor: Actor): Promise<{ ceremonyId: Id<'ceremony'>; publicKey: PublicKeyCredentialCreationOptionsJSON }> {
    const { sessionId } = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      const { person } = await this.owners.lockPresent(tx, actor);
      const { name, email } = await this.people.seeOne(tx, person);
      const { id, challenge } = await this.ceremonies.begin(tx, 'enrolment', sessionId);
      const owner = { id: person.id, name: maskedEmail(email ?? ''), displayName: name };
      const enrolled = await this.passkeys.listOf(tx, person.id);
      return { ceremonyId: id, publicKey: await this.relyingParty.creationOptions(owner, challenge, enrolled) };
    });
  }

  /**
   * Keeps the passkey that the browser made. Whoever made it was verified by it just now, so that it counts as a proof.
   *
   * @param response attacker-controlled
   * @throws CustodyError `ceremony_over`, `authenticator_refused`, `authenticator_taken`, `authenticators_full`,
   *   `presence_required`, `sign_in_too_old`
   */
  finish(
    actor: Actor,
    ceremonyId: Id<'ceremony'>,
    name: string,
    response: RegistrationResponseJSON,
  ): Promise<NamedAuthenticator> {
    const { sessionId } = personOf(actor);
    return translated(
      this.unitOfWork.run(async (tx) => {
        const owner = await this.owners.lockPresent(tx, actor);
        const challenge = await this.ceremonies.end(tx, 'enrolment', ceremonyId, sessionId);
        const passkey = await this.relyingParty.registered(challenge, response);
        if (!passkey)
          throw new CustodyError(
            'authenticator_refused',
            `This passkey was not made here, or without verifying you. Make it on ${this.relyingParty.origin}.`,
          );
        const { backupEligible, credentialId, publicKey } = passkey;
        const image = {
          credential_id: credentialId.toString('base64url'),
          public_key: publicKey.toString('base64url'),
        };
        const wanted = { kind: 'passkey', name, backupEligible } as const;
        const [acr, amr] = [passkeyLevel(backupEligible), passkeyMethods(backupEligible)];
        const session = await this.sessions.raise(tx, sessionId, acr, amr, this.clock.now());
        const added = await this.authenticators.add(tx, actor, owner, wanted, [], {
          before: { session: session.before },
          after: { ...image, session: session.after },
        });
        await this.passkeys.insert(tx, added.authenticator.id, passkey);
        return added;
      }),
    );
  }
}
