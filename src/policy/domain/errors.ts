import { errorsOf } from '../../kernel/index.js';

/** Ways a policy cannot be used. */
export class PolicyError extends errorsOf('PolicyError', {
  policy_invalid: 'invalid',
  policy_unknown: 'not-found',
}) {}
