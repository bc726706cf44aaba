import { brokenConstraint, sqlState } from '../platform/index.js';
import { CustodyError } from './domain/errors.js';

const FOREIGN_KEY_VIOLATION = '23503';

/** Says in this room's words what the database refused; anything else passes through. */
export async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    switch (brokenConstraint(cause)) {
      case 'people_email_unique':
        throw new CustodyError('email_taken', 'Somebody here has this e-mail address already.', { cause });
      case 'passkeys_credential':
        throw new CustodyError('authenticator_taken', 'This passkey is enrolled already; use another authenticator.', {
          cause,
        });
      case 'setup_last_administrator':
        throw new CustodyError('last_administrator', 'One active administrator must remain; make another one first.', {
          cause,
        });
      case 'teams_name_unique':
        throw new CustodyError('team_name_taken', 'Another team has this name; choose a different one.', { cause });
      default:
        throw cause;
    }
  }
}

/** Whether the database refused a removal because something still refers to the row. */
export function isReferred(error: unknown): boolean {
  return sqlState(error) === FOREIGN_KEY_VIOLATION;
}
