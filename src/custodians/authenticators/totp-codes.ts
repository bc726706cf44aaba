import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Keystore, SystemClock, UnitOfWork } from '../../platform/index.js';
import { lockedUntil, stepOf } from '../domain/totp.js';
import { TotpRepository } from './totp.repository.js';

/** Verifies codes of code generators, in transactions of its own: a failure counts whatever becomes of its request. */
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
   * Takes a code, once.
   *
   * @param pending whether the secret to confirm is meant
   * @returns the code generator, or undefined: no such secret, locked, a wrong code, or one of a step already used
   */
  async take(personId: Id<'person'>, code: string, pending = false): Promise<Id<'authenticator'> | undefined> {
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
    if (step === undefined) return undefined;
    const taken = await this.unitOfWork.aside((tx) => this.repository.takeStep(tx, authenticatorId, step, at));
    return taken ? authenticatorId : undefined;
  }
}

function placeOf(id: Id<'authenticator'>) {
  return { table: 'muster.totp_secrets', row: id, field: 'secret' };
}
