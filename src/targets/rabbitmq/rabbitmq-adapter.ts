import type { EgressClient, SystemClock } from '../../platform/index.js';
import { ApiCalls } from '../api-calls.js';
import type { Ability, Adapter, Inside, Observation, Way } from '../domain/adapter.js';
import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { Management } from './management.js';
import { RabbitmqRotator, shut } from './rotator.js';

const FORM: UrlForm = {
  system: 'RabbitMQ’s management API',
  example: 'https://user:password@host:15671',
  schemes: { 'https:': { port: 15_671, verified: true }, 'http:': { port: 15_672, verified: false } },
  user: null,
  parameters: [],
  path: /^$/,
};
const ACCOUNT = /^[^\p{Cc}:/]{1,200}$/u;

/** Users of a RabbitMQ broker, by its management API. */
export class RabbitmqAdapter implements Adapter<NetworkAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly egress: EgressClient,
  ) {}

  read(url: string): NetworkAccess {
    return readNetworkAccess(url, FORM);
  }

  checkAccount({ user }: NetworkAccess, account: string): void {
    if (!ACCOUNT.test(account) || account === '.' || account === '..') throw refused('accountInvalid');
    if (account === user) throw refused('accountReserved');
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    return work(this.inside(access, new Management(new ApiCalls(this.egress, way), access)));
  }

  rotator(access: NetworkAccess, way: Way): RabbitmqRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new RabbitmqRotator(access, new ApiCalls(this.egress, way), () => this.clock.now(), check);
  }

  private inside(access: NetworkAccess, management: Management): Inside {
    const unknown = () => Promise.reject(refused('notSupported'));
    return {
      check: () => check(management, access.user),
      observe: (account) => observe(management, account, this.clock.now()),
      holds: unknown,
      remove: unknown,
      close: async (account) => {
        this.checkAccount(access, account);
        await shut(management, account, this.clock.now());
      },
    };
  }
}

async function check(management: Management, name: string): Promise<readonly Ability[]> {
  const user = await management.findUser(name);
  const able = user?.tags.includes('administrator') ?? false;
  const words = able ? 'It is an administrator.' : 'Only administrators may: give it the tag administrator.';
  return [
    { what: 'observe', able, words },
    { what: 'remove', able: false, words: 'What a user may do is not taken away one by one here.' },
    { what: 'close', able, words },
    { what: 'end-sessions', able, words },
  ];
}

async function observe(management: Management, account: string, observedAt: Date): Promise<Observation> {
  const user = await management.findUser(account);
  const connections = user ? await management.connectionsOf(account, observedAt) : [];
  return {
    exists: user !== undefined,
    canLogin: user !== undefined && user.password_hash !== '',
    ...{ memberships: user?.tags ?? [], privileges: [], privilegeCount: 0 },
    ...{ openSessions: connections.length, observedAt },
  };
}
