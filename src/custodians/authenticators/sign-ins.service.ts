import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { Audit } from '../../audit/index.js';
import type { Actor, Id, Json } from '../../kernel/index.js';
import { Keystore, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { normalEmail } from '../domain/email.js';
import { CustodyError } from '../domain/errors.js';
import { sessionImage } from '../domain/images.js';
import { isLive, type Person } from '../domain/person.js';
import type { Beginning } from '../domain/session.js';
import { PeopleRepository } from '../people.repository.js';
import { Sessions, type StartedSession } from '../sessions.service.js';
import { SignInLimits } from '../sign-in-limits.js';
import { signedIn } from '../sign-in.service.js';
import { Ceremonies } from './ceremonies.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { PresenceProofs } from './presence-proofs.js';
import { RecoveryCodes } from './recovery-codes.service.js';
import { RelyingParty } from './relying-party.js';
import { TotpCodes } from './totp-codes.js';

/**
 * Signing in with what one has enrolled. Whoever is not let in learns nothing else: an unknown address, somebody who
 * left, a wrong code and a code of before are one refusal.
 */
@Injectable()
export class SignIns {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly people: PeopleRepository,
    private readonly passkeys: PasskeysRepository,
    private readonly proofs: PresenceProofs,
    private readonly ceremonies: Ceremonies,
    private readonly relyingParty: RelyingParty,
    private readonly totp: TotpCodes,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly sessions: Sessions,
    private readonly limits: SignInLimits,
    private readonly keystore: Keystore,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** What a browser is asked to sign with whichever of its passkeys is for here: no user name is needed or told. */
  beginWithPasskey(): Promise<{ ceremonyId: Id<'ceremony'>; publicKey: PublicKeyCredentialRequestOptionsJSON }> {
    return this.unitOfWork.run(async (tx) => {
      const { id, challenge } = await this.ceremonies.begin(tx, 'sign-in', null);
      return { ceremonyId: id, publicKey: await this.relyingParty.requestOptions(challenge) };
    });
  }

  /**
   * @param response attacker-controlled
   * @param address where the request came from
   * @throws CustodyError `sign_in_refused`
   */
  withPasskey(
    actor: Actor,
    ceremonyId: Id<'ceremony'>,
    response: AuthenticationResponseJSON,
    address: string,
  ): Promise<StartedSession> {
    const signIn = () =>
      this.unitOfWork.run(async (tx) => {
        const challenge = await this.ceremonies.end(tx, 'sign-in', ceremonyId, null);
        const passkey = await this.passkeys.find(tx, Buffer.from(response.id, 'base64url'));
        const person = passkey && (await this.lockLive(tx, passkey.personId));
        if (!person || !namesOwner(response, person.id)) throw refused();
        const { acr, amr, authenticatorId } = await this.proofs.verify(tx, person.id, challenge, response);
        return this.start(tx, actor, person, { beganBy: 'passkey', acr, amr }, { authenticator: authenticatorId });
      });
    return this.counted(address, undefined, () => this.proofs.tellingOfCopies(actor, signIn));
  }

  /**
   * A code after an e-mail address: something one has, and nothing that one knows, so `loa1`.
   *
   * @throws CustodyError `sign_in_refused`; RequestError `rate_limited`
   */
  async withTotp(actor: Actor, email: string, code: string, address: string): Promise<StartedSession> {
    return this.byEmail(email, address, async (person) => {
      const right = await this.totp.judge(person.id, code);
      if (!right) throw refused();
      return this.unitOfWork.run(async (tx) => {
        const live = await this.lockLive(tx, person.id);
        if (!live || !(await this.totp.use(tx, right))) throw refused();
        const by = { authenticator: right.authenticatorId };
        return this.start(tx, actor, live, { beganBy: 'totp', acr: 'loa1', amr: ['otp'] }, by);
      });
    });
  }

  /**
   * A recovery code in place of what was lost: it lets in to enrol anew, and every administrator is told.
   *
   * @throws CustodyError `sign_in_refused`; RequestError `rate_limited`
   */
  async withRecoveryCode(actor: Actor, email: string, code: string, address: string): Promise<StartedSession> {
    return this.byEmail(email, address, (person) =>
      this.unitOfWork.run(async (tx) => {
        const live = await this.lockLive(tx, person.id);
        const authenticator = live && (await this.recoveryCodes.spend(tx, live.id, code, this.clock.now()));
        if (!live || !authenticator) throw refused();
        return this.start(tx, actor, live, { beganBy: 'recovery-code', acr: 'loa1', amr: [] }, { authenticator });
      }),
    );
  }

  /**
   * Starts a session for somebody whose row is locked, and records it as theirs.
   *
   * @param by what else there is after it
   * @param before what of that was otherwise before
   */
  async start(
    tx: Tx,
    actor: Actor,
    person: Person,
    beginning: Beginning,
    by: Readonly<Record<string, Json>>,
    before: Json = null,
  ): Promise<StartedSession> {
    const started = await this.sessions.start(tx, person.id, this.clock.now(), beginning);
    await this.audit.append(tx, {
      type: 'session.started',
      actor: signedIn(actor, person, started),
      subject: person.id,
      before,
      after: { session: sessionImage(started.session), ...by },
    });
    return started;
  }

  private async byEmail(
    typed: string,
    address: string,
    signIn: (person: Person) => Promise<StartedSession>,
  ): Promise<StartedSession> {
    const who = this.keystore.blindIndex('person.email', normalOr(typed));
    await this.limits.admit(who);
    return this.counted(address, who, async () => {
      const person = await this.unitOfWork.read((tx) => this.people.findByEmail(tx, who));
      if (!person || !isLive(person)) throw refused();
      return signIn(person);
    });
  }

  /** Every failure counts, and all failures look alike. */
  private async counted<Result>(
    address: string,
    who: Buffer | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      await this.limits.countFailure(address, who);
      throw refused();
    }
  }

  private async lockLive(tx: Tx, id: Id<'person'>): Promise<Person | undefined> {
    const person = (await this.people.lock(tx, [id])).get(id);
    return person && isLive(person) ? person : undefined;
  }
}

/** A discoverable passkey says whose it is (WebAuthn Level 3 §7.2 step 6): where it does, it must be right. */
function namesOwner({ response }: AuthenticationResponseJSON, id: Id<'person'>): boolean {
  const { userHandle } = response;
  return userHandle == null || Buffer.from(userHandle, 'base64url').equals(Buffer.from(id));
}

function normalOr(typed: string): string {
  try {
    return normalEmail(typed);
  } catch {
    return typed;
  }
}

function refused(): CustodyError {
  return new CustodyError('sign_in_refused', 'This does not let you in. Try again, or ask an administrator.');
}
