import { z } from 'zod';
import { encodeCertificatePem } from '../crypto/index.js';
import { idOf, instant, toInstant } from '../platform/index.js';
import type { Authority } from './domain/authority.js';

export const authoritySchema = z
  .strictObject({
    id: idOf('authority'),
    kind: z.enum(['root', 'issuing']),
    state: z.enum(['prepare', 'active', 'taint', 'revoked']),
    issuerId: idOf('authority').nullable(),
    /** PEM. */
    certificate: z.string(),
    subjectKeyId: z.string(),
    notBefore: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Authority' });

export const authoritiesSchema = z.strictObject({ items: z.array(authoritySchema) });

export const jwksSchema = z
  .strictObject({ keys: z.array(z.record(z.string(), z.string())) })
  .meta({ id: 'JsonWebKeySet' });

export const metadataSchema = z
  .strictObject({
    issuer: z.string(),
    token_endpoint: z.string(),
    jwks_uri: z.string(),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    tls_client_certificate_bound_access_tokens: z.literal(true),
    mtls_endpoint_aliases: z.strictObject({ token_endpoint: z.string() }),
    service_documentation: z.string(),
  })
  .meta({ id: 'AuthorizationServerMetadata' });

export function showAuthority(authority: Authority): z.input<typeof authoritySchema> {
  const { id, kind, state, issuerId, certificate, subjectKeyId, notBefore, notAfter } = authority;
  return {
    id,
    kind,
    state,
    issuerId,
    certificate: encodeCertificatePem(certificate),
    subjectKeyId: subjectKeyId.toString('hex'),
    notBefore: toInstant(notBefore),
    expiresAt: toInstant(notAfter),
  };
}
