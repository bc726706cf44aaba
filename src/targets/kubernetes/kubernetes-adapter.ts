import type { EgressClient, SystemClock } from '../../platform/index.js';
import { ApiCalls } from '../api-calls.js';
import type { Adapter, Inside, Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { Cluster, type ServiceAccount } from './cluster.js';
import { KubernetesRotator } from './rotator.js';

const FORM: UrlForm = {
  system: 'the API of a Kubernetes cluster',
  example: 'https://muster:token@host:6443?lifetimeSeconds=86400',
  schemes: { 'https:': { port: 6443, verified: true }, 'http:': { port: 8001, verified: false } },
  user: 'muster',
  parameters: ['lifetimeSeconds', 'audience'],
  path: /^$/,
};
const [SHORTEST_SECONDS, LONGEST_SECONDS, USUAL_SECONDS] = [600, 2 ** 32, 86_400];
/** Names of namespaces and of accounts: RFC 1123 labels, and subdomains of them. */
const ACCOUNT = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** ServiceAccounts of a Kubernetes cluster, each written `namespace/name`. */
export class KubernetesAdapter implements Adapter<NetworkAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly egress: EgressClient,
  ) {}

  read(url: string): NetworkAccess {
    const access = readNetworkAccess(url, FORM);
    const lifetime = lifetimeOf(access);
    if (!Number.isSafeInteger(lifetime) || lifetime < SHORTEST_SECONDS || lifetime > LONGEST_SECONDS)
      throw new TargetError('url_invalid', `Give lifetimeSeconds from ${SHORTEST_SECONDS} on: no cluster gives less.`);
    return access;
  }

  checkAccount(_access: NetworkAccess, account: string): void {
    parseAccount(account);
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    const cluster = this.clusterOf(access, way)();
    const unknown = () => Promise.reject(refused('notSupported'));
    return work({
      check: async () => {
        const known = await cluster.knows({ namespace: 'default', name: 'default' });
        return [
          {
            what: 'observe',
            able: known,
            words: known ? 'Its token works.' : 'Its token does not work: give it anew.',
          },
          { what: 'remove', able: false, words: 'What an account may do is not taken away here.' },
          { what: 'close', able: false, words: 'Accounts are not closed here: their tokens are rotated.' },
          { what: 'end-sessions', able: false, words: 'Kubernetes has no sessions to end.' },
        ];
      },
      observe: async (account) => {
        const exists = await cluster.accountExists(parseAccount(account));
        return {
          ...{ exists, canLogin: exists, memberships: [], privileges: [], privilegeCount: 0, openSessions: 0 },
          observedAt: this.clock.now(),
        };
      },
      ...{ holds: unknown, remove: unknown, close: unknown },
    });
  }

  rotator(access: NetworkAccess, way: Way): KubernetesRotator {
    return new KubernetesRotator(this.clusterOf(access, way), parseAccount, lifetimeOf(access), () => this.clock.now());
  }

  private clusterOf(access: NetworkAccess, way: Way): (token?: string) => Cluster {
    const audience = access.parameters.get('audience');
    const calls = new ApiCalls(this.egress, way);
    return (token = access.password) => new Cluster(calls, access, token, audience === undefined ? [] : [audience]);
  }
}

function lifetimeOf({ parameters }: NetworkAccess): number {
  return Number(parameters.get('lifetimeSeconds') ?? USUAL_SECONDS);
}

/** @throws TargetError `account_invalid` */
function parseAccount(account: string): ServiceAccount {
  const [, namespace, name] = ACCOUNT.exec(account) ?? [];
  if (namespace === undefined || name === undefined) throw refused('accountInvalid');
  return { namespace, name };
}
