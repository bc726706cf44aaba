import { addSeconds, type Id, type Json, MINUTE_SECONDS } from '../../../kernel/index.js';
import type { Approver } from './approver.js';
import { DeviceSignInError } from './errors.js';

export const DEVICE_CODE_LIFE_SECONDS = 10 * MINUTE_SECONDS;
/** How often a device may ask, at first (RFC 8628 §3.2). */
export const INTERVAL_SECONDS = 5;
/** How much longer it must wait, from then on, each time it asks too soon (§3.5). */
const SLOWER_SECONDS = 5;
/** What a clock and a network may take off an interval that was kept. */
const LENIENCE_SECONDS = 1;

/** A device that waits for a person to let it in (RFC 8628). */
export interface DeviceAuthorization {
  readonly id: Id<'deviceAuthorization'>;
  readonly state: 'pending' | 'approved' | 'denied' | 'spent';
  /** There from approval on. */
  readonly approver: Approver | null;
  readonly intervalSeconds: number;
  readonly polledAt: Date | null;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
}

export function requestDevice(id: Id<'deviceAuthorization'>, at: Date): DeviceAuthorization {
  return {
    id,
    state: 'pending',
    approver: null,
    intervalSeconds: INTERVAL_SECONDS,
    polledAt: null,
    requestedAt: at,
    expiresAt: addSeconds(at, DEVICE_CODE_LIFE_SECONDS),
    decidedAt: null,
  };
}

/**
 * Records what a person said of a device.
 *
 * @param verdict who approves, or `deny`
 * @throws DeviceSignInError `device_unknown` once it has expired, `device_decided`
 */
export function decideDevice(
  authorization: DeviceAuthorization,
  verdict: Approver | 'deny',
  at: Date,
): DeviceAuthorization {
  if (at >= authorization.expiresAt)
    throw new DeviceSignInError('device_unknown', 'No device waits with this code. Start again on the device.');
  if (authorization.state !== 'pending')
    throw new DeviceSignInError('device_decided', 'This code was used already. Start again on the device.');
  const approver = verdict === 'deny' ? null : verdict;
  return { ...authorization, state: approver ? 'approved' : 'denied', approver, decidedAt: at };
}

/** What a device is told when it asks, with the row as it is stored afterwards (RFC 8628 §3.5). */
export type Poll =
  | { readonly kind: 'admitted'; readonly next: DeviceAuthorization; readonly approver: Approver }
  | { readonly kind: 'refused'; readonly next: DeviceAuthorization; readonly refusal: DeviceSignInError };

/** Answers a device that asks; a pending one too early is told to slow down, and has to from then on. */
export function poll(authorization: DeviceAuthorization, at: Date): Poll {
  const { state, approver } = authorization;
  if (state === 'spent') return refused(authorization, 'invalid_grant', 'This device has been signed in already.');
  if (at >= authorization.expiresAt)
    return refused(authorization, 'expired_token', 'Nobody approved in time. Start again.');
  if (state === 'denied') return refused(authorization, 'access_denied', 'The person refused this device.');
  if (state === 'approved')
    return { kind: 'admitted', next: { ...authorization, state: 'spent' }, approver: approver! };
  const seen = { ...authorization, polledAt: at };
  if (isTooSoon(authorization, at)) {
    const intervalSeconds = authorization.intervalSeconds + SLOWER_SECONDS;
    return refused({ ...seen, intervalSeconds }, 'slow_down', `Ask every ${intervalSeconds} s.`);
  }
  return refused(seen, 'authorization_pending', 'Nobody has approved yet.');
}

/** What records keep of one: neither code, and nothing of the device's name. */
export function deviceImage(authorization: DeviceAuthorization): Json {
  const { id, state, approver, requestedAt, expiresAt, decidedAt } = authorization;
  return {
    id,
    state,
    session_id: approver?.sessionId ?? null,
    acr: approver?.acr ?? null,
    requested_at: requestedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    decided_at: decidedAt?.toISOString() ?? null,
  };
}

function isTooSoon({ polledAt, intervalSeconds }: DeviceAuthorization, at: Date): boolean {
  return polledAt !== null && at < addSeconds(polledAt, intervalSeconds - LENIENCE_SECONDS);
}

function refused(next: DeviceAuthorization, code: DeviceSignInError['code'], message: string): Poll {
  return { kind: 'refused', next, refusal: new DeviceSignInError(code, message) };
}
