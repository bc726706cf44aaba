import type { Instruments } from '../../src/consumer/index.js';

/** Time that passes only when a test lets it. */
export class HandClock implements Instruments {
  private now = 0;
  private waiting: { readonly at: number; readonly call: () => void }[] = [];

  monotonic(): number {
    return this.now;
  }

  random(): number {
    return 0;
  }

  after(milliseconds: number, call: () => void): () => void {
    const one = { at: this.now + milliseconds, call };
    this.waiting.push(one);
    return () => (this.waiting = this.waiting.filter((other) => other !== one));
  }

  /** How long until what is next, in milliseconds. */
  get next(): number | undefined {
    const [first] = this.waiting.map(({ at }) => at - this.now).sort((a, b) => a - b);
    return first;
  }

  advance(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.waiting.filter(({ at }) => at <= this.now);
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    for (const { call } of due) call();
  }
}
