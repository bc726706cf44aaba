import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { encodeCertificatePem, serialFrom } from '../crypto/index.js';
import { MusterError, systemActor } from '../kernel/index.js';
import { Config, Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { Delivery } from './delivery.js';
import { isTrusted } from './domain/authority.js';
import { composeLeaf } from './domain/leaf.js';
import { backdateSeconds, lifetimeSeconds, renewAfterSeconds, validityFrom } from './domain/lifetime.js';
import { serviceNames } from './domain/service-names.js';
import { crlUrl } from './domain/urls.js';
import { type CertificateIntent, IntentsRepository } from './intents.repository.js';

/** What the service's listeners show, and whom the mutual one believes. */
export interface ServiceIdentity {
  /** PKCS#8 PEM; it is in memory alone. */
  readonly key: string;
  /** PEM, leaf first, without the root. */
  readonly chain: string;
  /** PEM of the roots and issuing authorities behind client certificates. */
  readonly clientAuthorities: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export type RenewedListener = (identity: ServiceIdentity) => void;

const PROFILE = 'service';
const BACKDATE = backdateSeconds({ kind: PROFILE });
const AGAIN_AFTER_MILLISECONDS = 60_000;

/** The service's own TLS certificate, from its own authority: a new key at each start, never written anywhere. */
@Injectable()
export class ServiceCertificate implements OnModuleDestroy {
  private readonly logger = new Logger('ServiceCertificate');
  private readonly listeners: RenewedListener[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly authorities: AuthoritiesRepository,
    private readonly intents: IntentsRepository,
    private readonly delivery: Delivery,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** Is told of every certificate after the first, when two thirds of the one before have passed. */
  onRenewed(listener: RenewedListener): void {
    this.listeners.push(listener);
  }

  /** Issues the first certificate, and sees to the next ones until the module is destroyed. */
  async start(): Promise<ServiceIdentity> {
    const identity = await this.issue();
    this.renewLater(identity);
    return identity;
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  private async issue(): Promise<ServiceIdentity> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const intent = await this.unitOfWork.run((tx) => this.record(tx, spki));
    const { certificate, chain, notBefore, notAfter } = await this.delivery.certificate(intent);
    const trusted = await this.unitOfWork.readOne((tx) => this.authorities.list(tx));
    return {
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      chain: [certificate, ...chain].join(''),
      clientAuthorities: trusted.filter(isTrusted).map((authority) => encodeCertificatePem(authority.certificate)),
      notBefore,
      notAfter,
    };
  }

  private async record(tx: Tx, spki: Buffer): Promise<CertificateIntent> {
    const authority = await this.authorities.getActive(tx, 'issuing');
    const profile = await this.authorities.getProfile(tx, PROFILE);
    const at = this.clock.now();
    const bounds = { profile, standingSeconds: null, trustSeconds: null, requestedSeconds: undefined };
    const validity = validityFrom(at, lifetimeSeconds({ ...bounds, notAfter: authority.notAfter }, at), BACKDATE);
    const serial = serialFrom(randomBytes(16));
    const template = {
      kind: 'tls-server',
      ...serviceNames(this.config.publicUrl),
      serial,
      spkiDer: spki,
      ...validity,
      crlUrl: crlUrl(this.config.publicUrl, authority.id),
    } as const;
    const intent: CertificateIntent = {
      kind: 'certificate',
      id: this.ids.next('intent'),
      certificateId: this.ids.next('certificate'),
      identityId: null,
      receiptId: null,
      authorityId: authority.id,
      profileId: profile.id,
      profileVersion: profile.version,
      tbs: composeLeaf(template, authority, profile, this.config.trustDomain),
      spki,
      serial,
      ...validity,
    };
    await this.intents.insertOwn(tx, intent);
    await this.audit.append(tx, {
      type: 'certificate.issued',
      actor: systemActor('service-certificate', this.ids.next('request')),
      subject: intent.certificateId,
      after: {
        profile: PROFILE,
        authorityId: authority.id,
        serialNumber: serial.toString('hex'),
        expiresAt: intent.notAfter.toISOString(),
        tbs: intent.tbs.toString('base64'),
      },
    });
    return intent;
  }

  private renewLater(identity: ServiceIdentity): void {
    const waitSeconds = renewAfterSeconds(identity, this.clock.now(), BACKDATE);
    this.timer = setTimeout(() => void this.renew(), waitSeconds * 1000).unref();
  }

  private async renew(): Promise<void> {
    try {
      const identity = await this.issue();
      for (const listener of this.listeners) listener(identity);
      this.renewLater(identity);
    } catch (error) {
      const code = error instanceof MusterError ? error.code : 'internal';
      this.logger.error(`The service's own certificate was not renewed (${code}); trying again in a minute.`);
      this.timer = setTimeout(() => void this.renew(), AGAIN_AFTER_MILLISECONDS).unref();
    }
  }
}
