import type { Id } from '../../kernel/index.js';
import { InventoryError } from './errors.js';
import type { IdentityStatus } from './identity.js';

export const CREDENTIAL_KINDS = ['certificate', 'token', 'registered-key'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];
export type CredentialId = Id<'certificate'> | Id<'token'> | Id<'registeredKey'>;

/** What Muster issued, as the ledger keeps it. Serial numbers are hexadecimal in lower case, digests SHA-256. */
export type IssuedCredential =
  | {
      readonly kind: 'certificate';
      readonly id: Id<'certificate'>;
      readonly identityId: Id<'identity'>;
      readonly profile: string;
      readonly authorityId: Id<'authority'>;
      readonly serialNumber: string;
      readonly spkiSha256: Buffer;
      readonly tbsSha256: Buffer;
      readonly receiptId: Id<'receipt'> | null;
      readonly notBefore: Date;
      readonly expiresAt: Date;
    }
  | {
      readonly kind: 'token';
      readonly id: Id<'token'>;
      readonly identityId: Id<'identity'>;
      readonly profile: string;
      /** The certificate it is bound to, and ends with (RFC 8705). */
      readonly boundTo: Id<'certificate'>;
      readonly receiptId: Id<'receipt'> | null;
      readonly notBefore: Date;
      readonly expiresAt: Date;
    };

/** A credential that another system issued, known here by its keyed fingerprint alone. */
export interface RegisteredKey {
  readonly id: Id<'registeredKey'>;
  readonly identityId: Id<'identity'>;
  /** The system that issued it and accepts it. */
  readonly system: string;
  readonly fingerprint: Buffer;
  readonly fingerprintKeyId: string;
  readonly lastFour: string | null;
  readonly registeredBy: string;
  readonly registeredAt: Date;
  /** Null where the other system sets no end. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** @throws InventoryError `key_expired` */
export function registerKey(key: Omit<RegisteredKey, 'registeredAt' | 'revokedAt'>, at: Date): RegisteredKey {
  if (key.expiresAt !== null && key.expiresAt <= at)
    throw new InventoryError('key_expired', 'Register a key that is still valid, or leave expiresAt out.');
  return { ...key, registeredAt: at, revokedAt: null };
}

/** One line of the ledger: a credential, who holds it and who answers for it. */
export interface LedgerEntry {
  readonly id: CredentialId;
  readonly kind: CredentialKind;
  readonly identityId: Id<'identity'>;
  readonly identityName: string;
  readonly spiffeId: string;
  readonly identityStatus: IdentityStatus;
  readonly primaryCustodianId: Id<'person'> | null;
  readonly backupCustodianId: Id<'person'> | null;
  readonly profile: string | null;
  readonly system: string | null;
  readonly serialNumber: string | null;
  readonly lastFour: string | null;
  readonly boundTo: Id<'certificate'> | null;
  readonly receiptId: Id<'receipt'> | null;
  readonly notBefore: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  readonly lastUsedAt: Date | null;
}
