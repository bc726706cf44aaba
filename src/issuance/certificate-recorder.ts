import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { type Identity, Inventory, type IssuedCredential, type Standing } from '../inventory/index.js';
import type { Actor, Id, Json } from '../kernel/index.js';
import { SERIAL_OCTETS, serialFrom, SpiffeId, tbsDigest } from '../crypto/index.js';
import { Config, Ids, type Tx } from '../platform/index.js';
import type { Authority } from './domain/authority.js';
import { IssuanceError } from './domain/errors.js';
import { composeLeaf } from './domain/leaf.js';
import { backdateSeconds, lifetimeSeconds, type Validity, validityFrom } from './domain/lifetime.js';
import { dnsNamesFor, type Profile, type RequestedNames } from './domain/profile.js';
import type { ReceiptDecision, ReceiptSource } from './domain/receipt.js';
import { type CertificateIntent, type Footing, IntentsRepository } from './intents.repository.js';
import { claimsDigest, ReceiptsRepository } from './receipts.repository.js';
import { crlUrl } from './domain/urls.js';

/** A certificate that may be issued: who it is for, on what grounds, and what was asked for. */
export interface CertificateOrder {
  readonly caller: Actor;
  readonly identity: Identity;
  readonly standing: Extract<Standing, { kind: 'issue' }>;
  readonly profile: Profile;
  readonly authority: Authority;
  readonly source: ReceiptSource;
  readonly claims: Json;
  /** Names the receipt; the caller's proof is already called by it. */
  readonly receiptId: Id<'receipt'>;
  readonly trustSeconds: number | null;
  readonly asked: {
    readonly spki: Buffer;
    readonly names: RequestedNames;
    readonly ttlSeconds: number | undefined;
  };
  readonly at: Date;
}

/** Everything that is written down before a certificate is signed (ISS-7), in the transaction of the use case. */
@Injectable()
export class CertificateRecorder {
  constructor(
    private readonly config: Config,
    private readonly ids: Ids,
    private readonly audit: Audit,
    private readonly inventory: Inventory,
    private readonly intents: IntentsRepository,
    private readonly receipts: ReceiptsRepository,
  ) {}

  /**
   * Template → lint → intent, ledger, receipt and record. From its commit on the certificate counts as issued, whether
   * it is ever signed and answered or not.
   *
   * @throws IssuanceError `name_mismatch`, `dns_name_refused`, `authority_unavailable`, `standing_changed`,
   *   `template_refused`
   */
  async record(tx: Tx, order: CertificateOrder): Promise<CertificateIntent> {
    const ttlSeconds = this.lifetimeOf(order);
    const intent = this.intentOf(order, ttlSeconds);
    const decision = decisionOf(order, ttlSeconds);
    await this.receipts.insert(tx, {
      id: order.receiptId,
      credentialId: intent.certificateId,
      identityId: order.identity.id,
      source: order.source,
      claims: order.claims,
      decision,
      createdAt: order.at,
    });
    await this.intents.insert(tx, intent, footingOf(order));
    await this.inventory.recordCredential(tx, ledgerEntryOf(intent, order));
    await this.audit.append(tx, {
      type: 'certificate.issued',
      actor: order.caller,
      subject: intent.certificateId,
      after: imageOf(intent, order, decision),
    });
    return intent;
  }

  private lifetimeOf(order: CertificateOrder): number {
    const ttlSeconds = lifetimeSeconds(
      {
        profile: order.profile,
        standingSeconds: order.standing.maxTtlSeconds,
        trustSeconds: order.trustSeconds,
        requestedSeconds: order.asked.ttlSeconds,
        notAfter: order.authority.notAfter,
      },
      order.at,
    );
    if (ttlSeconds < 1)
      throw new IssuanceError('authority_unavailable', 'The authority is at its end; have an operator renew it.');
    return ttlSeconds;
  }

  private intentOf(order: CertificateOrder, ttlSeconds: number): CertificateIntent {
    const serial = serialFrom(randomBytes(SERIAL_OCTETS));
    const validity = validityFrom(order.at, ttlSeconds, backdateSeconds(order.profile));
    return {
      kind: 'certificate',
      id: this.ids.next('intent'),
      certificateId: this.ids.next('certificate'),
      identityId: order.identity.id,
      receiptId: order.receiptId,
      authorityId: order.authority.id,
      profileId: order.profile.id,
      profileVersion: order.profile.version,
      tbs: this.compose(order, serial, validity),
      spki: order.asked.spki,
      serial,
      ...validity,
    };
  }

  private compose(order: CertificateOrder, serial: Buffer, validity: Validity): Buffer {
    const { identity, profile, authority, asked } = order;
    const template = {
      kind: 'x509-svid',
      spiffeId: SpiffeId.parse(identity.spiffeId),
      dnsNames: dnsNamesFor(asked.names, identity.spiffeId, profile),
      serial,
      spkiDer: asked.spki,
      ...validity,
      crlUrl: crlUrl(this.config.publicUrl, authority.id),
    } as const;
    return composeLeaf(template, authority, profile, this.config.trustDomain);
  }
}

function decisionOf(order: CertificateOrder, ttlSeconds: number): ReceiptDecision {
  return {
    policy: order.caller.decision,
    profile: order.profile.name,
    profileVersion: order.profile.version,
    identityVersion: order.identity.version,
    standing: order.standing.reasons,
    trustSeconds: order.trustSeconds,
    ttlSeconds,
  };
}

function ledgerEntryOf(intent: CertificateIntent, order: CertificateOrder): IssuedCredential {
  return {
    kind: 'certificate',
    id: intent.certificateId,
    identityId: order.identity.id,
    profile: order.profile.name,
    authorityId: intent.authorityId,
    serialNumber: intent.serial.toString('hex'),
    spkiSha256: sha256(intent.spki),
    tbsSha256: tbsDigest(intent.tbs),
    receiptId: order.receiptId,
    notBefore: intent.notBefore,
    expiresAt: intent.notAfter,
  };
}

/** What the log keeps of a certificate: enough to make it again, but for the claims, of which it has the digest. */
function imageOf(intent: CertificateIntent, order: CertificateOrder, decision: ReceiptDecision): Json {
  return {
    identityId: order.identity.id,
    spiffeId: order.identity.spiffeId,
    authorityId: intent.authorityId,
    serialNumber: intent.serial.toString('hex'),
    notBefore: intent.notBefore.toISOString(),
    expiresAt: intent.notAfter.toISOString(),
    tbs: intent.tbs.toString('base64'),
    receiptId: order.receiptId,
    source: { ...order.source },
    claimsSha256: claimsDigest(order.claims).toString('hex'),
    decision: { ...decision, policy: { ...decision.policy } },
  };
}

function footingOf({ identity, source }: CertificateOrder): Footing {
  return {
    identityId: identity.id,
    identityVersion: identity.version,
    trust: source.kind === 'oidc' ? { id: source.id, version: source.version } : null,
  };
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
