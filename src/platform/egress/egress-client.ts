import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { isOwnNetwork, mayReach, type Network, parseNetwork } from './address.js';
import { EgressError } from './errors.js';
import { exchange, type EgressResponse } from './exchange.js';
import type { EgressOptions } from './options.js';
import { EGRESS_PURPOSES, type EgressLimits, type EgressPurpose } from './purposes.js';
import { Resolver } from './resolver.js';
import { parseTarget } from './target.js';

/** What the operator configured for calls to the outside. */
export abstract class EgressSettings {
  /** Networks, in CIDR form, that may be reached although they are not public. */
  abstract readonly allowedNetworks: readonly string[];
  /** Purposes that may use http without TLS. */
  abstract readonly plainHttp: readonly EgressPurpose[];
}

/**
 * The one HTTP client for everything that others can steer (decision 8).
 *
 * The name is resolved once, every address it gave is judged, and the call goes to one of those very addresses: a second
 * answer of the name server changes nothing. Redirects are never followed, connections never reused.
 */
@Injectable()
export class EgressClient {
  private readonly networks: readonly Network[];

  constructor(
    private readonly settings: EgressSettings,
    private readonly resolver: Resolver,
  ) {
    this.networks = settings.allowedNetworks.map(parseNetwork);
  }

  /**
   * @returns status, headers and the whole body of any answer but a redirect
   * @throws EgressError
   */
  async request(purpose: EgressPurpose, url: string, options: EgressOptions = {}): Promise<EgressResponse> {
    const limits = limitsOf(purpose, options);
    const plain = this.settings.plainHttp.includes(purpose);
    const target = parseTarget(url, plain || (options.plainOnOwnNetwork ?? false));
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    const addresses = await this.resolve(target.hostname, options.allowPrivate ?? false, deadline);
    if (target.url.protocol === 'http:' && !plain && !addresses.every(isOwnNetwork))
      throw new EgressError(
        'egress_url_refused',
        'Without TLS only a network of one’s own is called. Give the https form.',
      );
    return exchange({
      ...target,
      addresses,
      deadline,
      maxBytes: limits.maxBytes,
      idleMs: limits.timeoutMs / 2,
      options,
    });
  }

  /**
   * Where a call that speaks something else than HTTP may go: the addresses of a name, resolved once and judged, every one.
   * The caller connects to one of them and nowhere else.
   *
   * @param hostname a name or an address; attacker-controlled
   * @param allowPrivate an administrator consented to a loopback or private address for this call
   * @throws EgressError `egress_address_refused`, `egress_unreachable`, `egress_timeout`
   */
  async resolve(hostname: string, allowPrivate: boolean, deadline: AbortSignal): Promise<readonly string[]> {
    const addresses = isIP(hostname) === 0 ? await this.addressesOf(hostname, deadline) : [hostname];
    if (addresses.every((address) => mayReach(address, this.networks, allowPrivate))) return addresses;
    throw new EgressError(
      'egress_address_refused',
      `${hostname} is not a public address. An administrator can consent to it where it was registered, ` +
        'or the operator can open its network with EGRESS_ALLOW.',
    );
  }

  private async addressesOf(hostname: string, deadline: AbortSignal): Promise<readonly string[]> {
    const addresses = await Promise.race([this.resolver.resolve(hostname), aborted(deadline)]).catch(() => []);
    if (deadline.aborted) throw new EgressError('egress_timeout', `The name ${hostname} took too long to resolve.`);
    if (addresses.length === 0)
      throw new EgressError('egress_unreachable', `The name ${hostname} does not resolve. Check its spelling.`);
    return addresses;
  }
}

function limitsOf(purpose: EgressPurpose, { method = 'GET', maxBytes, timeoutMs }: EgressOptions): EgressLimits {
  const limits: EgressLimits | undefined = Object.hasOwn(EGRESS_PURPOSES, purpose)
    ? EGRESS_PURPOSES[purpose]
    : undefined;
  if (!limits?.methods.includes(method))
    throw new EgressError('egress_purpose_refused', `Nothing may be called for ${purpose} by ${method}.`);
  return {
    methods: limits.methods,
    maxBytes: Math.min(maxBytes ?? Infinity, limits.maxBytes),
    timeoutMs: Math.min(timeoutMs ?? Infinity, limits.timeoutMs),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
  );
}
