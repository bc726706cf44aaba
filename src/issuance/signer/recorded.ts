import type { Id } from '../../kernel/index.js';
import type { Profile } from '../domain/profile.js';

/** An intent as the signer itself read it, after its commit, with its own database role. */
export interface RecordedIntent {
  readonly id: Id<'intent'>;
  readonly kind: 'certificate' | 'token';
  readonly credentialId: Id<'certificate'> | Id<'token'>;
  readonly identityId: Id<'identity'> | null;
  /** The name the inventory gives that identity now; null for the service's own certificate. */
  readonly spiffeId: string | null;
  readonly authorityId: Id<'authority'> | null;
  readonly signingKeyId: Id<'signingKey'> | null;
  readonly profileVersion: number;
  readonly profile: Profile;
  readonly tbs: Buffer;
  readonly spki: Buffer | null;
  readonly serial: Buffer | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Seconds since it was recorded, by the database's clock alone. */
  readonly ageSeconds: number;
  /** Whether its credential has been revoked. */
  readonly revoked: boolean;
  /** The bytes of the intent it repeats, and whether that one was for the same credential; null when it is the first. */
  readonly repeats: { readonly tbs: Buffer; readonly credentialId: string } | null;
}

/** What this installation is, as the database's owner wrote it down. */
export interface Installation {
  readonly trustDomain: string;
  readonly publicUrl: string;
}
