import { Injectable } from '@nestjs/common';
import type { Id, Json } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import { checkClaims, issuerOf, type RegisteredClaims } from './domain/claims.js';
import { type Jws, parseJws, tokenDigest } from './domain/jws.js';
import { verifySignature } from './domain/key-set.js';
import { matchTrusts } from './domain/match.js';
import type { Evidence, OidcProof, Shown } from './domain/proof.js';
import type { Provider } from './domain/provider.js';
import { Refusal } from './domain/refusal.js';
import { subjectsMatching } from './domain/subject.js';
import type { Trust } from './domain/trust.js';
import { verifierOf } from './domain/verifiers/index.js';
import { ProviderKeys } from './provider-keys.js';
import { ProvidersRepository } from './providers.repository.js';
import { TrustsRepository } from './trusts.repository.js';

/** Proves an identity by a token of a federated issuer (OpenID Connect Core 1.0, RFC 8725). */
@Injectable()
export class Oidc {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly providers: ProvidersRepository,
    private readonly trusts: TrustsRepository,
    private readonly keys: ProviderKeys,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Header, issuer, key, signature, claims, trust: in this order, so that nothing is believed before it is proved.
   *
   * @param wanted the identity that the caller named
   * @throws Refusal with the reason
   */
  async prove(evidence: Evidence, wanted: Id<'identity'> | undefined, shown: Shown): Promise<OidcProof> {
    const jws = parseJws(evidence.token);
    const issuer = issuerOf(jws.claims);
    try {
      const provider = await this.providerOf(issuer);
      return await this.proveBy(provider, jws, wanted, shown);
    } catch (error) {
      throw error instanceof Refusal ? error.within({ issuer }) : error;
    }
  }

  private async proveBy(
    provider: Provider,
    jws: Jws,
    wanted: Id<'identity'> | undefined,
    shown: Shown,
  ): Promise<OidcProof> {
    try {
      if (!provider.algorithms.includes(jws.algorithm)) throw new Refusal('algorithm_not_allowed');
      const key = await this.keys.get(provider, jws.kid);
      verifySignature(key, jws.algorithm, jws.signed, jws.signature);
      const token = checkClaims(jws.claims, provider, this.clock.now());
      return this.proofOf(provider, await this.trustFor(provider, token, jws, wanted), token, jws, shown);
    } catch (error) {
      throw error instanceof Refusal ? error.within({ providerId: provider.id }) : error;
    }
  }

  private async providerOf(issuer: string): Promise<Provider> {
    const provider = await this.unitOfWork.readOne((tx) => this.providers.findByIssuer(tx, issuer));
    if (!provider) throw new Refusal('issuer_unknown');
    if (provider.status !== 'active') throw new Refusal('provider_paused', { providerId: provider.id });
    return provider;
  }

  private async trustFor(
    provider: Provider,
    token: RegisteredClaims,
    jws: Jws,
    wanted: Id<'identity'> | undefined,
  ): Promise<Trust> {
    const subjects = subjectsMatching(token.subject);
    const trusts = await this.unitOfWork.readOne((tx) => this.trusts.listCandidates(tx, provider.id, subjects, wanted));
    const verdict = matchTrusts(trusts, token, jws.claims, verifierOf(provider.kind), wanted);
    if (verdict.kind === 'match') return verdict.trust;
    const { reason, trust } = verdict;
    throw new Refusal(reason, trust ? { trustId: trust.id, identityId: trust.identityId } : {});
  }

  private proofOf(provider: Provider, trust: Trust, token: RegisteredClaims, jws: Jws, shown: Shown): OidcProof {
    const digest = tokenDigest(jws);
    return {
      kind: 'oidc',
      identityId: trust.identityId,
      trustId: trust.id,
      trustVersion: trust.version,
      providerId: provider.id,
      providerVersion: provider.version,
      joinTokenId: null,
      tokenDigest: digest,
      expiresAt: token.deadAt,
      maxTtlSeconds: trust.maxTtlSeconds,
      claims: receiptOf(provider, trust, jws, digest, this.clock.now()),
      shown,
    };
  }
}

/** The receipt of ATT-4: all that the decision stood on, so that it can be judged again years later. */
function receiptOf(provider: Provider, trust: Trust, jws: Jws, digest: Buffer, at: Date): Json {
  const { id, version, audience, subject, pins, condition, maxTtlSeconds } = trust;
  return {
    kind: 'oidc',
    verdict: 'match',
    verifiedAt: at.toISOString(),
    token: { sha256: digest.toString('hex'), algorithm: jws.algorithm, kid: jws.kid },
    provider: { id: provider.id, version: provider.version, kind: provider.kind, issuer: provider.issuer },
    trust: { id, version, audience, subject, pins, condition, maxTtlSeconds },
    claims: jws.claims,
  };
}
