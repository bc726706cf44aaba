import { Injectable } from '@nestjs/common';
import type { Decision } from '../kernel/index.js';
import { DecisionPoint, type Question } from '../platform/index.js';
import { decide, isAction } from './domain/decide.js';

/** Answers the question that guards every route. */
@Injectable()
export class PolicyDecisions extends DecisionPoint {
  knows(action: string): boolean {
    return isAction(action);
  }

  async decide({ principal, action, context, evidence }: Question): Promise<Decision> {
    return decide(principal, action, context, evidence?.consent);
  }
}
