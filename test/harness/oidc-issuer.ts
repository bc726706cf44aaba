import { type CiJob, ciClaims, PAYMENTS_JOB } from '../../src/cli/tour/ci-claims.js';
import { type CiIssuer } from '../../src/cli/tour/ci-issuer.js';

export { CiIssuer, type IssuerKey, newIssuerKey } from '../../src/cli/tour/ci-issuer.js';
export { type CiJob, ciClaims, PAYMENTS_JOB } from '../../src/cli/tour/ci-claims.js';

export const AUDIENCE = 'https://muster.test';

/** A token of the payments job, changed where a test says so; a claim that is set to undefined is left out. */
export function tokenOf(
  issuer: CiIssuer,
  at: Date,
  change: { readonly job?: Partial<CiJob>; readonly claims?: Readonly<Record<string, unknown>> } = {},
): Promise<string> {
  const claims = { ...ciClaims(issuer.url, AUDIENCE, { ...PAYMENTS_JOB, ...change.job }, at), ...change.claims };
  return issuer.sign(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>);
}

/** The claims of a token, unproved. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
