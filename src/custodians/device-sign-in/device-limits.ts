import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DeviceSignInError } from './domain/errors.js';

/** Devices that one address may have ask, and codes that one person may mistype. */
const REQUESTS = { points: 60, duration: 60 };
const MISTYPED = { points: 10, duration: 600 };

/** Keeps user codes from being tried out and the table from being filled; in memory, each replica for itself. */
@Injectable()
export class DeviceLimits {
  private readonly requests = new RateLimiterMemory(REQUESTS);
  private readonly mistyped = new RateLimiterMemory(MISTYPED);

  /** @throws DeviceSignInError `slow_down` */
  async admitRequest(address: string): Promise<void> {
    const refusal = await this.requests.consume(address).then(() => undefined, asRefusal);
    if (refusal)
      throw new DeviceSignInError('slow_down', `Too many devices asked. Try again in ${secondsOf(refusal)} s.`);
  }

  /** @throws DeviceSignInError `user_codes_tried` once a person has mistyped too often */
  async admitUserCode(personId: string): Promise<void> {
    const counted = await this.mistyped.get(personId);
    if (!counted || counted.remainingPoints > 0) return;
    throw new DeviceSignInError('user_codes_tried', 'Too many codes that do not exist. Wait a few minutes.', {
      details: { retryAfterSeconds: secondsOf(counted) },
    });
  }

  async countMistyped(personId: string): Promise<void> {
    await this.mistyped.consume(personId).catch(() => undefined);
  }
}

function asRefusal(refusal: unknown): RateLimiterRes {
  if (refusal instanceof RateLimiterRes) return refusal;
  throw refusal;
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
