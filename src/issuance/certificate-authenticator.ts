import { Injectable } from '@nestjs/common';
import type { Principal } from '../kernel/index.js';
import { Authenticator, type ShownCredentials } from '../platform/index.js';
import { ShownCertificates } from './shown-certificates.js';
import { WorkloadAdmission } from './workload-admission.js';

/** Recognises machine identities by the client certificate of the connection itself. */
@Injectable()
export class CertificateAuthenticator extends Authenticator {
  constructor(
    private readonly certificates: ShownCertificates,
    private readonly admission: WorkloadAdmission,
  ) {
    super();
  }

  /** A caller who shows a token besides wants to be known by that: a token that does not hold is not passed over. */
  async authenticate(shown: ShownCredentials): Promise<Principal | undefined> {
    if (!shown.certificate || shown.bearer !== undefined) return undefined;
    const { id, identity } = await this.certificates.prove(shown.certificate.leaf);
    const credential = { kind: 'certificate', id } as const;
    const { spiffeId } = identity;
    return this.admission.admit(identity, { kind: 'workload', id: identity.id, spiffeId, credential }, shown);
  }
}
