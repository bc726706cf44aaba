/** How long a target is left alone after it did not answer. */
const PAUSE_MILLISECONDS = 5_000;

/**
 * Targets that did not answer lately. One worker at a time tries one of them, now and then: each attempt takes as long as nobody
 * answers, and twenty rotations of a target that is down would keep all the others waiting.
 */
export class Trouble<Target extends string> {
  private readonly troubled = new Map<Target, number>();
  private readonly tried = new Map<Target, number>();

  /** Somebody works on it now. @returns what is called when they are done */
  enter(target: Target): () => void {
    this.tried.set(target, (this.tried.get(target) ?? 0) + 1);
    return () => {
      const left = this.tried.get(target)! - 1;
      if (left > 0) this.tried.set(target, left);
      else this.tried.delete(target);
    };
  }

  /** It did, or did not, answer. @param at on a clock that never jumps, in milliseconds */
  note(target: Target, answered: boolean, at: number): void {
    if (answered) this.troubled.delete(target);
    else this.troubled.set(target, at + PAUSE_MILLISECONDS);
  }

  /** Which are let be: somebody tries them, or just did. */
  avoided(at: number): Target[] {
    return [...this.troubled].flatMap(([target, until]) => (at < until || this.tried.has(target) ? [target] : []));
  }
}
