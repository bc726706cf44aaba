import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMilliseconds } from './domain/backoff.js';
import { EnforcementError } from './domain/errors.js';
import { parseFeedLine, parseSnapshot } from './domain/feed-line.js';
import type { Freshness } from './domain/freshness.js';
import type { StandingView, Stopped } from './domain/standing-view.js';
import { linesOf } from './line-reader.js';
import type { Settings } from './options.js';
import { requireOk, type ServiceClient } from './service-client.js';

/** A connection that says nothing for so long is given up; the service speaks every second. */
const SILENCE_MILLISECONDS = 4000;
/** After so long a connection is opened anew, with the certificate of the day and from a fresh snapshot. */
const CONNECTION_MILLISECONDS = 30 * 60_000;

/** Who listens to what the feed brings. */
export interface FeedListener {
  /** The view was replaced: everybody is to be judged anew. */
  replaced(): void;
  stopped(who: Stopped): void;
  /** A heartbeat has arrived in time. */
  fresh(): void;
}

/** Keeps the view of whom to refuse: a snapshot, then the stream after it, and again from the start when it breaks. */
export class FeedFollower {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failures = 0;
  private snapshotDue = true;
  private rewound = false;

  constructor(
    private readonly client: ServiceClient,
    private readonly settings: Pick<Settings, 'instruments' | 'onEvent'>,
    private readonly view: StandingView,
    private readonly freshness: Freshness,
    private readonly listener: FeedListener,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.connect();
      } catch (error) {
        await this.pause(error as Error);
      }
    }
  }

  private async connect(): Promise<void> {
    if (this.snapshotDue) await this.takeSnapshot();
    const connection = new AbortController();
    const ending = setTimeout(() => connection.abort(), CONNECTION_MILLISECONDS).unref();
    const abort = () => connection.abort();
    this.stopping.signal.addEventListener('abort', abort);
    try {
      const askedAt = this.settings.instruments.monotonic();
      const answer = await this.client.stream(`/v1/feed?after=${this.view.after}`, connection.signal);
      await this.follow(answer, askedAt);
    } catch (error) {
      if (!connection.signal.aborted) throw error;
    } finally {
      clearTimeout(ending);
      this.stopping.signal.removeEventListener('abort', abort);
      this.snapshotDue ||= connection.signal.aborted;
    }
  }

  private async takeSnapshot(): Promise<void> {
    const answer = await this.client.get('/v1/feed/snapshot');
    requireOk(answer, 'the snapshot of the feed');
    this.view.reset(parseSnapshot(answer.body), this.rewound);
    this.snapshotDue = false;
    this.rewound = false;
    this.listener.replaced();
  }

  private async follow(answer: IncomingMessage, askedAt: number): Promise<void> {
    try {
      if (answer.statusCode !== 200) this.snapshotDue = true;
      if (answer.statusCode === 400) this.rewound = true;
      requireOk({ status: answer.statusCode ?? 0 }, 'the feed');
      answer.setTimeout(SILENCE_MILLISECONDS, () => answer.destroy(new Error('The feed fell silent.')));
      this.freshness.asked(askedAt);
      this.settings.onEvent({ kind: 'feed.connected', index: this.view.after });
      for await (const line of linesOf(answer)) this.take(line);
    } finally {
      answer.destroy();
    }
    throw new EnforcementError('service_unreachable', 'The service ended the feed: connect anew.');
  }

  private take(text: string): void {
    const line = parseFeedLine(text);
    const stopped = this.view.apply(line);
    if (stopped) this.listener.stopped(stopped);
    if (line.kind !== 'heartbeat') return;
    const now = this.settings.instruments.monotonic();
    this.freshness.heard(line.at, now);
    if (this.freshness.age(now) > SILENCE_MILLISECONDS)
      throw new EnforcementError('service_unreachable', 'The feed lags, or its clock went back: connect anew.');
    this.failures = 0;
    this.listener.fresh();
  }

  private async pause(error: Error): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.failures += 1;
    const retryMilliseconds = backoffMilliseconds(this.failures, this.settings.instruments.random());
    this.settings.onEvent({ kind: 'feed.lost', error, retryMilliseconds });
    await delay(retryMilliseconds, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
