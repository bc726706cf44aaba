import { z } from 'zod';
import type { LedgerEntry } from '../inventory/index.js';
import { idOf, instant, line, toInstant, toInstantOrNull } from '../platform/index.js';
import type { IssuedCertificate } from './certificates.service.js';
import type { Receipt } from './domain/receipt.js';

const MAX_TTL_SECONDS = 7 * 86_400;
const MAX_CSR = 131_072;
const MAX_TOKEN = 16_384;

const csr = z.string().min(1).max(MAX_CSR);
const ttlSeconds = z.int().min(1).max(MAX_TTL_SECONDS).optional();

export const certificateBody = z.strictObject({
  attestation: z.strictObject({
    kind: z.enum(['oidc', 'join-token']),
    token: z.string().min(1).max(MAX_TOKEN),
  }),
  /** PKCS#10, PEM. */
  csr,
  ttlSeconds,
  profile: line(100).optional(),
  /** Which identity is meant, by id or SPIFFE ID, where the token could prove several. */
  identity: line(2048).optional(),
});

export const renewalBody = z.strictObject({ csr, ttlSeconds });

export const revocationBody = z.strictObject({
  /** Words, or one of RFC 5280's reasons like `key-compromise`, which the revocation list then repeats. */
  reason: line(300),
});

export const issuedCertificateSchema = z
  .strictObject({
    id: idOf('certificate'),
    identityId: idOf('identity'),
    spiffeId: z.string(),
    receiptId: idOf('receipt'),
    serialNumber: z.string(),
    /** PEM. */
    certificate: z.string(),
    /** PEM of the authorities below the root, nearest first. */
    chain: z.array(z.string()),
    notBefore: instant,
    expiresAt: instant,
    renewAfterSeconds: z.int(),
  })
  .meta({ id: 'IssuedCertificate' });

export const certificateSchema = z
  .strictObject({
    id: idOf('certificate'),
    identityId: idOf('identity'),
    spiffeId: z.string(),
    profile: z.string().nullable(),
    serialNumber: z.string(),
    receiptId: idOf('receipt').nullable(),
    notBefore: instant,
    expiresAt: instant,
    revokedAt: instant.nullable(),
    revocationReason: z.string().nullable(),
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'Certificate' });

export const receiptSchema = z
  .strictObject({
    id: idOf('receipt'),
    credentialId: z.string(),
    identityId: idOf('identity'),
    /** What the credential came of: a trust in its version, a join token, or the certificate that was shown. */
    source: z.strictObject({
      kind: z.enum(['oidc', 'join-token', 'certificate']),
      id: z.string(),
      version: z.int().nullable(),
    }),
    /** The exact claims that were proved. */
    claims: z.unknown(),
    decision: z.strictObject({
      policy: z.strictObject({ effect: z.string(), reasons: z.array(z.string()), policy: z.string() }),
      profile: z.string(),
      profileVersion: z.int(),
      identityVersion: z.int(),
      standing: z.array(z.string()),
      trustSeconds: z.int().nullable(),
      ttlSeconds: z.int(),
    }),
    createdAt: instant,
  })
  .meta({ id: 'Receipt' });

export function showIssued(issued: IssuedCertificate): z.input<typeof issuedCertificateSchema> {
  const { id, serialNumber, certificate, chain, notBefore, notAfter, renewAfterSeconds } = issued;
  return {
    id,
    identityId: issued.identityId!,
    spiffeId: issued.spiffeId!,
    receiptId: issued.receiptId!,
    serialNumber,
    certificate,
    chain: [...chain],
    notBefore: toInstant(notBefore),
    expiresAt: toInstant(notAfter),
    renewAfterSeconds,
  };
}

export function showCertificate(entry: LedgerEntry): z.input<typeof certificateSchema> {
  return {
    id: entry.id,
    identityId: entry.identityId,
    spiffeId: entry.spiffeId,
    profile: entry.profile,
    serialNumber: entry.serialNumber!,
    receiptId: entry.receiptId,
    notBefore: toInstant(entry.notBefore),
    expiresAt: toInstant(entry.expiresAt!),
    revokedAt: toInstantOrNull(entry.revokedAt),
    revocationReason: entry.revocationReason,
    lastUsedAt: toInstantOrNull(entry.lastUsedAt),
  };
}

export function showReceipt({ source, createdAt, decision, ...receipt }: Receipt): z.input<typeof receiptSchema> {
  const { policy, standing } = decision;
  return {
    ...receipt,
    source: { ...source },
    claims: receipt.claims,
    decision: { ...decision, policy: { ...policy, reasons: [...policy.reasons] }, standing: [...standing] },
    createdAt: toInstant(createdAt),
  };
}
