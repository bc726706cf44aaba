import { Injectable } from '@nestjs/common';
import { canonicalJson, type Json } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import { DecisionsRepository, type KeptDecision } from './decisions.repository.js';
import { PolicyError } from './domain/errors.js';
import { evaluate } from './domain/evaluate.js';
import { compilePolicy, type Policy } from './domain/policy.js';

/** Decides past questions again, each by the policy that decided it then (P14). */
@Injectable()
export class Replay {
  private readonly policies = new Map<string, Promise<Policy>>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: DecisionsRepository,
  ) {}

  /**
   * Whether the same is decided as then, to the byte.
   *
   * @throws PolicyError `policy_unknown` where the text of that policy is not kept here
   */
  async same({ input, decision }: KeptDecision): Promise<boolean> {
    const again = evaluate(await this.policyNamed(decision.policy), input);
    return canonicalJson(again as unknown as Json) === canonicalJson(decision as unknown as Json);
  }

  private policyNamed(name: string): Promise<Policy> {
    const known = this.policies.get(name) ?? this.read(name);
    this.policies.set(name, known);
    return known;
  }

  private async read(name: string): Promise<Policy> {
    const text = await this.unitOfWork.read((tx) => this.decisions.findPolicy(tx, name));
    if (text === undefined) throw new PolicyError('policy_unknown', `The text of ${name} is not kept here.`);
    return compilePolicy(text);
  }
}
