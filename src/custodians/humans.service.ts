import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { personBehind } from './administrators.js';
import { type Accounts, linked, unlinked } from './domain/human.js';
import { requireAdministrator } from './domain/roles.js';
import { HumansRepository } from './humans.repository.js';
import { PeopleRepository } from './people.repository.js';

/** The accounts that are one human's from now on. */
export interface Joined {
  readonly accounts: Accounts;
  readonly humanId: Id<'human'>;
}

/** Which accounts are one human's: duties are kept apart between humans, not between accounts. */
@Injectable()
export class Humans {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly humans: HumansRepository,
    private readonly people: PeopleRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @throws CustodyError `person_not_found` */
  accountsOf(id: Id<'person'>): Promise<Accounts> {
    return this.unitOfWork.read(async (tx) => {
      await this.people.get(tx, id);
      return this.humans.accountsOf(tx, id);
    });
  }

  /** The human behind each of these names, where they have several accounts. */
  humansOf(tx: Tx, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.humans.humansOf(tx, names);
  }

  /** These names and every other account of the humans behind them. */
  namesakes(tx: Tx, names: readonly string[]): Promise<string[]> {
    return this.humans.namesakes(tx, names);
  }

  /**
   * Says that two accounts are one human's. Their rows are locked meanwhile, as are those of people who decide.
   *
   * @throws CustodyError `person_not_found`, `same_account`, `already_linked`, `authority_lost`
   */
  link(actor: Actor, id: Id<'person'>, as: Id<'person'>, reason: string): Promise<Accounts> {
    return this.unitOfWork.run(async (tx) => {
      await this.lock(tx, actor, [id, as]);
      const one = await this.humans.accountsOf(tx, id);
      const { accounts, humanId } = await this.join(tx, actor, id, as, reason);
      await this.audit.append(tx, {
        type: 'person.linked',
        actor,
        subject: id,
        before: { accounts: [...one] },
        after: { accounts: [...accounts], human_id: humanId, reason },
      });
      return accounts;
    });
  }

  /**
   * Links two accounts inside a use case that has locked both, and that records it.
   *
   * @throws CustodyError `same_account`, `already_linked`
   */
  async join(tx: Tx, actor: Actor, id: Id<'person'>, as: Id<'person'>, reason: string): Promise<Joined> {
    const accounts = linked(await this.humans.accountsOf(tx, id), await this.humans.accountsOf(tx, as));
    const humanId = this.ids.next('human');
    const by = principalName(actor.principal);
    await this.humans.link(tx, accounts, { humanId, reason, by, at: this.clock.now() });
    return { accounts, humanId };
  }

  /** @throws CustodyError `person_not_found`, `not_linked`, `own_link`, `authority_lost` */
  unlink(actor: Actor, id: Id<'person'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      await this.lock(tx, actor, [id]);
      const accounts = await this.humans.accountsOf(tx, id);
      const staying = unlinked(accounts, id, personBehind(actor));
      await this.humans.part(
        tx,
        accounts.filter((account) => !staying.includes(account)),
      );
      await this.audit.append(tx, {
        type: 'person.unlinked',
        actor,
        subject: id,
        before: { accounts: [...accounts] },
        after: { accounts: [...staying] },
      });
    });
  }

  private async lock(tx: Tx, actor: Actor, ids: readonly Id<'person'>[]): Promise<void> {
    const acting = personBehind(actor);
    const locked = await this.people.lock(tx, acting ? [acting, ...ids] : ids);
    if (acting) requireAdministrator(locked.get(acting));
    for (const id of ids) if (!locked.has(id)) await this.people.get(tx, id);
  }
}
