import { type ConsumerEvent, keepSecret, type KeptSecret, type Secret } from '../../consumer/index.js';
import type { CommandContext } from '../context.js';
import { readFileIfAny, writePrivateFile } from '../private-file.js';
import { wordsOf } from '../workload/event-words.js';
import { keepFolder, type KeptFolder } from '../workload/kept-folder.js';
import { patiently } from '../workload/patience.js';
import { takeUp } from './after-change.js';
import type { AfterChange, AgentConfig, CertificateConfig, SecretConfig } from './config.js';
import { StatusFile } from './status.js';

interface Kept {
  refresh(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Keeps what a host's programs use fresh: certificates in their folders, secrets in their files. What cannot be had is tried
 * again without end and holds up nothing else.
 */
export class Agent {
  private readonly stopping = new AbortController();
  private readonly kept: Kept[] = [];
  private readonly status: StatusFile;

  constructor(
    private readonly context: CommandContext,
    private readonly config: AgentConfig,
  ) {
    this.status = new StatusFile(config.statusFile);
    for (const { folder, secrets } of config.certificates) {
      this.status.tell('certificate', folder, {});
      for (const { rotation } of secrets) this.status.tell('secret', rotation, {});
    }
  }

  /** Resolves once everything is there and taken up. @throws the reason of `stop` where that came first */
  async start(): Promise<void> {
    await Promise.all(this.config.certificates.map((certificate) => this.keepCertificate(certificate)));
  }

  /** Renews everything now; what fails is told, and tried again as ever. */
  async refresh(): Promise<void> {
    await Promise.allSettled(this.kept.map((one) => one.refresh()));
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.kept.map((one) => one.close()));
    await this.status.close();
  }

  private async keepCertificate(certificate: CertificateConfig): Promise<void> {
    const { folder, secrets } = certificate;
    let renewals = Promise.resolve();
    const hear = (event: ConsumerEvent) => {
      this.hear('certificate', folder, event);
      if (event.kind !== 'renewed') return;
      renewals = renewals.then(() => this.taken('certificate', folder, certificate.afterChange)).catch(() => undefined);
    };
    const kept = await this.untilThere('certificate', folder, () =>
      keepFolder(this.context, folder, certificate, hear),
    );
    this.kept.push(kept.certificate);
    await Promise.all([renewals, ...secrets.map((secret) => this.keepSecret(kept, secret))]);
  }

  private async keepSecret({ service, certificate }: KeptFolder, secret: SecretConfig): Promise<void> {
    const { rotation, instance, atLeastEverySeconds } = secret;
    const kept = await this.untilThere('secret', rotation, async () => {
      const made: KeptSecret = keepSecret({
        ...{ service, rotation, instance, atLeastEverySeconds, certificate: () => certificate.current },
        onEvent: (event) => this.hear('secret', rotation, event),
        onChange: (now) => this.hand(secret, now, made),
      });
      await made.start();
      return made;
    });
    this.kept.push(kept);
    await this.hand(secret, kept.current, kept);
  }

  /** In the files, taken up, and then acknowledged: in that order. */
  private async hand(config: SecretConfig, secret: Secret, kept: KeptSecret): Promise<void> {
    const { rotation, files, afterChange } = config;
    let changed = false;
    await this.untilThere('secret', rotation, async () => {
      for (const { path, text } of files) {
        const filled = text.fill(secret);
        if ((await readFileIfAny(path)) === filled) continue;
        await writePrivateFile(path, filled);
        changed = true;
      }
    });
    if (changed) await this.taken('secret', rotation, afterChange);
    kept.acknowledge(secret.version);
    this.status.tell('secret', rotation, { version: secret.version, there: true, failure: null });
  }

  private async taken(kind: 'certificate' | 'secret', name: string, change: AfterChange | undefined): Promise<void> {
    await this.untilThere(kind, name, () => takeUp(change));
    this.status.tell(kind, name, { there: true, failure: null });
  }

  private untilThere<Result>(
    what: 'certificate' | 'secret',
    name: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const failed = (error: unknown, retryMilliseconds: number) => {
      const { code = 'unexpected', message } = error as { readonly code?: string; readonly message: string };
      this.hear(what, name, { kind: 'failed', what, code, message, retryMilliseconds });
    };
    return patiently(work, failed, this.stopping.signal, () => true);
  }

  private hear(kind: 'certificate' | 'secret', name: string, event: ConsumerEvent): void {
    const sentence = wordsOf(event);
    if (sentence !== undefined) this.context.notices.say(`${name}: ${sentence}`);
    if (event.kind === 'failed') {
      const { code, message } = event;
      this.status.tell(kind, name, { failure: { code, message } });
    } else this.status.tell(kind, name, { failure: null });
  }
}
