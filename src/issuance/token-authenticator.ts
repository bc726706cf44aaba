import { verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { certificateThumbprint } from '../crypto/index.js';
import { Inventory } from '../inventory/index.js';
import type { Principal } from '../kernel/index.js';
import { Authenticator, Config, type ShownCredentials, SystemClock, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { type AccessTokenClaims, OWN_AUDIENCE, readCompactToken, type ReadToken } from './domain/access-token.js';
import { IssuanceError } from './domain/errors.js';
import { ShownCertificates } from './shown-certificates.js';
import { WorkloadAdmission } from './workload-admission.js';

/** How far the clock of the replica that made a token may be ahead of this one's. */
const MAX_AHEAD_SECONDS = 30;

/** Recognises machine identities by an access token of ours, shown over the certificate it is bound to (RFC 8705 §3). */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  constructor(
    private readonly config: Config,
    private readonly clock: SystemClock,
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
    private readonly inventory: Inventory,
    private readonly certificates: ShownCertificates,
    private readonly admission: WorkloadAdmission,
  ) {
    super();
  }

  /** @throws IssuanceError `token_invalid`, `token_not_bound`, and whatever the certificate is refused for */
  async authenticate(shown: ShownCredentials): Promise<Principal | undefined> {
    const token = shown.bearer === undefined ? undefined : readCompactToken(shown.bearer);
    if (!token) return undefined;
    if (!shown.certificate) throw unbound();
    await this.requireSignature(token);
    this.requireClaims(token.claims);
    const { certificate, identity } = await this.certificates.prove(shown.certificate.leaf);
    if (token.claims.cnf['x5t#S256'] !== certificateThumbprint(certificate)) throw unbound();
    if (token.claims.client_id !== identity.id || token.claims.sub !== identity.spiffeId) throw invalid();
    await this.requireNotRevoked(token.claims);
    const principal = {
      kind: 'workload',
      id: identity.id,
      spiffeId: identity.spiffeId,
      credential: { kind: 'token', id: token.claims.jti },
      scopes: token.claims.scope.split(' '),
    } as const;
    return this.admission.admit(identity, principal, shown);
  }

  private async requireSignature({ kid, input, signature }: ReadToken): Promise<void> {
    const keys = await this.unitOfWork.readOne((tx) => this.authorities.listSigningKeys(tx));
    const key = keys.find(({ id }) => id === kid);
    if (!key) throw invalid();
    const spki = { key: key.publicKey, format: 'der', type: 'spki', dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', input, spki, signature)) throw invalid();
  }

  private requireClaims({ iss, aud, iat, exp }: AccessTokenClaims): void {
    const now = this.clock.now().getTime() / 1000;
    if (iss !== this.config.publicUrl || aud !== OWN_AUDIENCE || now < iat - MAX_AHEAD_SECONDS || now >= exp)
      throw invalid();
  }

  private async requireNotRevoked({ jti }: AccessTokenClaims): Promise<void> {
    const entry = await this.unitOfWork.readOne((tx) => this.inventory.findCredential(tx, jti));
    if (!entry || entry.revokedAt !== null) throw invalid();
  }
}

function invalid(): IssuanceError {
  return new IssuanceError('token_invalid', 'This access token does not hold here. Get a new one.');
}

function unbound(): IssuanceError {
  return new IssuanceError('token_not_bound', 'Show this token over the certificate it was issued to, on 8444.');
}
