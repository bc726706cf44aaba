import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor, Id } from '../../kernel/index.js';
import { Keystore, type Tx, UnitOfWork } from '../../platform/index.js';
import { normalRecoveryCode, RECOVERY_CODE_BYTES, RECOVERY_CODES, recoveryCode } from '../domain/recovery-code.js';
import { Authenticators, type NamedAuthenticator } from './authenticators.service.js';
import { Owners } from './owners.js';

const NAME = 'Recovery codes';

/** Codes on paper, for whoever lost everything else. */
@Injectable()
export class RecoveryCodes {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly owners: Owners,
    private readonly authenticators: Authenticators,
    private readonly keystore: Keystore,
  ) {}

  /** Makes ten; those of before stop working. @throws CustodyError `presence_required`, `sign_in_too_old` */
  print(actor: Actor): Promise<NamedAuthenticator & { codes: readonly string[] }> {
    return this.unitOfWork.run(async (tx) => {
      const owner = await this.owners.lockPresent(tx, actor);
      const before = owner.authenticators.filter(({ kind }) => kind === 'recovery-codes');
      const wanted = { kind: 'recovery-codes', name: NAME, codesLeft: RECOVERY_CODES } as const;
      const added = await this.authenticators.add(tx, actor, owner, wanted, before);
      const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(RECOVERY_CODE_BYTES)));
      await tx.execute(
        'INSERT INTO muster.recovery_codes (authenticator_id, code_index) SELECT $1, unnest($2::bytea[])',
        [added.authenticator.id, codes.map((code) => this.indexOf(owner.person.id, code))],
      );
      return { ...added, codes };
    });
  }

  /** Spends a code: of any number of attempts with it exactly one succeeds. @param typed attacker-controlled */
  async spend(tx: Tx, personId: Id<'person'>, typed: string, at: Date): Promise<Id<'authenticator'> | undefined> {
    if (normalRecoveryCode(typed) === undefined) return undefined;
    const [row] = await tx.query<{ id: Id<'authenticator'> }>(
      `UPDATE muster.recovery_codes c SET spent_at = $3 FROM muster.authenticators a
        WHERE a.id = c.authenticator_id AND a.person_id = $1 AND c.code_index = $2 AND c.spent_at IS NULL
       RETURNING a.id`,
      [personId, this.indexOf(personId, typed), at],
    );
    return row?.id;
  }

  private indexOf(personId: Id<'person'>, code: string): Buffer {
    return this.keystore.blindIndex('recovery-code', `${personId} ${normalRecoveryCode(code)}`);
  }
}
