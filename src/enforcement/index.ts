import { Enforcement } from './enforcement.js';
import type { EnforcementOptions } from './options.js';

/**
 * Makes the guard of one server; `start` it, `guard` the server, and `authorize` each request.
 *
 * @throws EnforcementError `options_invalid`
 */
export function createEnforcement(options: EnforcementOptions): Enforcement {
  return new Enforcement(options);
}

export { EnforcementError } from './domain/errors.js';
export type { AuthorizationDetail, RequiredDetail } from './domain/authorization-detail.js';
export type { Caller, CallerToken, RefusalCode, Verdict } from './domain/verdict.js';
export type { Ask, Enforcement, EnforcementStatus } from './enforcement.js';
export type { EnforcementEvent, EnforcementOptions, PointCredentials } from './options.js';
