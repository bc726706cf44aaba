import { backoffMilliseconds } from './domain/backoff.js';
import { EnforcementError } from './domain/errors.js';
import { type Occasion, type UsageBatch, UsageLedger, type Use } from './domain/usage-ledger.js';
import type { Settings } from './options.js';
import type { Answer, ServiceClient } from './service-client.js';

/** Batches kept while the service cannot be reached; the oldest goes first, and its number stays a known gap. */
const MAX_PENDING = 100;

/**
 * Sends reports of use, one after another, each until it is accepted: the same number again after a failure. That nothing was
 * used is said too, and that the run is over: only so does silence mean that somebody is missing.
 */
export class UsageReporter {
  private readonly ledger: UsageLedger;
  private readonly pending: UsageBatch[] = [];
  private sending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;

  /** @param run names this run of the point, as numbers begin anew with it */
  constructor(
    private readonly client: Pick<ServiceClient, 'post'>,
    private readonly settings: Pick<Settings, 'point' | 'instruments' | 'reportEverySeconds' | 'onEvent'>,
    run: string,
  ) {
    this.ledger = new UsageLedger(`${settings.point}/${run}`, settings.instruments.now());
  }

  get pendingBatches(): number {
    return this.pending.length;
  }

  start(): void {
    this.schedule(this.settings.reportEverySeconds * 1000);
  }

  note(use: Use): void {
    this.ledger.note(use);
    if (this.ledger.isFull) this.cut();
  }

  /** Cuts and sends what was counted so far; resolves when it was tried once. */
  flush(occasion: Occasion = {}): Promise<void> {
    this.cut(occasion);
    this.sending ??= this.send().finally(() => (this.sending = undefined));
    return this.sending;
  }

  async close(): Promise<void> {
    const started = this.timer !== undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.sending;
    await this.flush({ last: started });
  }

  private schedule(milliseconds: number): void {
    this.timer = setTimeout(() => void this.turn(), milliseconds).unref();
  }

  private async turn(): Promise<void> {
    await this.flush({ quiet: this.pending.length === 0 });
    if (this.timer === undefined) return;
    const { reportEverySeconds, instruments } = this.settings;
    this.schedule(
      this.failures === 0 ? reportEverySeconds * 1000 : backoffMilliseconds(this.failures, instruments.random()),
    );
  }

  private cut(occasion: Occasion = {}): void {
    const batch = this.ledger.cut(this.settings.instruments.now(), occasion);
    if (batch) this.pending.push(batch);
    while (this.pending.length > MAX_PENDING)
      this.lose(this.pending.shift()!, new EnforcementError('service_unreachable', 'Too many reports are waiting.'));
  }

  private async send(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending[0]!;
      const outcome = await this.deliver(batch);
      if (outcome === 'later') {
        this.failures += 1;
        return;
      }
      this.failures = 0;
      if (this.pending[0] === batch) this.pending.shift();
    }
  }

  private async deliver(batch: UsageBatch): Promise<'done' | 'later'> {
    try {
      const answer = await this.client.post('/v1/usage', batch);
      if (isAccepted(answer)) return 'done';
      if (isTemporary(answer)) return 'later';
      this.lose(batch, new EnforcementError('service_refused', `The service answered ${answer.status} to a report.`));
      return 'done';
    } catch {
      return 'later';
    }
  }

  private lose(batch: UsageBatch, error: Error): void {
    this.settings.onEvent({ kind: 'usage.lost', batch: batch.batch, error });
  }
}

function isAccepted({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** What may pass: the service is restarting or sealed, busy, or our certificate or grant is being renewed. */
function isTemporary({ status }: Answer): boolean {
  return status >= 500 || [401, 403, 408, 429].includes(status);
}
