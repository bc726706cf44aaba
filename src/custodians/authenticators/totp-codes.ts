import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Keystore, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { isCode, lockedUntil, stepOf } from '../domain/totp.js';
import { TotpRepository } from './totp.repository.js';

/** A code that is right for a step, and not used up by that yet. */
export interface RightCode {
  readonly authenticatorId: Id<'authenticator'>;
  readonly step: number;
}

/** Verifies codes of code generators. An attempt counts, in a transaction of its own, whatever becomes of its request. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: TotpRepository,
    private readonly keystore: Keystore,
    private readonly clock: SystemClock,
  ) {}

  seal(id: Id<'authenticator'>, secret: Buffer): Buffer {
    return this.keystore.seal(placeOf(id), secret);
  }

  /**
   * Judges a code, outside of any transaction: each attempt counts as a failure until its code is used. What
   * has not even the form of a code is no guess at one.
   *
   * @param code attacker-controlled
   * @param pending whether the secret to confirm is meant
   * @returns undefined for no such secret, a locked one, and a wrong code
   */
  async judge(personId: Id<'person'>, code: string, pending = false): Promise<RightCode | undefined> {
    if (!isCode(code)) return undefined;
    const at = this.clock.now();
    const attempt = await this.unitOfWork.aside(async (tx) => {
      const counted = await this.repository.countAttempt(tx, personId, at, pending);
      const until = counted && lockedUntil(counted.failures, at);
      if (counted && until) await this.repository.lockUntil(tx, counted.authenticatorId, until);
      return counted;
    });
    if (!attempt) return undefined;
    const { authenticatorId, secretSealed } = attempt;
    const step = stepOf(this.keystore.open(placeOf(authenticatorId), secretSealed), code, at);
    return step === undefined ? undefined : { authenticatorId, step };
  }

  /** Uses a right code up, in the transaction of what it is good for. @returns false when it was used already */
  use(tx: Tx, { authenticatorId, step }: RightCode): Promise<boolean> {
    return this.repository.takeStep(tx, authenticatorId, step, this.clock.now());
  }
}

function placeOf(id: Id<'authenticator'>) {
  return { table: 'muster.totp_secrets', row: id, field: 'secret' };
}
