import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Principal, principalName } from '../../kernel/index.js';
import { RequestError } from './errors.js';

/** How many requests a minute one replica admits. */
export abstract class RateLimitSettings {
  /** Failed proofs of identity from one address; after that the address waits. */
  abstract readonly failuresPerMinute: number;
  /** Requests from one proved caller. */
  abstract readonly requestsPerMinute: number;
  /** Requests from one address, proved or not. */
  abstract readonly addressPerMinute: number;
}

/** Counts by caller and by address, in memory, each replica for itself. */
@Injectable()
export class RateLimits {
  private readonly failures: RateLimiterMemory;
  private readonly callers: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;

  constructor(settings: RateLimitSettings) {
    this.failures = new RateLimiterMemory({ points: settings.failuresPerMinute, duration: 60 });
    this.callers = new RateLimiterMemory({ points: settings.requestsPerMinute, duration: 60 });
    this.addresses = new RateLimiterMemory({ points: settings.addressPerMinute, duration: 60 });
  }

  async admitAddress(address: string): Promise<void> {
    await admit(this.addresses, address);
    const failed = await this.failures.get(address);
    if (failed && failed.remainingPoints <= 0) throw tooMany(failed);
  }

  async admitPrincipal(principal: Principal): Promise<void> {
    await admit(this.callers, principalName(principal));
  }

  /** Counts a failed proof of identity; throws nothing, as the caller is refused anyway. */
  async countFailure(address: string): Promise<void> {
    await this.failures.consume(address).catch(() => undefined);
  }
}

async function admit(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) throw tooMany(refusal);
    throw refusal;
  }
}

function tooMany(refusal: RateLimiterRes): RequestError {
  const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  return new RequestError('rate_limited', `Too many requests. Try again in ${retryAfterSeconds} s.`, {
    details: { retryAfterSeconds },
  });
}
