import { Injectable } from '@nestjs/common';
import {
  assembleSigned,
  type Certificate,
  certificateSpiffeId,
  encodeCertificatePem,
  parseCertificate,
  type Usage,
  verifyPath,
} from '../crypto/index.js';
import type { Id } from '../kernel/index.js';
import { Signer, SystemClock, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import type { Authority } from './domain/authority.js';
import { IssuanceError } from './domain/errors.js';
import type { CertificateIntent, TokenIntent } from './intents.repository.js';
import { compactToken } from './domain/access-token.js';

/** A certificate as it leaves: signed, verified, with everything its holder needs to show it. */
export interface DeliveredCertificate {
  readonly id: Id<'certificate'>;
  /** These three are null for the service's own certificate. */
  readonly identityId: Id<'identity'> | null;
  readonly spiffeId: string | null;
  readonly receiptId: Id<'receipt'> | null;
  readonly serialNumber: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM of the authorities below the root, nearest first. */
  readonly chain: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly deliveredAt: Date;
}

/** The authorities above a certificate, nearest first, and the root that ends them. */
interface Above {
  readonly chain: readonly Authority[];
  readonly root: Authority;
}

/** What comes after the commit: sign → verify → answer. */
@Injectable()
export class Delivery {
  /** Kept, as no authority's certificate or issuer ever changes; whether it may still issue is not asked here. */
  private readonly above = new Map<Id<'authority'>, Above>();

  constructor(
    private readonly signer: Signer,
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Has a recorded certificate signed, and looks at the result with the verifier that handshakes use before it leaves.
   *
   * @throws SignerError; IssuanceError `signature_unverified`
   */
  async certificate(intent: CertificateIntent): Promise<DeliveredCertificate> {
    const [signed] = await this.signer.signIntents([intent.id]);
    const above = await this.aboveOf(intent.authorityId);
    const der = assembleSigned(intent.tbs, 'ecdsa-sha256', signed!.signature);
    const certificate = this.verified(der, intent.identityId === null ? 'server' : 'client', above);
    return {
      id: intent.certificateId,
      identityId: intent.identityId,
      spiffeId: certificateSpiffeId(certificate)?.toString() ?? null,
      receiptId: intent.receiptId,
      serialNumber: certificate.serialNumber,
      certificate: encodeCertificatePem(der),
      chain: above.chain.map((authority) => encodeCertificatePem(authority.certificate)),
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      deliveredAt: this.clock.now(),
    };
  }

  /** Has a recorded token signed: the compact JWS. */
  async token(intent: TokenIntent): Promise<string> {
    const [signed] = await this.signer.signIntents([intent.id]);
    return compactToken(intent.tbs, signed!.signature);
  }

  private async aboveOf(id: Id<'authority'>): Promise<Above> {
    const known = this.above.get(id);
    if (known) return known;
    const above = authoritiesAbove(id, await this.unitOfWork.readOne((tx) => this.authorities.list(tx)));
    this.above.set(id, above);
    return above;
  }

  private verified(der: Buffer, usage: Usage, { chain, root }: Above): Certificate {
    const leaf = parseCertificate(der);
    const answer = verifyPath({
      leaf,
      intermediates: chain.map(({ certificate }) => certificate),
      roots: [root.certificate],
      at: this.clock.now(),
      usage,
    });
    if (answer.ok) return leaf;
    throw new IssuanceError('signature_unverified', 'The new certificate does not hold. Tell your operator.', {
      cause: new Error(`${answer.code}: ${answer.reason}`),
    });
  }
}

function authoritiesAbove(id: Id<'authority'>, authorities: readonly Authority[]): Above {
  const chain: Authority[] = [];
  for (let next: string | null = id; next !== null && chain.length < authorities.length;) {
    const authority = authorities.find((one) => one.id === next);
    if (authority?.kind === 'root') return { chain, root: authority };
    if (!authority) break;
    chain.push(authority);
    next = authority.issuerId;
  }
  throw new IssuanceError('authority_unavailable', 'The authority has no root above it. Tell your operator.');
}
