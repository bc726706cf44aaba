import type { Id } from '../../kernel/index.js';
import { needsConsent, raises, withAuthor } from './consent.js';
import { checkCustodians, isCustodyComplete, type Live, mustAnswerFor } from './custody.js';
import { InventoryError } from './errors.js';
import {
  type Identity,
  type IdentityChange,
  type IdentityStatus,
  NOTHING_OWED,
  type Party,
  type Registration,
  revise,
  sortedClasses,
} from './identity.js';

/**
 * Registers an identity: active at once, unless it lacks custodians or somebody else must agree first.
 *
 * @throws InventoryError `custodians_equal`, `custodian_not_live`, `custody_incomplete`
 */
export function register(registration: Registration, by: Party, live: Live, at: Date): Identity {
  checkCustodians(registration.primaryCustodianId, registration.backupCustodianId, live);
  const asked = {
    ...registration,
    dataClasses: sortedClasses(registration.dataClasses),
    handoverDueAt: null,
    departedCustodianId: null,
  };
  const waits = needsConsent(asked) || !isCustodyComplete(asked, live);
  return {
    ...asked,
    status: waits ? 'pending' : 'active',
    statusReason: null,
    statusBy: by.name,
    requestedBy: by.name,
    authors: [by.name],
    approvalId: null,
    version: 1,
    createdAt: at,
    changedAt: at,
    ...NOTHING_OWED,
  };
}

/**
 * Whether a pending identity lacks nothing but, perhaps, an approval.
 *
 * @throws InventoryError `wrong_status`, `identity_retired`, `custody_incomplete`
 */
export function checkReady(identity: Identity, live: Live): void {
  mustBe(identity, 'pending', 'Only a pending identity is activated; a suspended one is resumed.');
  mustHaveCustodians(identity, live);
}

/**
 * Lets a pending identity work.
 *
 * @param approvalId the approval that was spent for it, where it needs one
 * @throws InventoryError as `checkReady`, `approval_required`
 */
export function activate(
  identity: Identity,
  by: Party,
  live: Live,
  approvalId: Id<'approval'> | null,
  at: Date,
): Identity {
  checkReady(identity, live);
  if (needsConsent(identity) && approvalId === null)
    throw new InventoryError('approval_required', 'Ask somebody else to approve it, then activate again.');
  return revise(identity, { status: 'active', statusReason: null, statusBy: by.name, approvalId }, at);
}

/**
 * Changes what is known of an identity. While it waits, whoever changes it becomes one of its authors.
 *
 * @param approvalId the approval that was spent for the change, where it raises privilege or adds order entry
 * @returns the very argument when nothing differs, so that nothing is recorded
 * @throws InventoryError `identity_retired`, `approval_required`
 */
export function change(
  identity: Identity,
  by: Party,
  wanted: IdentityChange,
  approvalId: Id<'approval'> | null,
  at: Date,
): Identity {
  const changed = preview(identity, wanted);
  if (changed === identity) return identity;
  if (identity.status === 'pending') return revise(changed, { authors: withAuthor(identity, by) }, at);
  if (!raises(identity, changed)) return revise(changed, {}, at);
  if (approvalId === null)
    throw new InventoryError('approval_required', 'Ask somebody else to approve the change, then send it again.');
  return revise(changed, { approvalId }, at);
}

/**
 * What a change would make of an identity, before anybody agreed to it.
 *
 * @returns the very argument when nothing differs
 * @throws InventoryError `identity_retired`
 */
export function preview(identity: Identity, wanted: IdentityChange): Identity {
  if (identity.status === 'retired')
    throw new InventoryError('identity_retired', 'A retired identity stays as it was; register a new one.');
  const changed: Identity = {
    ...identity,
    teamId: wanted.teamId ?? identity.teamId,
    purpose: wanted.purpose ?? identity.purpose,
    criticality: wanted.criticality ?? identity.criticality,
    dataClasses: wanted.dataClasses ? sortedClasses(wanted.dataClasses) : identity.dataClasses,
    privileged: wanted.privileged ?? identity.privileged,
    supportExpiresAt: wanted.supportExpiresAt === undefined ? identity.supportExpiresAt : wanted.supportExpiresAt,
  };
  const same =
    changed.teamId === identity.teamId &&
    changed.purpose === identity.purpose &&
    changed.criticality === identity.criticality &&
    changed.dataClasses.join() === identity.dataClasses.join() &&
    changed.privileged === identity.privileged &&
    changed.supportExpiresAt?.getTime() === identity.supportExpiresAt?.getTime();
  return same ? identity : changed;
}

/**
 * Stops an identity for now: no new credential, and none it holds is honoured by our enforcement points.
 *
 * Whoever runs or watches the estate may stop anything; a custodian stops what is theirs.
 *
 * @throws InventoryError `wrong_status`, `not_its_custodian`
 */
export function suspend(identity: Identity, by: Party, reason: string, at: Date): Identity {
  mustBe(identity, 'active', 'Only an active identity is suspended; a pending one can be retired.');
  mustAnswerFor(identity, by, ['administrator', 'analyst', 'platform-engineer']);
  return revise(identity, { status: 'suspended', statusReason: reason, statusBy: by.name }, at);
}

/** Who suspends what an access review decided against. */
export const REVIEWS = 'system:reviews';

/**
 * Stops an identity that it was decided against, also one that is suspended: from then on it is this that holds it.
 *
 * @returns the very argument when that is so already, or it is retired
 * @throws InventoryError `wrong_status` of one that never was active
 */
export function stop(identity: Identity, by: Party, reason: string, at: Date): Identity {
  if (identity.status === 'active') return suspend(identity, by, reason, at);
  if (identity.status === 'retired' || identity.statusBy === by.name) return identity;
  mustBe(identity, 'suspended', 'Only what was active once is stopped; a pending one can be retired.');
  return revise(identity, { statusReason: reason, statusBy: by.name }, at);
}

/**
 * Lets a suspended identity work again.
 *
 * An administrator lifts any suspension. A custodian of the identity lifts what they set themselves and what the system
 * set, never what an analyst or an administrator stopped, or a review decided: the one who is suspected does not clear the
 * suspicion.
 *
 * @throws InventoryError `wrong_status`, `not_its_custodian`, `not_yours_to_resume`, `custody_incomplete`
 */
export function resume(identity: Identity, by: Party, reason: string, live: Live, at: Date): Identity {
  mustBe(identity, 'suspended', 'Only a suspended identity is resumed.');
  mustAnswerFor(identity, by, ['administrator']);
  const { statusBy } = identity;
  const liftable = statusBy === by.name || (statusBy.startsWith('system:') && statusBy !== REVIEWS);
  if (!by.roles.includes('administrator') && !liftable)
    throw new InventoryError('not_yours_to_resume', 'Somebody else suspended it: ask an administrator to resume it.');
  mustHaveCustodians(identity, live);
  return revise(identity, { status: 'active', statusReason: reason, statusBy: by.name }, at);
}

/**
 * Ends an identity for good. Its name and SPIFFE id stay taken.
 *
 * @throws InventoryError `identity_retired`
 */
export function retire(identity: Identity, by: Party, reason: string, at: Date): Identity {
  if (identity.status === 'retired')
    throw new InventoryError('identity_retired', 'It is retired already; nothing remains to be done.');
  return revise(identity, { status: 'retired', statusReason: reason, statusBy: by.name }, at);
}

function mustBe(identity: Identity, status: IdentityStatus, message: string): void {
  if (identity.status === 'retired')
    throw new InventoryError('identity_retired', 'A retired identity stays as it was; register a new one.');
  if (identity.status !== status)
    throw new InventoryError('wrong_status', message, { details: { identityStatus: identity.status } });
}

function mustHaveCustodians(identity: Identity, live: Live): void {
  if (!isCustodyComplete(identity, live))
    throw new InventoryError('custody_incomplete', 'Name a live primary and another live backup by a hand-over first.');
}
