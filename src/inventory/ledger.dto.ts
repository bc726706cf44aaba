import { z } from 'zod';
import { idOf, instant, instantInput, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import { CREDENTIAL_KINDS, type LedgerEntry } from './domain/credential.js';

/** `validAt` asks for what was valid at an instant, and without it for now; `state=all` for all there ever was. */
export const ledgerQuery = z
  .strictObject({
    ...pageQuery,
    identityId: idOf('identity').optional(),
    kind: z.enum(CREDENTIAL_KINDS).optional(),
    custodianId: idOf('person').optional(),
    validAt: instantInput.optional(),
    state: z.enum(['valid', 'all']).default('valid'),
  })
  .refine(({ state, validAt }) => state === 'valid' || validAt === undefined, {
    path: ['validAt'],
    message: 'cannot be combined with state=all',
  });

/** As PostgreSQL writes an instant of the ledger; nothing else is ever put into SQL. */
const position = /^(infinity|\d{4,5}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2})?)$/;
const credentialId = /^(crt|tok|key)_[0-9a-f]{32}$/;
export const ledgerPosition = z.tuple([z.string().regex(position), z.string().regex(credentialId)]);

export const ledgerEntrySchema = z
  .strictObject({
    id: z.string().regex(credentialId),
    kind: z.enum(CREDENTIAL_KINDS),
    identityId: idOf('identity'),
    identityName: z.string(),
    spiffeId: z.string(),
    primaryCustodianId: idOf('person').nullable(),
    backupCustodianId: idOf('person').nullable(),
    profile: z.string().nullable(),
    system: z.string().nullable(),
    serialNumber: z.string().nullable(),
    lastFour: z.string().nullable(),
    boundTo: idOf('certificate').nullable(),
    receiptId: idOf('receipt').nullable(),
    notBefore: instant,
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    revocationReason: z.string().nullable(),
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'LedgerEntry' });

export function showEntry({ identityStatus: _, ...entry }: LedgerEntry): z.input<typeof ledgerEntrySchema> {
  return {
    ...entry,
    notBefore: toInstant(entry.notBefore),
    expiresAt: toInstantOrNull(entry.expiresAt),
    revokedAt: toInstantOrNull(entry.revokedAt),
    lastUsedAt: toInstantOrNull(entry.lastUsedAt),
  };
}
