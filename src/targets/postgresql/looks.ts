import type { Look } from './look.js';

/** So long a look serves whoever asks, so that a thousand rotations of one server look at it once. */
const SHARED_MILLISECONDS = 500;

interface Shared {
  readonly begunAt: number;
  readonly since: Date;
  readonly look: Promise<Look>;
}

/** Looks at servers, each for everybody who asks at about the same time. What a look says is so as of when it began. */
export class Looks {
  private readonly shared = new Map<string, Shared>();

  /** @param sharedFor in milliseconds; 0 has everybody look for themselves */
  constructor(private readonly sharedFor = SHARED_MILLISECONDS) {}

  /**
   * @param place of the server
   * @param since whoever came later is named
   * @param take looks at it
   */
  of(place: string, since: Date, take: () => Promise<Look>): Promise<Look> {
    const known = this.shared.get(place);
    if (known && known.since <= since && performance.now() - known.begunAt < this.sharedFor) return known.look;
    const shared = { begunAt: performance.now(), since, look: take() };
    this.shared.set(place, shared);
    const forget = () => void (this.shared.get(place) === shared && this.shared.delete(place));
    shared.look.catch(forget);
    setTimeout(forget, this.sharedFor).unref();
    return shared.look;
  }

  /** Has whoever asks next look anew. */
  forget(place: string): void {
    this.shared.delete(place);
  }
}
