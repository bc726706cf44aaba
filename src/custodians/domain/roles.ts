import { type Role, ROLES } from '../../kernel/index.js';
import { CustodyError } from './errors.js';

/** The roles once each, in one order, so that equal sets are equal texts. */
export function sortedRoles(roles: readonly Role[]): readonly Role[] {
  return ROLES.filter((role) => roles.includes(role));
}

/**
 * Whoever changes people must still be an active administrator when the change happens, not only when the request came
 * in: of two administrators who depart each other at the same moment, one stays.
 *
 * @param acting the caller's row as locked, undefined when it is gone
 * @throws CustodyError `authority_lost`
 */
export function requireAdministrator(acting: { status: string; roles: readonly Role[] } | undefined): void {
  if (acting?.status !== 'active' || !acting.roles.includes('administrator'))
    throw new CustodyError('authority_lost', 'You are no longer an active administrator; ask one to do this.');
}

/** Whether a change takes a role away, after which sessions opened with it must not go on. */
export function losesRole(before: readonly Role[], after: readonly Role[]): boolean {
  return before.some((role) => !after.includes(role));
}

/**
 * Muster never stands without an active administrator. The database holds the same rule (`setup_last_administrator`)
 * for changes that happen at the same time.
 *
 * @param remaining how many active administrators the change would leave
 * @throws CustodyError `last_administrator`
 */
export function keepAnAdministrator(remaining: number): void {
  if (remaining < 1)
    throw new CustodyError(
      'last_administrator',
      'Make somebody else an administrator first, and have them sign in: one active administrator must remain.',
    );
}
