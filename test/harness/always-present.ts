import type { StepUpRequirement } from '../../src/kernel/index.js';
import { type GuardedCall, type Pass, StepUpDesk } from '../../src/platform/index.js';
import type { Muster } from './muster.js';

/** Takes everybody to be there and willing: for rooms whose rules are about something else. */
export class AlwaysPresent extends StepUpDesk {
  override admit(call: GuardedCall, { acr }: StepUpRequirement): Promise<Pass> {
    const id = `stu_${call.requestId.slice(4)}` as const;
    return Promise.resolve({
      evidence: { stepUp: { id, acr, provedAt: new Date() } },
      spend: () => Promise.resolve(),
    });
  }
}

/** Has a running service take everybody to be there, where a suite is about something else than proving it. */
export function everybodyIsPresent(muster: Muster): void {
  muster.get(StepUpDesk).admit = (call, requirement) => AlwaysPresent.prototype.admit(call, requirement);
}
