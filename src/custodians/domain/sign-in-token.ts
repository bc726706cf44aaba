import { addSeconds, DAY_SECONDS, type Id, MINUTE_SECONDS } from '../../kernel/index.js';

/** Why a sign-in token was made; each lives as long as the way it travels to its person takes. */
export const SIGN_IN_TOKEN_LIFE_SECONDS = {
  /** In a file that only the server's user can read. */
  setup: 30 * DAY_SECONDS,
  /** Carried to somebody new by an administrator. */
  invitation: DAY_SECONDS,
  'sign-in': DAY_SECONDS,
  /** In place of lost authenticators. */
  reset: DAY_SECONDS,
  /** From a session elsewhere to the same person's browser. */
  browser: 10 * MINUTE_SECONDS,
  /** Printed on the server's own terminal. */
  'admin-sign-in': 10 * MINUTE_SECONDS,
} as const;
export type SignInPurpose = keyof typeof SIGN_IN_TOKEN_LIFE_SECONDS;

/** How long every administrator is shown that somebody came in past their authenticators. */
export const NOTICE_SECONDS = 30 * DAY_SECONDS;

export interface SignInToken {
  readonly id: Id<'invitation'>;
  readonly purpose: SignInPurpose;
  /** Null for a setup token alone: whom it makes is not known yet. */
  readonly personId: Id<'person'> | null;
  /** Opaque name of who asked for it. */
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly spentAt: Date | null;
  /** Withdrawn by a newer one, or because the person left. */
  readonly endedAt: Date | null;
}

export function newSignInToken(
  token: Pick<SignInToken, 'id' | 'purpose' | 'personId' | 'madeBy'>,
  at: Date,
): SignInToken {
  const expiresAt = addSeconds(at, SIGN_IN_TOKEN_LIFE_SECONDS[token.purpose]);
  return { ...token, madeAt: at, expiresAt, spentAt: null, endedAt: null };
}

/** Whether a token can still be spent, once. */
export function isSpendable(token: SignInToken, at: Date): boolean {
  return token.spentAt === null && token.endedAt === null && at < token.expiresAt;
}
