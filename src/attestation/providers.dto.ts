import { z } from 'zod';
import { consentFor, idOf, instant, line, pageQuery, toInstant } from '../platform/index.js';
import { ALGORITHMS } from './domain/algorithm.js';
import { MAX_CLOCK_SKEW_SECONDS, MAX_TOKEN_AGE_SECONDS, type Provider, PROVIDER_STATUSES } from './domain/provider.js';
import { PROVIDER_KINDS } from './domain/verifiers/index.js';

const name = line(100);
const url = z.string().min(1).max(255);
const pem = z.string().min(1).max(65_536);
const algorithms = z
  .array(z.enum(ALGORITHMS))
  .min(1)
  .max(ALGORITHMS.length)
  .refine((list) => new Set(list).size === list.length, 'must not name one twice');
const consent = consentFor('an issuer on a loopback or private address, for this provider alone.');
const maxTokenAgeSeconds = z.int().min(60).max(MAX_TOKEN_AGE_SECONDS);
const clockSkewSeconds = z.int().min(0).max(MAX_CLOCK_SKEW_SECONDS);

export const newProviderBody = z.strictObject({
  name,
  kind: z.enum(PROVIDER_KINDS),
  issuer: url.describe('Exactly as the `iss` of its tokens.'),
  algorithms: algorithms.default(['RS256']),
  jwksUri: url.nullish().describe('Null or absent: found through the discovery document of the issuer.'),
  caCertificates: pem.nullish().describe('PEM of the authorities believed for this provider alone.'),
  privateNetwork: consent.nullish(),
  maxTokenAgeSeconds: maxTokenAgeSeconds.default(3600),
  clockSkewSeconds: clockSkewSeconds.default(30),
});

export const providerChangeBody = z
  .strictObject({
    name: name.optional(),
    algorithms: algorithms.optional(),
    jwksUri: url.nullable().optional(),
    caCertificates: pem.nullable().optional(),
    privateNetwork: consent.nullable().optional(),
    maxTokenAgeSeconds: maxTokenAgeSeconds.optional(),
    clockSkewSeconds: clockSkewSeconds.optional(),
    status: z.enum(PROVIDER_STATUSES).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const providersQuery = z.strictObject(pageQuery);

export const providerSchema = z
  .strictObject({
    id: idOf('provider'),
    name: z.string(),
    kind: z.enum(PROVIDER_KINDS),
    issuer: z.string(),
    algorithms: z.array(z.enum(ALGORITHMS)),
    jwksUri: z.string().nullable(),
    caCertificates: z.string().nullable(),
    privateNetwork: z.strictObject({ by: idOf('person'), consentedAt: instant, reason: z.string() }).nullable(),
    maxTokenAgeSeconds: z.int(),
    clockSkewSeconds: z.int(),
    status: z.enum(PROVIDER_STATUSES),
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Provider' });

export function showProvider(provider: Provider): z.input<typeof providerSchema> {
  const { privateNetwork } = provider;
  return {
    ...provider,
    algorithms: [...provider.algorithms],
    privateNetwork: privateNetwork && { ...privateNetwork, consentedAt: toInstant(privateNetwork.consentedAt) },
    createdAt: toInstant(provider.createdAt),
    changedAt: toInstant(provider.changedAt),
  };
}
