import type { Problem } from '../service/problem.js';

/** What a refused request asks for before it is done. */
export interface Challenge {
  readonly id: string;
  readonly acr: string;
  readonly bound: boolean;
  /** The person has no authenticator yet that reaches what is asked. */
  readonly enrol: boolean;
  readonly problem: Problem;
}

/** A proof that was given; a bound one is named by the request that it was given for. */
export interface Proof {
  readonly id: string;
  readonly bound: boolean;
}

interface Waiting {
  readonly challenge: Challenge;
  readonly answer: (proof: Proof | undefined) => void;
}

/** Where requests wait for a stronger proof: one after the other, each until it is proved or declined. */
export class StepUpDesk {
  private queue: readonly Waiting[] = [];
  private readonly listeners = new Set<() => void>();

  /** @returns the proof, or undefined when the person declined */
  ask(problem: Problem): Promise<Proof | undefined> {
    const { stepUpId, acrValues, bound, enrol } = problem.details;
    const challenge: Challenge = {
      id: typeof stepUpId === 'string' ? stepUpId : '',
      acr: typeof acrValues === 'string' ? acrValues : '',
      bound: bound === true,
      enrol: enrol === true,
      problem,
    };
    return new Promise((answer) => this.change([...this.queue, { challenge, answer }]));
  }

  /** The challenge that is shown now. */
  readonly current = (): Challenge | undefined => this.queue[0]?.challenge;

  settle(proof: Proof | undefined): void {
    const [first, ...rest] = this.queue;
    this.change(rest);
    first?.answer(proof);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private change(queue: readonly Waiting[]): void {
    this.queue = queue;
    this.listeners.forEach((listener) => listener());
  }
}

export const stepUpDesk = new StepUpDesk();
