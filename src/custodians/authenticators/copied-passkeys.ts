import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { PasskeysRepository } from './passkeys.repository.js';

/** A passkey signed, and with a counter that it had shown before: another has its key (WebAuthn Level 3 §6.1.1, §7.2 step 22). */
export class CopiedPasskey extends Error {
  constructor(
    readonly authenticatorId: Id<'authenticator'>,
    readonly personId: Id<'person'>,
    readonly shown: number,
    readonly stored: number,
  ) {
    super('A passkey showed a counter that did not grow.');
  }
}

/** Sees to it that a passkey which looks copied is not only refused: it is recorded, and every administrator is told. */
@Injectable()
export class CopiedPasskeys {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly passkeys: PasskeysRepository,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** Runs a use case that verifies a passkey; what it refuses as copied is recorded once its own transaction is over. */
  async toldOf<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (refusal) {
      const { cause } = refusal as { readonly cause?: unknown };
      if (cause instanceof CopiedPasskey) await this.record(actor, cause);
      throw refusal;
    }
  }

  private record(actor: Actor, { authenticatorId, personId, shown, stored }: CopiedPasskey): Promise<void> {
    return this.unitOfWork.aside(async (tx) => {
      await this.passkeys.suspect(tx, authenticatorId, this.clock.now());
      await this.audit.append(tx, {
        type: 'authenticator.suspected',
        actor,
        subject: personId,
        after: { authenticator: authenticatorId, counter_shown: shown, counter_before: stored },
      });
    });
  }
}
