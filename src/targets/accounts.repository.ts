import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../platform/index.js';
import type { TargetAccount } from './domain/account.js';
import { TargetError } from './domain/errors.js';

/** An account, what its target is called, and where that is. */
export interface HeldAccount {
  readonly account: TargetAccount;
  readonly targetName: string;
  readonly place: string;
}

/** Whose accounts on targets are. What was removed is kept for the records that name it, and found by nobody. */
@Injectable()
export class AccountsRepository {
  async list(tx: Tx, targetId: Id<'target'>, after: string | undefined, count: number): Promise<TargetAccount[]> {
    return (await tx.query<AccountRow>(LIST, [targetId, after ?? '', count])).map(accountOf);
  }

  /** What identities have on targets, also on those that are disabled. */
  async listOf(tx: Tx, identityIds: readonly Id<'identity'>[]): Promise<HeldAccount[]> {
    const rows = await tx.query<AccountRow & { target_name: string; place: string }>(LIST_OF, [identityIds]);
    return rows.map((row) => ({ account: accountOf(row), targetName: row.target_name, place: row.place }));
  }

  /** The ids of what an identity has or ever had, the latest of them. */
  async listEver(tx: Tx, identityId: Id<'identity'>): Promise<Id<'targetAccount'>[]> {
    const rows = await tx.query<{ id: Id<'targetAccount'> }>(LIST_EVER, [identityId, MOST]);
    return rows.map(({ id }) => id);
  }

  /** @throws TargetError `account_not_found` */
  async get(tx: Tx, id: Id<'targetAccount'>): Promise<TargetAccount> {
    return known((await tx.query<AccountRow>(GET, [id]))[0]);
  }

  /** @throws TargetError `account_not_found` */
  async lock(tx: Tx, id: Id<'targetAccount'>): Promise<TargetAccount> {
    return known((await tx.query<AccountRow>(LOCK, [id]))[0]);
  }

  /** What an identity has on one target: several, where accounts take turns. In order of id. */
  async listOn(tx: Tx, targetId: Id<'target'>, identityId: Id<'identity'>): Promise<TargetAccount[]> {
    return (await tx.query<AccountRow>(LIST_ON, [targetId, identityId])).map(accountOf);
  }

  async isUsed(tx: Tx, targetId: Id<'target'>): Promise<boolean> {
    return (await this.list(tx, targetId, undefined, 1)).length > 0;
  }

  /** @throws TargetError `account_taken`, `identity_not_found` */
  async insert(tx: Tx, account: TargetAccount): Promise<void> {
    const { id, targetId, identityId, account: name, addedBy, addedAt } = account;
    await translated(
      tx.execute(
        `INSERT INTO muster.target_accounts (id, target_id, identity_id, account, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, targetId, identityId, name, addedBy, addedAt],
      ),
    );
  }

  async remove(tx: Tx, { id, removedBy, removedAt }: TargetAccount): Promise<void> {
    await tx.execute('UPDATE muster.target_accounts SET removed_by = $2, removed_at = $3 WHERE id = $1', [
      ...[id, removedBy, removedAt],
    ]);
  }
}

/** The latest accounts of an identity, as far as anybody looks. */
const MOST = 100;
const COLUMNS = `a.id, a.target_id, a.identity_id, a.account, a.added_by, a.added_at, a.removed_by, a.removed_at`;
const STANDING = `SELECT ${COLUMNS} FROM muster.target_accounts a WHERE a.removed_at IS NULL`;
const LIST = new Prepared(`${STANDING} AND a.target_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`);
const LIST_OF = new Prepared(
  `SELECT ${COLUMNS}, t.name AS target_name, t.place FROM muster.target_accounts a JOIN muster.targets t ON t.id = a.target_id
   WHERE a.identity_id = ANY ($1) AND a.removed_at IS NULL ORDER BY a.id`,
);
const LIST_EVER = new Prepared(
  'SELECT a.id FROM muster.target_accounts a WHERE a.identity_id = $1 ORDER BY a.id DESC LIMIT $2',
);
const GET = new Prepared(`${STANDING} AND a.id = $1`);
const LOCK = new Prepared(`${STANDING} AND a.id = $1 FOR UPDATE`);
const LIST_ON = new Prepared(`${STANDING} AND a.target_id = $1 AND a.identity_id = $2 ORDER BY a.id`);

interface AccountRow {
  readonly id: Id<'targetAccount'>;
  readonly target_id: Id<'target'>;
  readonly identity_id: Id<'identity'>;
  readonly account: string;
  readonly added_by: string;
  readonly added_at: Date;
  readonly removed_by: string | null;
  readonly removed_at: Date | null;
}

function known(row: AccountRow | undefined): TargetAccount {
  if (!row)
    throw new TargetError('account_not_found', 'No account has that id. GET /v1/targets/{id}/accounts lists them.');
  return accountOf(row);
}

function accountOf(row: AccountRow): TargetAccount {
  return {
    id: row.id,
    targetId: row.target_id,
    identityId: row.identity_id,
    account: row.account,
    addedBy: row.added_by,
    addedAt: row.added_at,
    removedBy: row.removed_by,
    removedAt: row.removed_at,
  };
}

async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    switch (brokenConstraint(cause)) {
      case 'target_accounts_account':
        throw new TargetError('account_taken', 'That account is another identity’s already: see its accounts.', {
          cause,
        });
      case 'target_accounts_identity':
        throw new TargetError('identity_not_found', 'No identity has that id. GET /v1/identities finds them.', {
          cause,
        });
      default:
        throw cause;
    }
  }
}
