import { Injectable } from '@nestjs/common';
import { type Certificate, CryptoError, parseCertificate, verifyPath } from '../crypto/index.js';
import { type Identity, Inventory } from '../inventory/index.js';
import type { Id } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { isTrusted } from './domain/authority.js';
import { IssuanceError } from './domain/errors.js';
import { IntentsRepository } from './intents.repository.js';

/** A certificate that was shown in a handshake, and proves whose it is. */
export interface ProvedCertificate {
  readonly id: Id<'certificate'>;
  readonly certificate: Certificate;
  readonly identity: Pick<Identity, 'id' | 'spiffeId' | 'status'>;
}

/**
 * Looks at certificates that callers show. Nothing of the answer is kept from one request to the next (decision 5), and
 * what may change is read last: whether the certificate was revoked and how its identity stands.
 */
@Injectable()
export class ShownCertificates {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
    private readonly intents: IntentsRepository,
    private readonly inventory: Inventory,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Whose certificate this is: it holds up to our own root, is one that we recorded, to the byte, and is not revoked.
   * Whether the identity is in good standing is not asked here.
   *
   * @param leaf DER, as the connection's own handshake proved it
   * @throws IssuanceError `certificate_untrusted`, `certificate_unknown`, `certificate_revoked`
   */
  async prove(leaf: Buffer): Promise<ProvedCertificate> {
    const certificate = read(leaf);
    await this.requirePath(certificate);
    const id = await this.idOf(certificate);
    const entry = await this.unitOfWork.readOne((tx) => this.inventory.findCredential(tx, id));
    if (!entry || entry.revokedAt !== null)
      throw new IssuanceError('certificate_revoked', 'This certificate was revoked. Prove the workload anew.');
    const { identityId, spiffeId, identityStatus } = entry;
    return { id, certificate, identity: { id: identityId, spiffeId, status: identityStatus } };
  }

  private async idOf(certificate: Certificate): Promise<Id<'certificate'>> {
    const intent = await this.unitOfWork.readOne((tx) => this.intents.findBySerial(tx, certificate.serial));
    if (!intent?.identityId || !intent.tbs.equals(certificate.tbs))
      throw new IssuanceError('certificate_unknown', 'This certificate is not in the ledger. Get a new one.');
    return intent.certificateId;
  }

  private async requirePath(leaf: Certificate): Promise<void> {
    const all = await this.unitOfWork.readOne((tx) => this.authorities.list(tx));
    const trusted = all.filter(isTrusted);
    const of = (kind: string) => trusted.filter((one) => one.kind === kind).map(({ certificate }) => certificate);
    const answer = verifyPath({
      leaf,
      intermediates: of('issuing'),
      roots: of('root'),
      at: this.clock.now(),
      usage: 'client',
    });
    if (!answer.ok)
      throw new IssuanceError('certificate_untrusted', `This certificate does not hold here: ${answer.code}.`, {
        cause: new Error(answer.reason),
      });
  }
}

function read(leaf: Buffer): Certificate {
  try {
    return parseCertificate(leaf);
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new IssuanceError('certificate_untrusted', 'This certificate cannot be read. Get a new one.', { cause });
  }
}
