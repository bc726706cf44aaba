import { setTimeout as sleep } from 'node:timers/promises';

/** Does what was found; nobody else does. */
type Work = () => Promise<void>;

/**
 * Works on so many things beside one another. Whoever is at something that takes long keeps nobody waiting: what falls due
 * meanwhile is looked for now and then, by one alone, until nobody is at anything.
 */
export class Lanes {
  constructor(
    private readonly most: number,
    private readonly napMilliseconds: number,
  ) {}

  /**
   * Until nothing is found and everything found is done.
   *
   * @param find takes what is next for itself; undefined where there is nothing now
   * @throws the first that failed, once all others are over
   */
  async carry(find: () => Promise<Work | undefined>): Promise<void> {
    const busy = new Set<Promise<void>>();
    let failed: { readonly error: unknown } | undefined;
    const note = (error: unknown): undefined => void (failed ??= { error });
    for (;;) {
      const work = busy.size < this.most ? await find().catch(note) : undefined;
      if (work) {
        const lane: Promise<void> = work()
          .catch(note)
          .then(() => void busy.delete(lane));
        busy.add(lane);
        continue;
      }
      if (busy.size === 0) break;
      await Promise.race([...busy, sleep(this.napMilliseconds, undefined, { ref: false })]);
    }
    if (failed) throw failed.error;
  }
}
