import type { Role } from '../../kernel/index.js';

/** Who may decide what. What is not named here is an administrator's alone. */
const ELIGIBLE: Readonly<Record<string, readonly Role[]>> = {
  'identity.activate': ['administrator', 'custodian'],
  'identity.change': ['administrator', 'custodian'],
};

export function eligibleRoles(action: string): readonly Role[] {
  return ELIGIBLE[action] ?? ['administrator'];
}
