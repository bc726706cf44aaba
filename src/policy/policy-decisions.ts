import { Injectable } from '@nestjs/common';
import type { Decision } from '../kernel/index.js';
import { DecisionPoint, type Question, SystemClock } from '../platform/index.js';
import { DecisionLog } from './decision-log.js';
import { evaluate } from './domain/evaluate.js';
import { inputOf } from './input-of.js';
import { PolicyInForce } from './policy-in-force.js';

/** Answers the question that guards every route, and writes down what it answered. */
@Injectable()
export class PolicyDecisions extends DecisionPoint {
  constructor(
    private readonly inForce: PolicyInForce,
    private readonly log: DecisionLog,
    private readonly clock: SystemClock,
  ) {
    super();
  }

  knows(action: string): boolean {
    return this.inForce.policy.actions.has(action);
  }

  async decide(question: Question): Promise<Decision> {
    const at = this.clock.now();
    const input = inputOf(question, at);
    const decision = evaluate(this.inForce.policy, input);
    this.log.note({ at, input, decision, requestId: question.requestId });
    return decision;
  }
}
