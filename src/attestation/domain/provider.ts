import { isDeepStrictEqual } from 'node:util';
import ipaddr from 'ipaddr.js';
import { areAuthorities } from '../../crypto/index.js';
import type { Id } from '../../kernel/index.js';
import type { Algorithm } from './algorithm.js';
import { AttestationError } from './errors.js';
import type { ProviderKind } from './verifiers/index.js';

export const PROVIDER_STATUSES = ['active', 'paused'] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

/** Clocks of issuers are read this much too late or too early at most. */
export const MAX_CLOCK_SKEW_SECONDS = 60;
export const MAX_TOKEN_AGE_SECONDS = 86_400;
const MAX_URL = 255;
const MAX_PEM = 64 * 1024;

/** An administrator's recorded word that this one provider may live on a loopback or private address. */
export interface PrivateNetworkConsent {
  readonly by: Id<'person'>;
  readonly consentedAt: Date;
  readonly reason: string;
}

/** An issuer of tokens, and how its tokens are verified. It names nobody: that is what trusts do. */
export interface Provider {
  readonly id: Id<'provider'>;
  readonly name: string;
  readonly kind: ProviderKind;
  /** Compared character by character with `iss` (RFC 7519 §4.1.1). */
  readonly issuer: string;
  readonly algorithms: readonly Algorithm[];
  /** Null: found through the issuer's discovery document. */
  readonly jwksUri: string | null;
  /** PEM of authorities that are believed, beside the public ones, when talking to this provider and nowhere else. */
  readonly caCertificates: string | null;
  readonly privateNetwork: PrivateNetworkConsent | null;
  /** How long after `iat` a token is good at most, whatever its `exp` says. */
  readonly maxTokenAgeSeconds: number;
  readonly clockSkewSeconds: number;
  readonly status: ProviderStatus;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What may be changed later. Kind and issuer may not: another issuer is another provider. */
export type ProviderChange = Partial<
  Pick<
    Provider,
    | 'name'
    | 'algorithms'
    | 'jwksUri'
    | 'caCertificates'
    | 'privateNetwork'
    | 'maxTokenAgeSeconds'
    | 'clockSkewSeconds'
    | 'status'
  >
>;

/**
 * A provider as it is first registered.
 *
 * @throws AttestationError `issuer_invalid`, `jwks_uri_invalid`, `ca_certificates_invalid`, `consent_required`
 */
export function registerProvider(provider: Omit<Provider, 'status' | 'version' | 'changedAt'>): Provider {
  return checked({ ...provider, status: 'active', version: 1, changedAt: provider.createdAt });
}

/**
 * The next version of a provider.
 *
 * A consent to a private address was given for the places named then: another `jwksUri` needs a new one.
 *
 * @param at instant of the change, UTC
 * @returns the provider itself when nothing changes
 * @throws AttestationError as `registerProvider`
 */
export function changeProvider(provider: Provider, change: ProviderChange, at: Date): Provider {
  const moves = change.jwksUri !== undefined && change.jwksUri !== provider.jwksUri;
  if (moves && provider.privateNetwork && change.privateNetwork === undefined)
    throw new AttestationError(
      'consent_required',
      'Give privateNetwork again with a reason, or null: the consent was to where the keys were fetched before.',
    );
  const changed = { ...provider, ...change };
  if (isDeepStrictEqual(changed, provider)) return provider;
  return checked({ ...changed, version: provider.version + 1, changedAt: at });
}

/** The address of an issuer's discovery document (OpenID Connect Discovery 1.0 §4). */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Whether an address that a discovery document names may be private. Only where the consent was given: at the issuer
 * itself. Otherwise a consented issuer could send this service to any machine beside it.
 */
export function mayBePrivate(provider: Provider, url: string): boolean {
  if (!provider.privateNetwork) return false;
  const { origin } = new URL(url);
  return [provider.issuer, provider.jwksUri].some((known) => known !== null && new URL(known).origin === origin);
}

function checked(provider: Provider): Provider {
  checkUrl(provider.issuer, 'issuer_invalid', 'The issuer');
  if (provider.jwksUri !== null) checkUrl(provider.jwksUri, 'jwks_uri_invalid', 'The JWKS address');
  if (provider.caCertificates !== null) checkCertificates(provider.caCertificates);
  const places = [provider.issuer, provider.jwksUri].filter((url) => url !== null);
  if (!provider.privateNetwork && places.some(isPlainlyPrivate))
    throw new AttestationError(
      'consent_required',
      'This address is on this machine or in a private network. Give privateNetwork with a reason to consent to it.',
    );
  return provider;
}

/** An https URL in exactly the spelling it is compared in: no user, query or fragment (OpenID Connect Core 1.0 §2, `iss`). */
function checkUrl(text: string, code: 'issuer_invalid' | 'jwks_uri_invalid', what: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === 'https:' && !url.username && !url.password && !url.hash && !text.includes('#');
  const query = code === 'issuer_invalid' && text.includes('?');
  const spelled = url && (url.href === text || url.href === `${text}/`);
  if (!plain || query || !spelled || text.length > MAX_URL)
    throw new AttestationError(
      code,
      `${what} must be an https URL of at most 255 characters, in lower case where case does not matter, without user or fragment.`,
    );
}

function checkCertificates(pem: string): void {
  if (pem.length > MAX_PEM || !areAuthorities(pem))
    throw new AttestationError(
      'ca_certificates_invalid',
      'Give one to ten certificates of authorities (CA:TRUE) in PEM and nothing else.',
    );
}

/** What can be told without asking DNS; what DNS says is checked at every connection, by the egress client. */
function isPlainlyPrivate(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast';
}
