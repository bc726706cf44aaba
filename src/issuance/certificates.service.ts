import { Injectable } from '@nestjs/common';
import { Attestation, type Evidence, type Proof } from '../attestation/index.js';
import { Audit } from '../audit/index.js';
import { Csr } from '../crypto/index.js';
import { Inventory, standingOf } from '../inventory/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { crashPoint, Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { attestedCaller, workloadOf } from './caller.js';
import { CertificateRotation } from './certificate-rotation.js';
import { type CertificateOrder, CertificateRecorder } from './certificate-recorder.js';
import { Delivery, type DeliveredCertificate } from './delivery.js';
import { IssuanceError } from './domain/errors.js';
import { dnsNamesOf } from './domain/leaf.js';
import { backdateSeconds, renewAfterSeconds } from './domain/lifetime.js';
import type { Profile } from './domain/profile.js';
import type { ReceiptSource } from './domain/receipt.js';
import { refusalOf } from './domain/refusal.js';
import { type CertificateIntent, IntentsRepository } from './intents.repository.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { CredentialRefusals } from './credential-refusals.js';

export interface CertificateAsk {
  /** PKCS#10, PEM. */
  readonly csr: string;
  readonly ttlSeconds?: number | undefined;
  readonly profile?: string | undefined;
}

/** A certificate, and when its holder is to renew it. */
export interface IssuedCertificate extends DeliveredCertificate {
  readonly renewAfterSeconds: number;
}

const DEFAULT_PROFILE = 'workload';

/** Gives certificates to identities that prove themselves and are in good standing. */
@Injectable()
export class Certificates {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: SystemClock,
    private readonly ids: Ids,
    private readonly audit: Audit,
    private readonly inventory: Inventory,
    private readonly attestation: Attestation,
    private readonly authorities: AuthoritiesRepository,
    private readonly intents: IntentsRepository,
    private readonly receipts: ReceiptsRepository,
    private readonly recorder: CertificateRecorder,
    private readonly delivery: Delivery,
    private readonly refusals: CredentialRefusals,
    private readonly rotation: CertificateRotation,
  ) {}

  /**
   * Issues a certificate to the identity that the evidence proves, for the key that signed the CSR.
   *
   * The same evidence with the same key gets the same certificate once more (decision 10); with another key, nothing.
   *
   * @throws CryptoError for a CSR that does not hold; AttestationError `attestation_refused`; IssuanceError with the
   *   reason, recorded, where a proved identity is refused
   */
  async issue(
    actor: Actor,
    ask: CertificateAsk & { readonly attestation: Evidence },
    address: string,
  ): Promise<IssuedCertificate> {
    const csr = Csr.parse(ask.csr);
    const proof = await this.attestation.prove(ask.attestation, { address, requestId: actor.requestId });
    const identity = await this.inventory.getIdentity(proof.identityId);
    const receiptId = this.ids.next('receipt');
    const caller = attestedCaller(actor, identity, receiptId);
    await crashPoint('issue', 1);
    const intent = await this.refusals.recorded(
      { type: 'certificate.refused', actor: caller, subject: identity.id },
      () => this.unitOfWork.run((tx) => this.recordAttested(tx, caller, receiptId, ask, csr, proof)),
    );
    await crashPoint('issue', 3);
    const delivered = await this.delivery.certificate(intent);
    await crashPoint('issue', 4);
    return this.toBeRenewed(delivered, identity.id, null);
  }

  /**
   * Issues the next certificate to the holder of a valid one, for the same profile: renewal changes the key and the
   * dates, and widens nothing.
   *
   * @throws as `issue`
   */
  async renew(actor: Actor, ask: CertificateAsk): Promise<IssuedCertificate> {
    const csr = Csr.parse(ask.csr);
    const { identityId, credential } = workloadOf(actor);
    const intent = await this.refusals.recorded({ type: 'certificate.refused', actor, subject: identityId }, () =>
      this.unitOfWork.run((tx) => this.recordRenewal(tx, actor, ask, csr)),
    );
    await crashPoint('renew', 2);
    const delivered = await this.delivery.certificate(intent);
    return this.toBeRenewed(delivered, identityId, credential.id as Id<'certificate'>);
  }

  private async toBeRenewed(
    delivered: DeliveredCertificate,
    identityId: Id<'identity'>,
    renewedId: Id<'certificate'> | null,
  ): Promise<IssuedCertificate> {
    const naturalSeconds = renewAfterSeconds(delivered, delivered.deliveredAt, backdateSeconds({ kind: 'svid' }));
    const renewal = { identityId, certificateId: delivered.id, renewedId, naturalSeconds };
    return { ...delivered, renewAfterSeconds: await this.rotation.renewAfterSeconds(renewal) };
  }

  private async recordAttested(
    tx: Tx,
    caller: Actor,
    receiptId: Id<'receipt'>,
    ask: CertificateAsk,
    csr: Csr,
    proof: Proof,
  ): Promise<CertificateIntent> {
    const ground = await this.groundOf(tx, proof.identityId);
    const spent = await this.attestation.spend(tx, proof, { spkiSha256: csr.key.spkiSha256 });
    if (spent.outcome === 'again') return this.recordRepeat(tx, caller, spent.certificateId, ground.at);
    const intent = await this.recorder.record(tx, {
      ...ground,
      caller,
      receiptId,
      profile: await this.profileNamed(tx, ask.profile ?? DEFAULT_PROFILE),
      source: sourceOf(proof),
      claims: proof.claims,
      trustSeconds: proof.maxTtlSeconds,
      asked: askedBy(csr, ask.ttlSeconds),
    });
    await this.attestation.bind(tx, proof, intent.certificateId);
    await crashPoint('issue', 2);
    return intent;
  }

  private async recordRenewal(tx: Tx, actor: Actor, ask: CertificateAsk, csr: Csr): Promise<CertificateIntent> {
    const { identityId, credential } = workloadOf(actor);
    const ground = await this.groundOf(tx, identityId);
    const current = await this.standingCertificate(tx, credential.id as Id<'certificate'>, ground.at);
    const intent = await this.recorder.record(tx, {
      ...ground,
      caller: actor,
      receiptId: this.ids.next('receipt'),
      profile: await this.authorities.getProfileById(tx, current.profileId),
      source: { kind: 'certificate', id: current.certificateId, version: null },
      claims: { certificateId: current.certificateId, serialNumber: current.serial.toString('hex') },
      trustSeconds: await this.receipts.trustSecondsOf(tx, current.certificateId),
      asked: narrowed(askedBy(csr, ask.ttlSeconds), current),
    });
    await crashPoint('renew', 1);
    return intent;
  }

  /** Locks the identity, and finds whether it may have a certificate now, and from whom. */
  private async groundOf(
    tx: Tx,
    identityId: Id<'identity'>,
  ): Promise<Pick<CertificateOrder, 'identity' | 'standing' | 'authority' | 'at'>> {
    const { identity, facts } = await this.inventory.lockForIssuance(tx, identityId);
    const at = this.clock.now();
    const standing = standingOf(facts, at);
    if (standing.kind === 'refuse') throw refusalOf(standing);
    return { identity, standing, authority: await this.authorities.getActive(tx, 'issuing'), at };
  }

  private async profileNamed(tx: Tx, name: string): Promise<Profile> {
    const profile = await this.authorities.getProfile(tx, name);
    if (profile.kind !== 'svid')
      throw new IssuanceError('profile_not_found', 'There is no such profile; leave it out for the default.');
    return profile;
  }

  private async recordRepeat(
    tx: Tx,
    caller: Actor,
    certificateId: Id<'certificate'>,
    at: Date,
  ): Promise<CertificateIntent> {
    const first = await this.standingCertificate(tx, certificateId, at);
    const id = this.ids.next('intent');
    await this.intents.insertRepeat(tx, first, id);
    await this.audit.append(tx, {
      type: 'certificate.repeated',
      actor: caller,
      subject: certificateId,
      after: { identityId: first.identityId, serialNumber: first.serial.toString('hex') },
    });
    return { ...first, id };
  }

  /** A certificate that still stands. The signer looks once more, after the commit, whether it was revoked meanwhile. */
  private async standingCertificate(tx: Tx, id: Id<'certificate'>, at: Date): Promise<CertificateIntent> {
    const intent = await this.intents.findCertificate(tx, id);
    if (!intent) throw new IssuanceError('certificate_not_found', 'There is no such certificate.');
    if ((await this.inventory.findCredential(tx, id))?.revokedAt != null)
      throw new IssuanceError('certificate_revoked', 'This certificate was revoked. Prove the workload anew.');
    if (at >= intent.notAfter)
      throw new IssuanceError('certificate_expired', 'That certificate has expired. Prove the workload anew.');
    return intent;
  }
}

function sourceOf(proof: Proof): ReceiptSource {
  return proof.kind === 'oidc'
    ? { kind: 'oidc', id: proof.trustId, version: proof.trustVersion }
    : { kind: 'join-token', id: proof.joinTokenId, version: null };
}

function askedBy(csr: Csr, ttlSeconds: number | undefined): CertificateOrder['asked'] {
  const { uris, dnsNames, others } = csr.requested;
  return { spki: csr.key.spkiDer, names: { uris, dnsNames, others: others.length > 0 }, ttlSeconds };
}

/** What a renewal may ask for: no name that the certificate it renews does not bear (P17). */
function narrowed(asked: CertificateOrder['asked'], current: CertificateIntent): CertificateOrder['asked'] {
  const borne = dnsNamesOf(current.tbs);
  if (!asked.names.dnsNames.every((name) => borne.includes(name)))
    throw new IssuanceError('dns_name_refused', 'A renewal bears no new name. Prove the workload anew to get one.');
  return asked;
}
