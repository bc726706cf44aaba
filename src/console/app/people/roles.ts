import type { Role } from '../session/me.js';

/** Every role, and what it is there for. */
export const ROLES: Readonly<Record<Role, { readonly name: string; readonly does: string }>> = {
  administrator: { name: 'Administrator', does: 'invites people, sets policy, decides what nobody else may' },
  custodian: { name: 'Custodian', does: 'answers for identities: reviews, approves, suspends, hands over' },
  analyst: { name: 'Analyst', does: 'watches the estate, and stops what looks wrong' },
  auditor: { name: 'Auditor', does: 'reads everything, changes nothing' },
  'platform-engineer': { name: 'Platform engineer', does: 'registers identities and connects systems' },
};

export function roleNames(roles: readonly Role[]): string {
  return roles.map((role) => ROLES[role].name).join(', ');
}
