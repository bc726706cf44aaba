import { type Id, type Level, MINUTE_SECONDS, type Proofs, type ProvedLevel, reaches } from '../../kernel/index.js';
import { CustodyError } from './errors.js';
import { isHere, type Person } from './person.js';
import type { SessionOrigin } from './session.js';

export const AUTHENTICATOR_KINDS = ['passkey', 'totp', 'recovery-codes'] as const;
export type AuthenticatorKind = (typeof AUTHENTICATOR_KINDS)[number];

/** What a person signs in or proves their presence with. Its secrets lie beside it and are not part of it. */
export interface Authenticator {
  readonly id: Id<'authenticator'>;
  readonly personId: Id<'person'>;
  readonly kind: AuthenticatorKind;
  /** As its owner calls it, sealed under their own key. */
  readonly nameSealed: string;
  readonly version: number;
  readonly createdAt: Date;
  /** Null until its owner has shown that it works; until then it proves nothing. */
  readonly confirmedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** Whether a passkey may leave its device, as it said itself; null for other kinds. */
  readonly backupEligible: boolean | null;
  /** Recovery codes that are left; null for other kinds. */
  readonly codesLeft: number | null;
}

export type NewAuthenticator = Pick<Authenticator, 'id' | 'personId' | 'kind' | 'nameSealed' | 'createdAt'> &
  Partial<Pick<Authenticator, 'backupEligible' | 'codesLeft'>>;

/** One time-based secret is confirmed by its first code; the others have worked already when they are enrolled. */
export function enrol(wanted: NewAuthenticator): Authenticator {
  const confirmedAt = wanted.kind === 'totp' ? null : wanted.createdAt;
  return { backupEligible: null, codesLeft: null, ...wanted, version: 1, confirmedAt, lastUsedAt: null };
}

/** @returns the very argument when it works already */
export function confirm(authenticator: Authenticator, at: Date): Authenticator {
  if (authenticator.confirmedAt !== null) return authenticator;
  return { ...authenticator, confirmedAt: at, version: authenticator.version + 1 };
}

export function rename(authenticator: Authenticator, nameSealed: string): Authenticator {
  return { ...authenticator, nameSealed, version: authenticator.version + 1 };
}

/**
 * Whether a passkey's counter is above the one before (WebAuthn Level 3 §7.2 step 22). Those that are copied between
 * devices on purpose have none: they show zero, always.
 */
export function hasGrown(shown: number, stored: number): boolean {
  return shown > stored || (shown === 0 && stored === 0);
}

/** A passkey of which the authenticator says whether its key can leave the device. */
export function passkeyLevel(backupEligible: boolean): 'loa3' | 'loa4' {
  return backupEligible ? 'loa3' : 'loa4';
}

/** How a passkey proves it (RFC 8176 §2): a key in hardware or not, the user present, and verified by a second factor. */
export function passkeyMethods(backupEligible: boolean): readonly string[] {
  return [backupEligible ? 'swk' : 'hwk', 'user', 'mfa'];
}

/**
 * What a one-time code adds to a session: a second factor only where the first was of another kind. A session that a
 * carried token, a recovery code or another code began has no such first factor (NIST SP 800-63B-4 §2.2.1).
 */
export function totpLevel(beganBy: SessionOrigin): Level {
  return beganBy === 'single-sign-on' || beganBy === 'passkey' ? 'loa2' : 'loa1';
}

/** Of an authenticator that works, what decides on its level. */
export type Means = Pick<Authenticator, 'kind' | 'backupEligible'>;

/** What an authenticator can prove in a session that began so; `loa1` is no proof at all. */
export function levelOf({ kind, backupEligible }: Means, beganBy: SessionOrigin): Level {
  switch (kind) {
    case 'passkey':
      return passkeyLevel(backupEligible === true);
    case 'totp':
      return totpLevel(beganBy);
    case 'recovery-codes':
      return 'loa1';
  }
}

/** Ways in for somebody who lost what they would have to show. */
const RECOVERIES: readonly SessionOrigin[] = ['recovery-code', 'admin-sign-in'];

/**
 * The highest level that somebody can be asked to prove with any of these. Who came in by a way that is there for lost
 * authenticators is asked for none of them.
 */
export function reachOf(means: readonly Means[], beganBy: SessionOrigin): Level {
  if (RECOVERIES.includes(beganBy)) return 'loa1';
  return means
    .map((one) => levelOf(one, beganBy))
    .reduce((best, level) => (reaches(level, best) ? level : best), 'loa1');
}

/** How long after it began a session without any proof may enrol somebody's first authenticator. */
export const FIRST_ENROLMENT_SECONDS = 15 * MINUTE_SECONDS;
/** How fresh a proof must be to change what counts as one. */
export const CHANGE_PROOF_SECONDS = 10 * MINUTE_SECONDS;

/** The session that wants to change its owner's authenticators. */
export interface ChangingSession {
  readonly authenticatedAt: Date;
  readonly proofs: Proofs;
}

/**
 * Whoever has an authenticator shows it before they add or remove one; whoever has none does so right after signing in.
 * The policy asks for the proof first; this holds whatever the policy says.
 *
 * @param reach the highest level that the person's authenticators prove in this session
 * @throws CustodyError `presence_required`, `sign_in_too_old`
 */
export function requirePresence({ authenticatedAt, proofs }: ChangingSession, reach: Level, at: Date): void {
  if (reach === 'loa1') {
    if (!isFresh(authenticatedAt, FIRST_ENROLMENT_SECONDS, at))
      throw new CustodyError(
        'sign_in_too_old',
        'Sign in again, then do this within 15 minutes: you have no authenticator yet that could say it is you.',
      );
    return;
  }
  const proved = (Object.entries(proofs) as [ProvedLevel, Date][]).some(
    ([level, provedAt]) => reaches(level, 'loa2') && isFresh(provedAt, CHANGE_PROOF_SECONDS, at),
  );
  if (!proved)
    throw new CustodyError(
      'presence_required',
      'Show one of your authenticators first, then do this within 10 minutes.',
      {
        details: { acrValues: 'loa2', maxAgeSeconds: CHANGE_PROOF_SECONDS },
      },
    );
}

function isFresh(since: Date, seconds: number, at: Date): boolean {
  const age = at.getTime() - since.getTime();
  return age < seconds * 1000 && age >= -MINUTE_SECONDS * 1000;
}

/**
 * Whether its owner came without it, by something that was carried to them, in the session in which it is taken away
 * again: they are left as they came, and know the way.
 */
export function cameWithout(
  { createdAt }: Authenticator,
  session: { readonly beganBy: SessionOrigin; readonly startedAt: Date } | undefined,
): boolean {
  const carried = session?.beganBy === 'token' || session?.beganBy === 'admin-sign-in';
  return carried && session !== undefined && createdAt >= session.startedAt;
}

/**
 * What would be left when one is taken away: not recovery codes alone, which would let nobody in for good, and not
 * nothing for an administrator.
 *
 * @throws CustodyError `last_authenticator`
 */
export function requireRemainder(rest: readonly Authenticator[], removed: Authenticator, administrator: boolean): void {
  if (removed.kind === 'recovery-codes' || removed.confirmedAt === null) return;
  const usable = rest.filter(({ kind, confirmedAt }) => kind !== 'recovery-codes' && confirmedAt !== null);
  if (usable.length > 0) return;
  if (administrator || rest.some(({ kind }) => kind === 'recovery-codes'))
    throw new CustodyError(
      'last_authenticator',
      'Enrol another passkey or code generator first: this is the last one that lets you in.',
    );
}

const MAX_AUTHENTICATORS = 20;

/** @throws CustodyError `authenticators_full` */
export function requireRoom(enrolled: readonly Authenticator[]): void {
  if (enrolled.length >= MAX_AUTHENTICATORS)
    throw new CustodyError('authenticators_full', 'Remove an authenticator first; this is as many as one person has.');
}

/** @throws CustodyError `own_reset`, `person_departed` */
export function requireResettable(person: Person, by: Id<'person'> | null): void {
  if (!isHere(person))
    throw new CustodyError('person_departed', 'This person has left; invite them again to work with them.');
  if (person.id === by)
    throw new CustodyError(
      'own_reset',
      'Ask another administrator to do this; where there is none, run `muster admin sign-in` on the server’s machine.',
    );
}
