import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** A certificate that was just given, and what was shown for it. */
export interface Renewal {
  readonly identityId: Id<'identity'>;
  readonly certificateId: Id<'certificate'>;
  /** The certificate that was renewed; null for who proved themselves anew. */
  readonly renewedId: Id<'certificate'> | null;
  /** When it should be renewed if nothing else is to be considered. */
  readonly naturalSeconds: number;
}

/** One use of a certificate at an enforcement point. */
export interface CertificateUse {
  readonly credentialId: Id<'certificate'>;
  readonly address: string;
  readonly at: Date;
}

/** What issuance asks of whoever rotates certificates: bound where the rooms meet. */
export abstract class CertificateRotation {
  /** In how many seconds the holder is to come again: at most what is natural. */
  abstract renewAfterSeconds(renewal: Renewal): Promise<number>;
  /** Notes who still uses what is to go, in the transaction that takes the report. */
  abstract used(tx: Tx, uses: readonly CertificateUse[]): Promise<void>;
}
