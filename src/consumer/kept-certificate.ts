import { ServiceRefusal } from '../client/index.js';
import { type Certificate, type CertificateAnswer, readCertificate } from './domain/answers.js';
import { newKeyRequest } from './key-request.js';
import { checkService, type Instruments, type KeepingOptions, REAL } from './options.js';
import { Renewer, type Renewed } from './renewer.js';
import { callService } from './service-call.js';

/** A certificate that was just issued, with the key it is for. */
export interface IssuedWithKey extends CertificateAnswer {
  readonly key: string;
}

export interface CertificateOptions extends KeepingOptions {
  /** The one held at the start; without it `prove` gives the first. */
  readonly held?: Certificate | undefined;
  /**
   * Proves the workload from the start and gets a certificate, for example by the token of its platform: for the first one,
   * and when the one held opens nothing any more, as after a long time away.
   */
  readonly prove?: ((signal: AbortSignal) => Promise<IssuedWithKey>) | undefined;
  /** Stores it; it is used only once that is done. */
  readonly store?: ((issued: IssuedWithKey) => Promise<void>) | undefined;
}

/** The service's words for a certificate that opens nothing any more, or an identity that is let in no more. */
const SHUT_OUT = [401, 403];

/**
 * Keeps a certificate fresh: renews when the service said, with a new key each time, and keeps the one it has until the next
 * is stored.
 */
export class KeptCertificate {
  private readonly renewer: Renewer;
  private readonly instruments: Instruments;
  private held: Certificate | undefined;
  /** On the monotonic clock; undefined where nobody told how long it lives. */
  private endsAt: number | undefined;

  /** @throws ConsumerError `options_invalid` */
  constructor(private readonly options: CertificateOptions) {
    checkService(options.service);
    this.instruments = options.instruments ?? REAL;
    this.held = options.held;
    const tell = options.onEvent ?? (() => undefined);
    this.renewer = new Renewer('certificate', (signal) => this.renew(signal), this.instruments, tell);
  }

  /** The one to use now. */
  get current(): Certificate {
    if (!this.held) throw new Error('Start it first: there is no certificate yet.');
    return this.held;
  }

  /**
   * Renews what is held, or gets the first one. That the service is away is no failure for who holds one: they go on with
   * it, and it is tried again.
   *
   * @throws ServiceRefusal, ClientError where there is none to go on with
   */
  async start(): Promise<Certificate> {
    try {
      await this.renewer.now();
    } catch (error) {
      if (!this.held) {
        await this.renewer.close();
        throw error;
      }
    }
    return this.current;
  }

  /** Renews now, for example because somebody refused the one that is held. */
  async refresh(): Promise<Certificate> {
    await this.renewer.now();
    return this.current;
  }

  close(): Promise<void> {
    return this.renewer.close();
  }

  private async renew(signal: AbortSignal): Promise<Renewed> {
    const issued = await this.next(signal);
    await this.options.store?.(issued);
    this.held = { key: issued.key, chain: [issued.certificate, ...issued.chain].map(ended).join('') };
    this.endsAt = this.instruments.monotonic() + issued.lifeSeconds * 1000;
    return { name: issued.id, changed: true, renewAfterSeconds: issued.renewAfterSeconds };
  }

  private async next(signal: AbortSignal): Promise<IssuedWithKey> {
    const { prove } = this.options;
    if (!this.held) {
      if (prove) return prove(signal);
      throw new Error('Give a certificate to begin with, or a way to prove the workload.');
    }
    try {
      return await this.renewed(this.held, signal);
    } catch (error) {
      if (prove && this.opensNothing(error)) return prove(signal);
      throw error;
    }
  }

  private async renewed(held: Certificate, signal: AbortSignal): Promise<IssuedWithKey> {
    const { key, csr } = await newKeyRequest();
    const ask = { method: 'POST', path: '/v1/certificates/renewal', body: { csr } } as const;
    return { key, ...readCertificate(await callService(this.options.service, held, ask, signal)) };
  }

  /** An expired certificate ends in the handshake, where every fault looks alike: then its age tells. */
  private opensNothing(error: unknown): boolean {
    if (error instanceof ServiceRefusal) return SHUT_OUT.includes(error.status);
    return this.endsAt === undefined || this.instruments.monotonic() > this.endsAt;
  }
}

function ended(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
