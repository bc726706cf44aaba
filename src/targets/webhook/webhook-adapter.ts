import { z } from 'zod';
import type { EgressClient, SystemClock } from '../../platform/index.js';
import { ApiCalls } from '../api-calls.js';
import type { Adapter, Inside, Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';
import { refused } from '../domain/refusals.js';
import { type Pairing, PAIRINGS } from '../domain/rotating.js';
import { Endpoint, isSecret } from './endpoint.js';
import { WebhookRotator } from './rotator.js';

const FORM: UrlForm = {
  system: 'an endpoint of your own',
  example: 'https://muster:whsec_…@host/path?pairing=accounts',
  schemes: { 'https:': { port: 443, verified: true }, 'http:': { port: 80, verified: false } },
  user: 'muster',
  parameters: ['pairing'],
  path: /^[A-Za-z0-9._~/-]{0,500}$/,
};
const ACCOUNT = /^[^\p{Cc}]{1,200}$/u;
const surveySchema = z.object({ survey: z.object({ exists: z.boolean() }) });

/** What somebody's own endpoint knows how to rotate. */
export class WebhookAdapter implements Adapter<NetworkAccess> {
  constructor(
    private readonly clock: SystemClock,
    private readonly egress: EgressClient,
  ) {}

  read(url: string): NetworkAccess {
    const access = readNetworkAccess(url, FORM);
    if (!isSecret(access.password))
      throw new TargetError(
        'url_invalid',
        'Give the endpoint’s signing secret as the password: whsec_ and base64 of 24 to 64 random bytes, percent-encoded.',
      );
    if (!PAIRINGS.includes(pairingOf(access)))
      throw new TargetError('url_invalid', `Say pairing=${PAIRINGS.join(', or ')}.`);
    return access;
  }

  checkAccount(_access: NetworkAccess, account: string): void {
    if (!ACCOUNT.test(account)) throw refused('accountInvalid');
  }

  within<Result>(access: NetworkAccess, way: Way, work: (inside: Inside) => Promise<Result>): Promise<Result> {
    const endpoint = this.endpointOf(access, way);
    const unknown = () => Promise.reject(refused('notSupported'));
    return work({
      check: async () => {
        await endpoint.ask('check', {}, z.object({}));
        return [
          { what: 'observe', able: true, words: 'The endpoint answers.' },
          { what: 'remove', able: false, words: 'Endpoints rotate; they take nothing away.' },
          { what: 'close', able: false, words: 'Endpoints rotate; they close nothing.' },
          { what: 'end-sessions', able: false, words: 'Endpoints end sessions when they withdraw a credential.' },
        ];
      },
      observe: async (account) => {
        this.checkAccount(access, account);
        const { exists } = (await endpoint.ask('survey', { account }, surveySchema)).survey;
        return {
          ...{ exists, canLogin: exists, memberships: [], privileges: [], privilegeCount: 0, openSessions: 0 },
          observedAt: this.clock.now(),
        };
      },
      ...{ holds: unknown, remove: unknown, close: unknown },
    });
  }

  rotator(access: NetworkAccess, way: Way): WebhookRotator {
    const check = (account: string) => this.checkAccount(access, account);
    return new WebhookRotator(pairingOf(access), this.endpointOf(access, way), () => this.clock.now(), check);
  }

  private endpointOf(access: NetworkAccess, way: Way): Endpoint {
    return new Endpoint(new ApiCalls(this.egress, way), access, () => this.clock.now());
  }
}

function pairingOf({ parameters }: NetworkAccess): Pairing {
  return (parameters.get('pairing') ?? 'accounts') as Pairing;
}
