import type { Client } from 'pg';
import type { SystemClock } from '../../platform/index.js';
import type { Adapter, Inside, Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { type PostgresqlAccess, readAccess } from './access.js';
import { check } from './checking.js';
import { withConnection } from './connection.js';
import { isName } from './identifier.js';
import { Connections } from './connections.js';
import { LogListings } from './log-listings.js';
import { holds, observe } from './looking.js';
import { Looks } from './looks.js';
import { type Kept, PostgresqlRotator } from './rotator.js';
import { parseScope } from './scope.js';
import { close, remove } from './taking-away.js';

/** Roles of a PostgreSQL server: accounts are roles, scopes are memberships and privileges. */
export class PostgresqlAdapter implements Adapter<PostgresqlAccess> {
  private readonly kept: Kept;

  /** @param looks at servers, as they are shared */
  constructor(
    private readonly clock: SystemClock,
    looks = new Looks(),
  ) {
    this.kept = { listings: new LogListings(), connections: new Connections(), looks };
  }

  read(url: string): PostgresqlAccess {
    return readAccess(url);
  }

  checkAccount({ user }: PostgresqlAccess, account: string): void {
    if (!isName(account))
      throw new TargetError('account_invalid', 'Give the name of a role as pg_roles has it: at most 63 bytes.');
    if (account === user || account.startsWith('pg_') || account.toLowerCase() === 'public')
      throw new TargetError(
        'account_reserved',
        'That is PostgreSQL’s own or the role that Muster works as: name another.',
      );
  }

  within<Result>(access: PostgresqlAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    return withConnection(access, way, (client) => work(this.inside(client)));
  }

  rotator(access: PostgresqlAccess, way: Way): PostgresqlRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new PostgresqlRotator(access, way, () => this.clock.now(), check, this.kept);
  }

  private inside(client: Client): Inside {
    return {
      check: () => check(client),
      observe: (account) => observe(client, account, this.clock.now()),
      holds: (account, scope) => holds(client, account, parseScope(scope)),
      remove: (account, scope) => remove(client, account, parseScope(scope)),
      close: (account) => close(client, account),
    };
  }
}
