import type { SystemClock } from '../../platform/index.js';
import type { Ability, Adapter, Inside, Observation, Way } from '../domain/adapter.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { readAccess } from './access.js';
import { type Say, withConnection } from './connection.js';
import { RedisRotator } from './rotator.js';
import { connectionsOf, findUser, keep } from './user.js';

/** Names of users have no spaces and no control characters (Redis, ACL). */
const ACCOUNT = /^[^\s\p{Cc}]{1,200}$/u;

/** Users of a Redis server. */
export class RedisAdapter implements Adapter<NetworkAccess> {
  constructor(private readonly clock: SystemClock) {}

  read(url: string): NetworkAccess {
    return readAccess(url);
  }

  checkAccount({ user }: NetworkAccess, account: string): void {
    if (!ACCOUNT.test(account)) throw refused('accountInvalid');
    if (account === user) throw refused('accountReserved');
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    return withConnection(access, way, (say) => work(this.inside(access, say)));
  }

  rotator(access: NetworkAccess, way: Way): RedisRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new RedisRotator(access, way, () => this.clock.now(), check);
  }

  private inside(access: NetworkAccess, say: Say): Inside {
    const unknown = () => Promise.reject(refused('notSupported'));
    return {
      check: () => check(say, access.user),
      observe: (account) => observe(say, account, this.clock.now()),
      holds: unknown,
      remove: unknown,
      close: (account) => {
        this.checkAccount(access, account);
        return close(say, account);
      },
    };
  }
}

/** What the user that Muster works as may say, tried without effect (`ACL DRYRUN`, since Redis 7). */
async function check(say: Say, user: string): Promise<readonly Ability[]> {
  const may = async (...command: readonly string[]) => (await say('ACL', 'DRYRUN', user, ...command)) === 'OK';
  const [closes, ends] = [await may('ACL', 'SETUSER', 'x', 'off'), await may('CLIENT', 'KILL', 'USER', 'x')];
  return [
    { what: 'observe', able: true, words: `It works as ${user} and sees users and connections.` },
    { what: 'remove', able: false, words: 'What a user may do is not taken away one by one here.' },
    {
      what: 'close',
      able: closes,
      words: closes ? 'It may close users.' : 'It may not close users: give it +acl.',
    },
    {
      what: 'end-sessions',
      able: ends,
      words: ends ? 'It may end connections.' : 'It may not end connections: give it +client.',
    },
  ];
}

async function observe(say: Say, account: string, observedAt: Date): Promise<Observation> {
  const user = await findUser(say, account);
  const connections = await connectionsOf(say, account, observedAt);
  return {
    exists: user !== undefined,
    canLogin: user !== undefined && user.enabled && (user.open || user.hashes.length > 0),
    ...{ memberships: [], privileges: [], privilegeCount: 0 },
    openSessions: connections.length,
    observedAt,
  };
}

async function close(say: Say, account: string): Promise<void> {
  if (!(await findUser(say, account))) return;
  await say('ACL', 'SETUSER', account, 'off', 'resetpass');
  await keep(say);
  await say('CLIENT', 'KILL', 'USER', account);
}
