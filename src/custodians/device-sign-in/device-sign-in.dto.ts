import { z } from 'zod';
import { instant, line, toInstant } from '../../platform/index.js';
import { SESSION_LIFE_SECONDS } from '../domain/session.js';
import type { StartedSession } from '../sessions.service.js';
import type { RequestedDevice, WaitingDevice } from './device-sign-in.service.js';
import { CODE_CHALLENGE } from './domain/code-challenge.js';
import { type DeviceAuthorization, DEVICE_CODE_LIFE_SECONDS } from './domain/device-authorization.js';
import { DeviceSignInError } from './domain/errors.js';

/** The one client there is (RFC 8252 §8.4: public, it has no secret). */
export const CLIENT_ID = 'muster-cli';
const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const MAX_VALUE = 512;
const MAX_HOST = 64;

const host = line(MAX_HOST);
const parameter = z.string().max(MAX_VALUE).optional();

/** RFC 8628 §3.1, with the name by which the person recognises the device. Unknown parameters are ignored. */
export const deviceForm = z.object({ client_id: parameter, scope: parameter, host: host.optional() });

/** RFC 8628 §3.4 and RFC 6749 §4.1.3. */
export const exchangeForm = z.object({
  grant_type: parameter,
  client_id: parameter,
  device_code: parameter,
  code: parameter,
  redirect_uri: parameter,
  code_verifier: parameter,
});

/** RFC 8628 §3.2. */
export const deviceAnswer = z
  .strictObject({
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.url(),
    verification_uri_complete: z.url(),
    expires_in: z.int(),
    interval: z.int(),
  })
  .meta({ id: 'DeviceAuthorizationAnswer' });

/** RFC 6749 §5.1: the token is a session's. */
export const exchangeAnswer = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    session_id: z.string(),
  })
  .meta({ id: 'SessionTokenAnswer' });

/** As somebody types it, with or without the dash. */
export const typedUserCode = z
  .string()
  .regex(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-?[BCDFGHJKLMNPQRSTVWXZ]{4}$/i, 'must be eight letters as the device shows them');

export const waitingDeviceSchema = z
  .strictObject({
    userCode: z.string(),
    /** What the device calls itself; nobody has checked it. */
    host: z.string(),
    /** Whether it asked from the address that this request comes from. */
    fromYourAddress: z.boolean(),
    state: z.enum(['pending', 'approved', 'denied', 'spent']),
    requestedAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'WaitingDevice' });

export const deviceDecisionBody = z
  .strictObject({ userCode: typedUserCode, verdict: z.enum(['approve', 'deny']) })
  .meta({ id: 'DeviceDecision' });

export const decidedDeviceSchema = z
  .strictObject({ state: z.enum(['approved', 'denied']) })
  .meta({ id: 'DecidedDevice' });

export const codeBody = z
  .strictObject({
    redirectUri: z.string().min(1).max(MAX_VALUE),
    /** S256 (RFC 7636 §4.2). */
    codeChallenge: z.string().regex(CODE_CHALLENGE, 'must be a SHA-256 digest in base64url'),
    /** What the program will recognise its own request by. */
    state: z.string().regex(/^[A-Za-z0-9._~-]{16,128}$/, 'must be 16 to 128 unreserved characters'),
    host: host.optional(),
  })
  .meta({ id: 'NewAuthorizationCode' });

export const codeAnswer = z
  .strictObject({
    /** Where the browser goes now; the code is in it. */
    redirectTo: z.url(),
  })
  .meta({ id: 'AuthorizationCodeAnswer' });

/** A page of ours: a path, never another origin. */
export const browserSignInBody = z
  .strictObject({
    next: z
      .string()
      .max(200)
      .regex(/^\/(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*)?$/, 'must be a path like /me'),
  })
  .meta({ id: 'NewBrowserSignIn' });

export const browserSignInAnswer = z.strictObject({ url: z.url(), expiresAt: instant }).meta({ id: 'BrowserSignIn' });

/** What an exchange shows. */
export type Exchange =
  | { readonly kind: 'device'; readonly deviceCode: string }
  | { readonly kind: 'code'; readonly code: string; readonly redirectUri: string; readonly codeVerifier: string };

/** @throws DeviceSignInError `invalid_client`, `invalid_request` */
export function readDeviceForm(form: z.output<typeof deviceForm>): { readonly host: string } {
  requireClient(form.client_id);
  return { host: form.host ?? UNNAMED };
}

/** What a program that does not say where it runs is called. */
export const UNNAMED = 'an unnamed machine';

/**
 * An empty parameter counts as left out (RFC 6749 §3.2).
 *
 * @throws DeviceSignInError `invalid_client`, `invalid_request`, `unsupported_grant_type`
 */
export function readExchangeForm(form: z.output<typeof exchangeForm>): Exchange {
  if (!form.grant_type) throw missing('grant_type');
  if (form.grant_type === DEVICE_CODE_GRANT) {
    requireClient(form.client_id);
    return { kind: 'device', deviceCode: given(form.device_code, 'device_code') };
  }
  if (form.grant_type !== 'authorization_code')
    throw new DeviceSignInError(
      'unsupported_grant_type',
      `Send grant_type=${DEVICE_CODE_GRANT} or grant_type=authorization_code.`,
    );
  requireClient(form.client_id);
  return {
    kind: 'code',
    code: given(form.code, 'code'),
    redirectUri: given(form.redirect_uri, 'redirect_uri'),
    codeVerifier: given(form.code_verifier, 'code_verifier'),
  };
}

export function showRequested(
  { deviceCode, userCode, authorization }: RequestedDevice,
  publicUrl: string,
): z.input<typeof deviceAnswer> {
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${publicUrl}/device`,
    verification_uri_complete: `${publicUrl}/device?user_code=${userCode}`,
    expires_in: DEVICE_CODE_LIFE_SECONDS,
    interval: authorization.intervalSeconds,
  };
}

export function showExchanged({ session, token }: StartedSession): z.input<typeof exchangeAnswer> {
  return { access_token: token, token_type: 'Bearer', expires_in: SESSION_LIFE_SECONDS, session_id: session.id };
}

export function showWaiting(waiting: WaitingDevice): z.input<typeof waitingDeviceSchema> {
  const { userCode, host: named, fromYourAddress, authorization } = waiting;
  const { state, requestedAt, expiresAt } = authorization;
  return {
    ...{ userCode, host: named, fromYourAddress, state },
    ...{ requestedAt: toInstant(requestedAt), expiresAt: toInstant(expiresAt) },
  };
}

export function showDecided({ state }: DeviceAuthorization): z.input<typeof decidedDeviceSchema> {
  return { state: state as 'approved' | 'denied' };
}

function requireClient(clientId: string | undefined): void {
  if (!clientId) throw missing('client_id');
  if (clientId !== CLIENT_ID) throw new DeviceSignInError('invalid_client', `Send client_id=${CLIENT_ID}.`);
}

function given(value: string | undefined, name: string): string {
  if (!value) throw missing(name);
  return value;
}

function missing(name: string): DeviceSignInError {
  return new DeviceSignInError('invalid_request', `Send ${name}.`);
}
