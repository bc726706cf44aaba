import type { Id } from '../../kernel/index.js';
import { IssuanceError } from './errors.js';

/** What may be issued, and for how long. Profiles belong to the database's owner: the service only reads them. */
export interface Profile {
  readonly id: Id<'profile'>;
  readonly name: string;
  readonly kind: 'svid' | 'service' | 'token';
  readonly defaultTtlSeconds: number;
  readonly maxTtlSeconds: number;
  /** DNS names equal to one of these, or below it, may stand beside the SPIFFE ID. */
  readonly dnsSuffixes: readonly string[];
  readonly version: number;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const MAX_NAME = 253;

/** Whether a name is a plain host name that the profile allows: lower case, no wildcard (RFC 5280 §4.2.1.6). */
export function allowsDnsName(profile: Pick<Profile, 'dnsSuffixes'>, name: string): boolean {
  if (name.length > MAX_NAME || !name.split('.').every((label) => LABEL.test(label))) return false;
  return profile.dnsSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

/** Names asked for in a CSR. What is not asked for is undefined or empty; what is asked for must be what is given. */
export interface RequestedNames {
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** Whether it asks for names of any other form: IP addresses, e-mail addresses, directory names. */
  readonly others: boolean;
}

/**
 * The DNS names of the certificate. A CSR may leave out its names; a SPIFFE ID it does ask for must be the identity's own,
 * and every DNS name one that the profile allows. Nothing is silently dropped: a refusal here is a mistake found early.
 *
 * @throws IssuanceError `name_mismatch`, `dns_name_refused`
 */
export function dnsNamesFor(asked: RequestedNames, spiffeId: string, profile: Profile): readonly string[] {
  if (asked.others || asked.uris.some((uri) => uri !== spiffeId))
    throw new IssuanceError('name_mismatch', `Ask for no name, or for ${spiffeId} alone.`);
  const names = [...new Set(asked.dnsNames)];
  const refused = names.find((name) => !allowsDnsName(profile, name));
  if (refused !== undefined)
    throw new IssuanceError(
      'dns_name_refused',
      `Profile "${profile.name}" does not allow one of the DNS names asked for.`,
    );
  return names;
}
