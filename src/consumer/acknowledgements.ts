import { ServiceRefusal } from '../client/index.js';
import { retryMilliseconds } from './domain/renewal.js';
import type { ConsumerEvent, Instruments } from './options.js';
import { failureOf } from './renewer.js';

/** Refusals that may pass; any other is the service's last word on that version. */
const MAY_PASS = [401, 403, 408, 425, 429];

/** Says which version is in use, each once, again and again until it was heard; a newer one takes the place of an older. */
export class Acknowledgements {
  private readonly closing = new AbortController();
  private wanted: number | undefined;
  private heard: number | undefined;
  /** Heard, or refused for good. */
  private settled: number | undefined;
  private sending: Promise<void> | undefined;
  private callOff: () => void = () => undefined;
  private failures = 0;

  constructor(
    private readonly send: (version: number, signal: AbortSignal) => Promise<unknown>,
    private readonly instruments: Instruments,
    private readonly tell: (event: ConsumerEvent) => void,
  ) {}

  say(version: number): void {
    if (version === this.wanted) return;
    this.wanted = version;
    this.failures = 0;
    this.begin();
  }

  /** What was heard last. */
  get last(): number | undefined {
    return this.heard;
  }

  async close(): Promise<void> {
    this.callOff();
    this.closing.abort();
    await this.sending;
  }

  private begin(): void {
    this.callOff();
    this.sending ??= this.sendWanted().finally(() => {
      this.sending = undefined;
      if (this.wanted !== this.settled && this.failures === 0 && !this.closing.signal.aborted) this.begin();
    });
  }

  private async sendWanted(): Promise<void> {
    const version = this.wanted!;
    try {
      await this.send(version, this.closing.signal);
      this.heard = this.settled = version;
      this.failures = 0;
      this.tell({ kind: 'acknowledged', version });
    } catch (error) {
      if (!this.closing.signal.aborted) this.failed(version, error);
    }
  }

  private failed(version: number, error: unknown): void {
    const final = error instanceof ServiceRefusal && error.status < 500 && !MAY_PASS.includes(error.status);
    if (final) this.settled = version;
    if (final || version !== this.wanted) return this.tell(failureOf('acknowledgement', error, null));
    this.failures += 1;
    const retryIn = retryMilliseconds(this.failures, undefined, this.instruments.random());
    this.callOff = this.instruments.after(retryIn, () => this.begin());
    this.tell(failureOf('acknowledgement', error, retryIn));
  }
}
