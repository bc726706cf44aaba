import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { confirm } from '../domain/authenticator.js';
import { maskedEmail } from '../domain/email.js';
import { CustodyError } from '../domain/errors.js';
import { authenticatorImage } from '../domain/images.js';
import { provisioning, TOTP_SECRET_BYTES } from '../domain/totp.js';
import { People } from '../people.service.js';
import { personOf } from '../sessions.service.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { among, Authenticators, type NamedAuthenticator } from './authenticators.service.js';
import { type Owner, Owners } from './owners.js';
import { RelyingParty } from './relying-party.js';
import { TotpCodes } from './totp-codes.js';
import { TotpRepository } from './totp.repository.js';

/** Enrols code generators: the secret is shown once, and counts once a code of it was typed. */
@Injectable()
export class TotpEnrolment {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly owners: Owners,
    private readonly people: People,
    private readonly authenticators: Authenticators,
    private readonly rows: AuthenticatorsRepository,
    private readonly secrets: TotpRepository,
    private readonly codes: TotpCodes,
    private readonly relyingParty: RelyingParty,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Makes a secret. One that was begun before and never confirmed goes.
   *
   * @throws CustodyError `authenticator_taken` where one counts already, `presence_required`, `sign_in_too_old`
   */
  begin(actor: Actor, name: string): Promise<NamedAuthenticator & { uri: string; secret: string }> {
    return this.unitOfWork.run(async (tx) => {
      const owner = await this.owners.lockPresent(tx, actor);
      const { email } = await this.people.seeOne(tx, owner.person);
      const added = await this.authenticators.add(tx, actor, owner, { kind: 'totp', name }, unconfirmed(owner));
      const secret = randomBytes(TOTP_SECRET_BYTES);
      const { id } = added.authenticator;
      await this.secrets.insert(tx, id, this.codes.seal(id, secret));
      return { ...added, ...provisioning(secret, `Muster ${this.relyingParty.id}`, maskedEmail(email ?? '')) };
    });
  }

  /** @throws CustodyError `authenticator_not_found`, `totp_confirmed`, `authenticator_refused` for a wrong code */
  async confirm(actor: Actor, id: Id<'authenticator'>, code: string): Promise<NamedAuthenticator> {
    const { id: personId } = personOf(actor);
    await this.unitOfWork.read(async (tx) => {
      const authenticators = await this.rows.listOf(tx, personId);
      requirePending(among({ authenticators }, id).confirmedAt);
    });
    const right = await this.codes.judge(personId, code, true);
    if (right?.authenticatorId !== id) throw wrongCode();
    return this.unitOfWork.run(async (tx) => {
      const owner = await this.owners.lock(tx, actor);
      const pending = among(owner, id);
      requirePending(pending.confirmedAt);
      if (!(await this.codes.use(tx, right))) throw wrongCode();
      const confirmed = confirm(pending, this.clock.now());
      await this.rows.save(tx, confirmed);
      await this.audit.append(tx, {
        type: 'authenticator.confirmed',
        actor,
        subject: id,
        before: authenticatorImage(pending),
        after: authenticatorImage(confirmed),
      });
      const names = await this.owners.namesOf(tx, personId, [confirmed]);
      return { authenticator: confirmed, name: names.get(id) ?? '' };
    });
  }
}

function unconfirmed({ authenticators }: Owner) {
  const generators = authenticators.filter(({ kind }) => kind === 'totp');
  if (generators.some(({ confirmedAt }) => confirmedAt !== null))
    throw new CustodyError('authenticator_taken', 'You have a code generator already; remove it first.');
  return generators;
}

function requirePending(confirmedAt: Date | null): void {
  if (confirmedAt !== null) throw new CustodyError('totp_confirmed', 'This code generator is confirmed; use it.');
}

function wrongCode(): CustodyError {
  return new CustodyError(
    'authenticator_refused',
    'This is not the code that is shown now; check the clock of the device, and type the next one.',
  );
}
