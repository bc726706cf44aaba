import { HOTP, Secret, TOTP } from 'otpauth';
import { addSeconds, DAY_SECONDS, MINUTE_SECONDS } from '../../kernel/index.js';

/** RFC 6238 with what every code generator understands. SHA-1 is sound within HMAC (RFC 6238 §1.2, RFC 6194 §3.3). */
const FORM = { algorithm: 'SHA1', digits: 6 } as const;
const STEP_SECONDS = 30;
/** Steps before and after the own one that are taken for clocks that differ (RFC 6238 §5.2). */
const WINDOW = 1;
export const TOTP_SECRET_BYTES = 20;

/** Failures in a row after which no code is taken for a while, and again after as many more. */
const FAILURES_PER_LOCK = 5;
const FIRST_LOCK_SECONDS = 15 * MINUTE_SECONDS;

export function isCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}

/**
 * Finds the step whose code was sent.
 *
 * @param code attacker-controlled
 * @returns seconds since 1970 divided by 30, or undefined when it is the code of no step around now
 */
export function stepOf(secret: Buffer, code: string, at: Date): number | undefined {
  if (!isCode(code)) return undefined;
  const counter = Math.floor(at.getTime() / 1000 / STEP_SECONDS);
  const delta = HOTP.validate({ token: code, secret: secretOf(secret), ...FORM, counter, window: WINDOW });
  return delta === null ? undefined : counter + delta;
}

/** The `otpauth:` URI that a code generator reads, and the secret in the form that people type. */
export function provisioning(secret: Buffer, issuer: string, label: string): { uri: string; secret: string } {
  const totp = new TOTP({ issuer, label, secret: secretOf(secret), ...FORM, period: STEP_SECONDS });
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/**
 * Until when no code is taken, after a number of failures in a row. Each lock is twice as long as the one before, up to
 * a day: a guesser gets about ten codes of a million on the first day and five on each that follows.
 */
export function lockedUntil(failures: number, at: Date): Date | null {
  if (failures === 0 || failures % FAILURES_PER_LOCK !== 0) return null;
  const locks = failures / FAILURES_PER_LOCK;
  return addSeconds(at, Math.min(FIRST_LOCK_SECONDS * 2 ** Math.min(locks - 1, 20), DAY_SECONDS));
}

function secretOf(bytes: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer });
}
