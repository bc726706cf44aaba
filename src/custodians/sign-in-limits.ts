import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { CustodyError } from './domain/errors.js';
import { RateLimits, RequestError } from '../platform/index.js';

/** Failed sign-ins in a minute under one address of e-mail, known here or not, before it has to wait. */
const FAILURES_PER_MINUTE = 10;

/** Counts failed sign-ins by who was meant and from where, in memory, each replica for itself. */
@Injectable()
export class SignInLimits {
  private readonly people = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });

  constructor(private readonly limits: RateLimits) {}

  /** @param who digest of the e-mail address that was typed; the same for addresses that nobody here has */
  async admit(who: Buffer): Promise<void> {
    const failed = await this.people.get(who.toString('hex'));
    if (!failed || failed.remainingPoints > 0) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(failed.msBeforeNext / 1000));
    throw new RequestError('rate_limited', `Too many failed sign-ins. Try again in ${retryAfterSeconds} s.`, {
      details: { retryAfterSeconds },
    });
  }

  /** @param address where the attempt came from */
  async countFailure(address: string, who?: Buffer): Promise<void> {
    await this.limits.countFailure(address);
    if (who) await this.people.consume(who.toString('hex')).catch(() => undefined);
  }

  /** Counts the failure of a token that was shown. */
  async counted<Result>(address: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CustodyError && error.kind === 'unauthenticated') await this.countFailure(address);
      throw error;
    }
  }
}
