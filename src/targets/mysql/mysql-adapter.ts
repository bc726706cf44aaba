import type { SystemClock } from '../../platform/index.js';
import type { Adapter, Inside, Way } from '../domain/adapter.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { readAccess } from './access.js';
import { parseAccount, quoted } from './account.js';
import { type Connecting, type Query, withConnection } from './connection.js';
import { check } from './mariadb-adapter.js';
import { findKept, MysqlRotator } from './mysql-rotator.js';
import { endSessions, sessionsOf } from './sessions.js';

/** Accounts of a MySQL server. */
export class MysqlAdapter implements Adapter<NetworkAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly connecting: Connecting = withConnection,
  ) {}

  read(url: string): NetworkAccess {
    return readAccess(url);
  }

  checkAccount({ user }: NetworkAccess, account: string): void {
    const named = parseAccount(account).user;
    if (named === user || named.startsWith('mysql.')) throw refused('accountReserved');
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    return this.connecting(access, way, (query) => work(this.inside(access, query)));
  }

  rotator(access: NetworkAccess, way: Way): MysqlRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new MysqlRotator(access, way, () => this.clock.now(), check, this.connecting);
  }

  private inside(access: NetworkAccess, query: Query): Inside {
    const unknown = () => Promise.reject(refused('notSupported'));
    return {
      check: () => check(query),
      observe: async (account) => {
        const [of, observedAt] = [parseAccount(account), this.clock.now()];
        const kept = await findKept(query, of);
        const sessions = await sessionsOf(query, of, observedAt);
        const canLogin = kept !== undefined && !kept.locked;
        return {
          ...{ exists: kept !== undefined, canLogin, memberships: [], privileges: [], privilegeCount: 0 },
          ...{ openSessions: sessions.length, observedAt },
        };
      },
      holds: unknown,
      remove: unknown,
      close: async (account) => {
        this.checkAccount(access, account);
        const of = parseAccount(account);
        if (!(await findKept(query, of))) return;
        await query(`ALTER USER ${quoted(of)} ACCOUNT LOCK`);
        await endSessions(query, of);
      },
    };
  }
}
