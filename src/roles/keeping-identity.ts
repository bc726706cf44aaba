import type { Listeners, Log, ServerIdentity, ShownIdentity } from '../platform/index.js';

const RETRY_MILLISECONDS = 30_000;
const LONGEST_MILLISECONDS = 12 * 3600 * 1000;

/** Keeps the listeners' certificate fresh: asks for the next before the one shown ends, and shows it from then on. */
export class KeepingIdentity {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: ServerIdentity,
    private readonly listeners: Listeners,
    private readonly log: Log,
  ) {}

  async start(): Promise<ShownIdentity> {
    const identity = await this.source.obtain();
    this.listeners.use(identity);
    this.renewIn(identity.renewAt.getTime() - Date.now());
    return identity;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private renewIn(milliseconds: number): void {
    const pause = Math.min(Math.max(milliseconds, RETRY_MILLISECONDS), LONGEST_MILLISECONDS);
    this.timer = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.log.error('the certificate of the listeners was not renewed', {}, error);
        this.renewIn(RETRY_MILLISECONDS);
      });
    }, pause).unref();
  }
}
