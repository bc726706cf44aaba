import { type Principal, principalName, rolesOf } from '../../kernel/index.js';
import type { Party } from './identity.js';

/** What the rules over identities need to know of whoever acts. */
export function partyOf(principal: Principal): Party {
  return { name: principalName(principal), roles: rolesOf(principal) };
}
