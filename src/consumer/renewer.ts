import { ClientError, ServiceRefusal } from '../client/index.js';
import { MusterError } from '../kernel/index.js';
import { ConsumerError } from './domain/errors.js';
import { renewalMilliseconds, retryMilliseconds } from './domain/renewal.js';
import type { ConsumerEvent, Instruments } from './options.js';

/** What a renewal brought, and when the next is due. */
export interface Renewed {
  readonly name: string;
  readonly changed: boolean;
  readonly renewAfterSeconds: number;
}

/**
 * Renews again and again: when the service says, or after a growing pause when it cannot be had. Whoever asks meanwhile
 * shares the attempt that is under way.
 */
export class Renewer {
  private readonly closing = new AbortController();
  private underWay: Promise<void> | undefined;
  private callOff: () => void = () => undefined;
  private failures = 0;
  private renewAfterSeconds: number | undefined;

  constructor(
    private readonly what: 'certificate' | 'secret',
    private readonly renew: (signal: AbortSignal) => Promise<Renewed>,
    private readonly instruments: Instruments,
    private readonly tell: (event: ConsumerEvent) => void,
  ) {}

  /** Renews now. @throws what the service refused, and what keeps it from being reached; it is tried again all the same */
  now(): Promise<void> {
    if (this.closing.signal.aborted) return Promise.reject(new ConsumerError('closed', 'It was closed: make another.'));
    // One that has just ended has planned the next already.
    if (this.underWay) return this.underWay;
    this.callOff();
    this.underWay = this.attempt().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  /** Renews after so many seconds for the first time. */
  later(seconds: number): void {
    this.plan(renewalMilliseconds(seconds, this.instruments.random()));
  }

  /** Stops, and waits for what is under way. */
  async close(): Promise<void> {
    this.closing.abort();
    this.callOff();
    await this.underWay?.catch(() => undefined);
  }

  private async attempt(): Promise<void> {
    try {
      const { name, changed, renewAfterSeconds } = await this.renew(this.closing.signal);
      this.failures = 0;
      this.renewAfterSeconds = renewAfterSeconds;
      const nextMilliseconds = renewalMilliseconds(renewAfterSeconds, this.instruments.random());
      this.plan(nextMilliseconds);
      this.tell({ kind: 'renewed', what: this.what, name, changed, nextMilliseconds });
    } catch (error) {
      this.failures += 1;
      const random = this.instruments.random();
      const retryIn = retryMilliseconds(this.failures, this.renewAfterSeconds, random);
      this.plan(retryIn);
      if (!this.closing.signal.aborted) this.tell(failureOf(this.what, error, retryIn));
      throw error;
    }
  }

  private plan(milliseconds: number): void {
    this.callOff();
    if (this.closing.signal.aborted) return;
    this.callOff = this.instruments.after(milliseconds, () => void this.now().catch(() => undefined));
  }
}

/** An event of what went wrong, in the words meant for its reader alone: of anything else only that it was unexpected. */
export function failureOf(
  what: Extract<ConsumerEvent, { kind: 'failed' }>['what'],
  error: unknown,
  retryMilliseconds: number | null,
): ConsumerEvent {
  const known = error instanceof ServiceRefusal || error instanceof ClientError || error instanceof MusterError;
  const [code, message] = known ? [error.code, error.message] : ['unexpected', 'Something unexpected failed.'];
  return { kind: 'failed', what, code, message, retryMilliseconds };
}
