import type { Id } from '../../kernel/index.js';
import type { Authenticator } from './authenticator.js';

export const NOTICE_KINDS = [
  'sign-in-printed',
  'authenticators-reset',
  'recovery-code-used',
  'passkey-copied',
] as const;

/** Something every administrator must hear about. */
export interface Notice {
  readonly kind: (typeof NOTICE_KINDS)[number];
  readonly personId: Id<'person'>;
  readonly at: Date;
  readonly by: string | null;
  readonly spentAt: Date | null;
}

export const REMINDERS = ['enrol_authenticator', 'print_recovery_codes', 'second_administrator'] as const;
export type Reminder = (typeof REMINDERS)[number];

/** Below this many, new recovery codes are due. */
const CODES_DUE = 3;

/** What somebody has enrolled that works, in numbers. */
export interface Enrolled {
  readonly passkeys: number;
  readonly totp: boolean;
  readonly recoveryCodesLeft: number;
}

export function enrolledOf(authenticators: readonly Authenticator[]): Enrolled {
  const working = authenticators.filter(({ confirmedAt }) => confirmedAt !== null);
  return {
    passkeys: working.filter(({ kind }) => kind === 'passkey').length,
    totp: working.some(({ kind }) => kind === 'totp'),
    recoveryCodesLeft: working.reduce((left, { codesLeft }) => left + (codesLeft ?? 0), 0),
  };
}

/**
 * What somebody should do before they need it.
 *
 * @param administrators how many are active; null for who is none
 */
export function remindersOf(
  { passkeys, totp, recoveryCodesLeft }: Enrolled,
  administrators: number | null,
): Reminder[] {
  const enrolled = passkeys > 0 || totp;
  return REMINDERS.filter((reminder) => {
    switch (reminder) {
      case 'enrol_authenticator':
        return !enrolled;
      case 'print_recovery_codes':
        return enrolled && recoveryCodesLeft < CODES_DUE;
      case 'second_administrator':
        return administrators === 1;
    }
  });
}
