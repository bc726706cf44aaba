import { Injectable } from '@nestjs/common';
import { encodeCertificatePem } from '../crypto/index.js';
import { UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import type { Authority } from './domain/authority.js';

/** Shows the authorities; making and changing them is a ceremony's. */
@Injectable()
export class Authorities {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
  ) {}

  list(): Promise<readonly Authority[]> {
    return this.unitOfWork.readOne((tx) => this.authorities.list(tx));
  }

  /** The active root, PEM: what relying parties pin. @throws IssuanceError `authority_unavailable` */
  async rootPem(): Promise<string> {
    const root = await this.unitOfWork.readOne((tx) => this.authorities.getActive(tx, 'root'));
    return encodeCertificatePem(root.certificate);
  }
}
