import type { SystemClock } from '../../platform/index.js';
import type { Ability, Adapter, Inside, Observation, Way } from '../domain/adapter.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { readAccess } from './access.js';
import { parseAccount } from './account.js';
import { type Connecting, type Query, withConnection } from './connection.js';
import { findAccount, MariadbRotator, shut } from './mariadb-rotator.js';
import { sessionsOf } from './sessions.js';

/** Accounts of a MariaDB server. */
export class MariadbAdapter implements Adapter<NetworkAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly connecting: Connecting = withConnection,
  ) {}

  read(url: string): NetworkAccess {
    return readAccess(url);
  }

  checkAccount({ user }: NetworkAccess, account: string): void {
    const named = parseAccount(account).user;
    if (named === user || named.startsWith('mariadb.') || named.startsWith('mysql.')) throw refused('accountReserved');
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    return this.connecting(access, way, (query) => work(this.inside(access, query)));
  }

  rotator(access: NetworkAccess, way: Way): MariadbRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new MariadbRotator(access, way, () => this.clock.now(), check, this.connecting);
  }

  private inside(access: NetworkAccess, query: Query): Inside {
    const unknown = () => Promise.reject(refused('notSupported'));
    return {
      check: () => check(query),
      observe: (account) => observe(query, account, this.clock.now()),
      holds: unknown,
      remove: unknown,
      close: async (account) => {
        this.checkAccount(access, account);
        await shut(query, parseAccount(account));
      },
    };
  }
}

/** What Muster's account may do there, as the server grants it. */
export async function check(query: Query): Promise<readonly Ability[]> {
  const rows = await query<Record<string, string>>('SHOW GRANTS');
  const grants = rows.map((row) => Object.values(row)[0] ?? '').filter((grant) => / ON \*\.\* /.test(grant));
  const has = (privilege: RegExp) => grants.some((grant) => privilege.test(grant) || /ALL PRIVILEGES/.test(grant));
  const [closes, ends] = [has(/CREATE USER/), has(/CONNECTION[ _]ADMIN|SUPER/)];
  return [
    { what: 'observe', able: true, words: 'It sees accounts, and sessions where it has PROCESS.' },
    { what: 'remove', able: false, words: 'What an account may do is not taken away one by one here.' },
    {
      what: 'close',
      able: closes,
      words: closes ? 'It may close accounts.' : 'Grant it CREATE USER to close accounts.',
    },
    {
      what: 'end-sessions',
      able: ends,
      words: ends ? 'It may end sessions.' : 'Grant it CONNECTION ADMIN to end sessions.',
    },
  ];
}

async function observe(query: Query, account: string, observedAt: Date): Promise<Observation> {
  const of = parseAccount(account);
  const found = await findAccount(query, of);
  const sessions = await sessionsOf(query, of, observedAt);
  return {
    ...{ exists: found !== undefined, canLogin: found?.canLogin ?? false },
    ...{ memberships: [], privileges: [], privilegeCount: 0, openSessions: sessions.length, observedAt },
  };
}
