import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AccountsRepository, type HeldAccount } from './accounts.repository.js';
import type { TargetAccount } from './domain/account.js';
import type { Observation } from './domain/adapter.js';
import { TargetError } from './domain/errors.js';
import { accountImage } from './domain/images.js';
import { TargetDoors } from './target-doors.js';
import { TargetsRepository } from './targets.repository.js';

/** Whose accounts on targets are. */
@Injectable()
export class TargetAccounts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly targets: TargetsRepository,
    private readonly accounts: AccountsRepository,
    private readonly doors: TargetDoors,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit` accounts on a target, in order of id. @throws TargetError `target_not_found` */
  list(targetId: Id<'target'>, after: string | undefined, limit: number): Promise<TargetAccount[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.targets.get(tx, targetId);
      return this.accounts.list(tx, targetId, after, limit + 1);
    });
  }

  /** What identities have on targets, for rooms that act on it. */
  heldBy(tx: Tx, identityIds: readonly Id<'identity'>[]): Promise<HeldAccount[]> {
    return this.accounts.listOf(tx, identityIds);
  }

  /**
   * Says whose an account is, once it was seen to be there: what is said of one that is not would be believed for ever.
   *
   * @throws TargetError `target_not_found`, `account_invalid`, `account_reserved`, `account_unknown`, `account_taken`,
   *   `identity_not_found`, and what keeps one out of the target
   */
  async add(actor: Actor, targetId: Id<'target'>, identityId: Id<'identity'>, name: string): Promise<TargetAccount> {
    this.doors.checkAccount(await this.unitOfWork.readOne((tx) => this.targets.get(tx, targetId)), name);
    const { exists } = await this.doors.within(targetId, (inside) => inside.observe(name));
    if (!exists) throw new TargetError('account_unknown', 'The target has no account of that name: see its spelling.');
    return this.unitOfWork.run(async (tx) => {
      await this.targets.lock(tx, targetId);
      const account: TargetAccount = {
        ...{ id: this.ids.next('targetAccount'), targetId, identityId, account: name },
        ...{ addedBy: principalName(actor.principal), addedAt: this.clock.now(), removedBy: null, removedAt: null },
      };
      await this.accounts.insert(tx, account);
      const after = accountImage(account);
      await this.audit.append(tx, { type: 'target.account-added', actor, subject: account.id, after });
      return account;
    });
  }

  /** Forgets whose an account is; on the target it stays as it is. @throws TargetError `account_not_found` */
  remove(actor: Actor, id: Id<'targetAccount'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, id);
      const removed = { ...account, removedBy: principalName(actor.principal), removedAt: this.clock.now() };
      await this.accounts.remove(tx, removed);
      const images = { before: accountImage(account), after: accountImage(removed) };
      await this.audit.append(tx, { type: 'target.account-removed', actor, subject: id, ...images });
    });
  }

  /** What the account has there now. @throws TargetError `account_not_found`, and what keeps one out of the target */
  async observe(id: Id<'targetAccount'>): Promise<Observation> {
    const { targetId, account } = await this.unitOfWork.readOne((tx) => this.accounts.get(tx, id));
    return this.doors.within(targetId, (inside) => inside.observe(account));
  }
}
