/** What a target is refused by that did not answer, or not in time: what it refuses itself, it answers. */
export const AWAY: readonly string[] = ['target_unreachable', 'target_busy'];

/** How long a target is left alone after it did not answer. */
export const PAUSE_MILLISECONDS = 5_000;

/** What somebody who looks for work lets be, and what they then say that they found. */
export interface Search<Target> {
  readonly avoided: readonly Target[];
  /** @param target of the work that was found; nothing where none was. @returns what is called when they are done with it */
  found(target: Target | undefined): () => void;
}

/**
 * Targets that did not answer lately. One worker at a time tries one of them, now and then: each attempt takes as long as nobody
 * answers, and twenty rotations of a target that is down would keep all the others waiting.
 */
export class Trouble<Target extends string> {
  private readonly troubled = new Map<Target, number>();
  private readonly tried = new Map<Target, number>();
  private readonly back = new Set<Target>();
  private readonly answers = new Map<Target, number>();

  /**
   * Somebody looks for work. What they may try of the targets in trouble is theirs alone until they say what they found, so that of
   * several who look at once one finds it.
   *
   * @param at on a clock that never jumps, in milliseconds
   */
  search(at: number): Search<Target> {
    const known = [...this.troubled];
    const mine = known.flatMap(([target, until]) => (at < until || this.tried.has(target) ? [] : [target]));
    for (const target of mine) this.count(target, 1);
    return {
      avoided: known.flatMap(([target]) => (mine.includes(target) ? [] : [target])),
      found: (target) => {
        if (target !== undefined) this.count(target, 1);
        for (const one of mine) this.count(one, -1);
        return () => target !== undefined && this.count(target, -1);
      },
    };
  }

  /** It did, or did not, answer. @param at on a clock that never jumps, in milliseconds */
  note(target: Target, answered: boolean, at: number): void {
    if (answered) {
      if (this.troubled.delete(target)) this.back.add(target);
      this.answers.set(target, this.answersOf(target) + 1);
    } else {
      this.troubled.set(target, at + PAUSE_MILLISECONDS);
      this.back.delete(target);
    }
  }

  /** Whether it did not answer when somebody tried last. */
  knows(target: Target): boolean {
    return this.troubled.has(target);
  }

  /** Whether it answers again: said once, whoever it was that it answered. */
  isBack(target: Target): boolean {
    return this.back.delete(target);
  }

  /** How often it has answered here. */
  answersOf(target: Target): number {
    return this.answers.get(target) ?? 0;
  }

  private count(target: Target, more: 1 | -1): void {
    const count = (this.tried.get(target) ?? 0) + more;
    if (count > 0) this.tried.set(target, count);
    else this.tried.delete(target);
  }
}
