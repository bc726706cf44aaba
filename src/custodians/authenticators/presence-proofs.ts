import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Actor, Id, Level } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { hasGrown, levelOf, passkeyLevel, passkeyMethods, totpLevel } from '../domain/authenticator.js';
import { CustodyError } from '../domain/errors.js';
import { SessionsRepository } from '../sessions.repository.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { CopiedPasskey, CopiedPasskeys } from './copied-passkeys.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.js';
import { TotpCodes } from './totp-codes.js';

/** A way in which somebody could prove now that they are present, and what that would prove. */
export interface PresenceMethod {
  readonly kind: 'passkey' | 'totp';
  readonly acr: Exclude<Level, 'loa1'>;
}

/** That a person is present: at which level, how (RFC 8176), and with which authenticator. */
export interface PresenceProof {
  readonly acr: Level;
  readonly amr: readonly string[];
  readonly authenticatorId: Id<'authenticator'>;
  readonly personId: Id<'person'>;
}

/**
 * Verifies that somebody is present. What is proved by it, and for how long, is the caller's to say and to record.
 *
 * Every refusal is the same, `presence_refused`: an answer of another person's authenticator, for another challenge,
 * without user verification, signed twice, and a code that is wrong, used or locked.
 */
@Injectable()
export class PresenceProofs {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly passkeys: PasskeysRepository,
    private readonly sessions: SessionsRepository,
    private readonly relyingParty: RelyingParty,
    private readonly copies: CopiedPasskeys,
    private readonly codes: TotpCodes,
    private readonly clock: SystemClock,
  ) {}

  /** The ways this person has in this session, the strongest first; none where they have enrolled nothing that counts. */
  async methodsOf(tx: Tx, personId: Id<'person'>, sessionId: Id<'session'>): Promise<readonly PresenceMethod[]> {
    const session = await this.sessions.find(tx, sessionId);
    if (session?.personId !== personId) return [];
    const enrolled = (await this.authenticators.listOf(tx, personId)).filter(({ confirmedAt }) => confirmedAt !== null);
    const methods = enrolled.flatMap((authenticator): PresenceMethod[] => {
      const acr = levelOf(authenticator, session.beganBy);
      return authenticator.kind === 'recovery-codes' || acr === 'loa1' ? [] : [{ kind: authenticator.kind, acr }];
    });
    const distinct = new Map(methods.map((method) => [`${method.acr} ${method.kind}`, method]));
    return [...distinct.values()].sort((one, other) => (one.acr < other.acr ? 1 : -1));
  }

  /**
   * What a browser is asked for a person's passkeys to sign.
   *
   * @param challenge 16 bytes or more that nobody could have foreseen; it may bind what is agreed to
   */
  async optionsFor(tx: Tx, personId: Id<'person'>, challenge: Buffer): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.relyingParty.requestOptions(challenge, await this.passkeys.listOf(tx, personId));
  }

  /**
   * Verifies a passkey's answer and notes its counter, in the caller's transaction. Have it run within `tellingOfCopies`.
   *
   * @param personId whose passkey it must be
   * @throws CustodyError `presence_refused`
   */
  async verify(
    tx: Tx,
    personId: Id<'person'>,
    challenge: Buffer,
    response: AuthenticationResponseJSON,
  ): Promise<PresenceProof> {
    const passkey = await this.passkeys.lock(tx, Buffer.from(response.id, 'base64url'));
    if (passkey?.personId !== personId) throw refused();
    const counter = await this.relyingParty.asserted(challenge, passkey, response);
    if (counter === undefined) throw refused();
    if (!hasGrown(counter, passkey.signCount))
      throw refused(new CopiedPasskey(passkey.authenticatorId, personId, counter, passkey.signCount));
    const { authenticatorId, backupEligible } = passkey;
    await this.passkeys.noteUse(tx, authenticatorId, counter, this.clock.now());
    return { acr: passkeyLevel(backupEligible), amr: passkeyMethods(backupEligible), authenticatorId, personId };
  }

  /** Runs a use case that verifies a passkey: where that looks copied, it is recorded and told beside the refusal. */
  tellingOfCopies<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
    return this.copies.toldOf(actor, work);
  }

  /**
   * Verifies a code, in transactions of its own: call it outside of any. The code is spent whatever becomes of the rest.
   *
   * @returns a proof of `loa2`, or of no more than `loa1` in a session whose first factor was no other kind
   * @throws CustodyError `presence_refused`
   */
  async verifyTotp(personId: Id<'person'>, sessionId: Id<'session'>, code: string): Promise<PresenceProof> {
    const session = await this.unitOfWork.read((tx) => this.sessions.find(tx, sessionId));
    if (session?.personId !== personId) throw refused();
    const right = await this.codes.judge(personId, code);
    if (!right || !(await this.unitOfWork.aside((tx) => this.codes.use(tx, right)))) throw refused();
    return { acr: totpLevel(session.beganBy), amr: ['otp'], authenticatorId: right.authenticatorId, personId };
  }
}

function refused(cause?: CopiedPasskey): CustodyError {
  const words = 'This does not prove that you are here; try again, or use another way.';
  return new CustodyError('presence_refused', words, { cause });
}
