import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import { withAuthor } from './consent.js';
import { InventoryError } from './errors.js';
import { type Custody, type Identity, isCustodianOf, type Party, revise } from './identity.js';

/** How long an identity may stay with one custodian after the other left, before its standing suffers. */
export const HANDOVER_SECONDS = 14 * DAY_SECONDS;

/** Why, and by whom, an identity is suspended whose last custodian left. */
export const NO_CUSTODIAN = 'no_custodian';
export const SUCCESSION = 'system:succession';

/** Who among the people named is live; asked of custodians' room beforehand. */
export type Live = ReadonlySet<Id<'person'>>;

/**
 * Whether somebody answers for the identity as INV-2 wants it: a live primary, and either another live backup or a
 * running hand-over clock. The database holds the same rule at commit, for changes that happen at the same time.
 */
export function isCustodyComplete(custody: Custody, live: Live): boolean {
  const { primaryCustodianId: primary, backupCustodianId: backup, handoverDueAt } = custody;
  if (primary === null || !live.has(primary)) return false;
  return backup === null ? handoverDueAt !== null : backup !== primary && live.has(backup);
}

/** @throws InventoryError `custodians_equal`, `custodian_not_live` */
export function checkCustodians(primary: Id<'person'> | null, backup: Id<'person'> | null, live: Live): void {
  if (backup !== null && primary === null)
    throw new InventoryError('custody_incomplete', 'Name a primary custodian before a backup.');
  if (primary !== null && primary === backup)
    throw new InventoryError(
      'custodians_equal',
      'Name somebody else as the backup: one person cannot back themself up.',
    );
  for (const custodian of [primary, backup])
    if (custodian !== null && !live.has(custodian))
      throw new InventoryError(
        'custodian_not_live',
        'Name custodians who have signed in and not left; see GET /v1/people?status=active.',
        { details: { personId: custodian } },
      );
}

/**
 * Names both custodians anew, which stops a running clock.
 *
 * A custodian hands over what is theirs; an administrator hands over anything.
 *
 * @returns the very argument when nothing differs, so that nothing is recorded
 * @throws InventoryError `identity_retired`, `not_its_custodian`, `custodians_equal`, `custodian_not_live`
 */
export function handOver(
  identity: Identity,
  by: Party,
  to: { readonly primaryCustodianId: Id<'person'>; readonly backupCustodianId: Id<'person'> },
  live: Live,
  at: Date,
): Identity {
  if (identity.status === 'retired')
    throw new InventoryError('identity_retired', 'A retired identity stays as it was; register a new one.');
  mustAnswerFor(identity, by, ['administrator']);
  checkCustodians(to.primaryCustodianId, to.backupCustodianId, live);
  const same =
    identity.primaryCustodianId === to.primaryCustodianId &&
    identity.backupCustodianId === to.backupCustodianId &&
    identity.handoverDueAt === null;
  if (same) return identity;
  const custody: Custody = { ...to, handoverDueAt: null, departedCustodianId: null };
  return revise(identity, { ...custody, authors: withAuthor(identity, by) }, at);
}

/**
 * What becomes of an identity when one of its custodians leaves (INV-3): the backup steps up, and a clock runs until a
 * new backup must have been named; when nobody is left, an active identity is suspended.
 *
 * @param live who is live besides the one who leaves
 * @returns the very argument when the person was not its custodian or it is retired
 */
export function custodianLeaves(identity: Identity, leaving: Id<'person'>, live: Live, at: Date): Identity {
  if (identity.status === 'retired' || !isCustodianOf(identity, leaving)) return identity;
  const other = identity.primaryCustodianId === leaving ? identity.backupCustodianId : identity.primaryCustodianId;
  if (other === null || !live.has(other)) return revise(identity, { ...NOBODY, ...stopped(identity) }, at);
  const custody: Custody = {
    primaryCustodianId: other,
    backupCustodianId: null,
    handoverDueAt: addSeconds(at, HANDOVER_SECONDS),
    departedCustodianId: leaving,
  };
  return revise(identity, custody, at);
}

/**
 * Whether somebody may act on this identity: by one of the roles that reach every identity, or as its custodian. The service
 * itself carries out what somebody decided who might; nobody can come as it.
 *
 * @throws InventoryError `not_its_custodian`
 */
export function mustAnswerFor(identity: Custody, by: Party, reaching: readonly Party['roles'][number][]): void {
  if (by.name.startsWith('system:')) return;
  if (by.roles.some((role) => reaching.includes(role))) return;
  if (!isCustodianOf(identity, by.name))
    throw new InventoryError('not_its_custodian', 'Ask a custodian of this identity, or an administrator.');
}

const NOBODY: Custody = {
  primaryCustodianId: null,
  backupCustodianId: null,
  handoverDueAt: null,
  departedCustodianId: null,
};

function stopped(identity: Identity): Partial<Identity> {
  return identity.status === 'active' ? { status: 'suspended', statusReason: NO_CUSTODIAN, statusBy: SUCCESSION } : {};
}
