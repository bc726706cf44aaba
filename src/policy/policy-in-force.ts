import type { Policy } from './domain/policy.js';

/** The policy that this process decides by, as it was read at its start. */
export class PolicyInForce {
  constructor(readonly policy: Policy) {}
}
