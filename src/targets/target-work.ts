import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id, Json } from '../kernel/index.js';
import { crashPoint, type Tx, UnitOfWork } from '../platform/index.js';
import { AccountsRepository } from './accounts.repository.js';
import type { TargetAccount } from './domain/account.js';
import { closedOutcome, type Inside, type Observation, type Outcome } from './domain/adapter.js';
import { TargetError } from './domain/errors.js';
import { observationImage } from './domain/images.js';
import { TargetDoors } from './target-doors.js';

/** What is done to an identity's account on a target. */
export type Work =
  | { readonly kind: 'close' }
  /** Takes one grant away, by its scope. */
  | { readonly kind: 'remove'; readonly scope: string };

/** Whose account it is done to. */
export interface Bearer {
  readonly targetId: Id<'target'>;
  readonly identityId: Id<'identity'>;
}

/**
 * Acts on targets for the rooms above, and looks afterwards. What was done is never believed: an outcome is what was seen
 * over another connection.
 */
@Injectable()
export class TargetWork {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountsRepository,
    private readonly doors: TargetDoors,
    private readonly audit: Audit,
  ) {}

  /**
   * Does it to every account that the identity has there, and records that it was done together with what the caller notes of it. To do it again changes nothing there.
   *
   * @param noted what else is stored in the record's transaction
   * @throws TargetError `account_not_found`, what keeps one out of the target, and what keeps it from being done
   */
  async apply(actor: Actor, bearer: Bearer, work: Work, noted: (tx: Tx) => Promise<void>): Promise<void> {
    const accounts = await this.accountsOf(bearer);
    const before = await this.doors.within(bearer.targetId, async (inside) => {
      const all: Observation[] = [];
      for (const account of accounts) {
        all.push(await inside.observe(account.account));
        await act(inside, account, work);
      }
      return all;
    });
    await crashPoint('effect', 2);
    await this.unitOfWork.run(async (tx) => {
      for (const [index, account] of accounts.entries()) {
        const images = imagesOf(account, work, before[index]!);
        await this.audit.append(tx, { type: 'target.applied', actor, subject: account.id, ...images });
      }
      await noted(tx);
    });
  }

  /**
   * Sees what is left of what was to go: of several accounts, of the first that has anything left.
   *
   * @throws TargetError `account_not_found`, what keeps one out of the target, `scope_not_understood`, `object_unknown`
   */
  async look(bearer: Bearer, work: Work): Promise<Outcome> {
    const accounts = await this.accountsOf(bearer);
    return this.doors.within(bearer.targetId, async (inside) => {
      const outcomes: Outcome[] = [];
      for (const { account } of accounts) outcomes.push(await outcomeOf(inside, account, work));
      return outcomes.find(({ gone }) => !gone) ?? outcomes[0]!;
    });
  }

  private async accountsOf({ targetId, identityId }: Bearer): Promise<TargetAccount[]> {
    const accounts = await this.unitOfWork.readOne((tx) => this.accounts.listOn(tx, targetId, identityId));
    if (accounts.length > 0) return accounts;
    throw new TargetError(
      'account_not_found',
      'The identity has no account on that target any more: say whose it is anew.',
    );
  }
}

function act(inside: Inside, { account }: TargetAccount, work: Work): Promise<void> {
  return work.kind === 'close' ? inside.close(account) : inside.remove(account, work.scope);
}

async function outcomeOf(inside: Inside, account: string, work: Work): Promise<Outcome> {
  const observation = await inside.observe(account);
  if (work.kind === 'close') return closedOutcome(observation);
  const { held, through } = await inside.holds(account, work.scope);
  return { gone: !held, remains: through, observation };
}

function imagesOf(account: TargetAccount, work: Work, seen: Observation): { before: Json; after: Json } {
  const { targetId, identityId, account: name } = account;
  const about = { targetId, identityId, account: name };
  return { before: { ...about, seen: observationImage(seen) }, after: { ...about, work: { ...work } } };
}
