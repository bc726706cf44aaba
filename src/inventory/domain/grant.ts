import { addSeconds, DAY_SECONDS, type Id, type Role } from '../../kernel/index.js';
import { InventoryError } from './errors.js';
import { type Custody, isCustodianOf, type Party } from './identity.js';

/** Days without use after which a grant counts as unused, unless the caller asks for another number. */
export const UNUSED_AFTER_DAYS = 90;

/** An identity with more is not one identity. It also lets every grant fit one page. */
export const MAX_GRANTS = 200;

/** One role or scope that an identity holds on one target. Only a verified one counts. */
export interface Grant {
  readonly id: Id<'grant'>;
  readonly identityId: Id<'identity'>;
  /** The system it is valid on, for example an audience. */
  readonly target: string;
  /** The role or scope there. */
  readonly scope: string;
  readonly purpose: string;
  /** Who verified it; before that, who is asked to, or null for any who may. */
  readonly verifierId: Id<'person'> | null;
  readonly verifiedAt: Date | null;
  readonly addedBy: string;
  readonly addedAt: Date;
  readonly removedBy: string | null;
  readonly removedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Somebody who confirms a grant: a person, never a program. */
export interface Verifier {
  readonly id: Id<'person'>;
  readonly roles: readonly Role[];
}

export type NewGrant = Pick<Grant, 'id' | 'identityId' | 'target' | 'scope' | 'purpose' | 'verifierId'>;

/**
 * @param held how many grants the identity holds already
 * @throws InventoryError `self_verification`, `grants_full`
 */
export function addGrant(grant: NewGrant, by: Party, held: number, at: Date): Grant {
  if (held >= MAX_GRANTS)
    throw new InventoryError('grants_full', `Remove unused grants first: an identity holds at most ${MAX_GRANTS}.`);
  refuseSelfVerification(by.name, grant.verifierId);
  return {
    ...grant,
    verifiedAt: null,
    addedBy: by.name,
    addedAt: at,
    removedBy: null,
    removedAt: null,
    lastUsedAt: null,
  };
}

/**
 * Confirms that an identity rightly holds a grant; doing it again renews the date.
 *
 * It is the one who was asked to, or, where nobody was named, a custodian of the identity or an administrator; never
 * whoever added it (separation of duties, NIST SP 800-53 AC-5).
 *
 * @throws InventoryError `self_verification`, `not_the_verifier`, `not_its_custodian`
 */
export function verifyGrant(grant: Grant, custody: Custody, by: Verifier, at: Date): Grant {
  refuseSelfVerification(grant.addedBy, by.id);
  const asked = grant.verifierId !== null && grant.verifiedAt === null;
  if (asked && grant.verifierId !== by.id)
    throw new InventoryError('not_the_verifier', 'Somebody else was asked to verify this grant; ask them.');
  if (!asked && !by.roles.includes('administrator') && !isCustodianOf(custody, by.id))
    throw new InventoryError('not_its_custodian', 'Ask a custodian of this identity, or an administrator.');
  return { ...grant, verifierId: by.id, verifiedAt: at };
}

export function removeGrant(grant: Grant, by: Party, at: Date): Grant {
  return { ...grant, removedBy: by.name, removedAt: at };
}

/** Whether a grant was not used for so many days; one that was never used counts from the day it was added. */
export function isUnused(grant: Grant, unusedAfterDays: number, at: Date): boolean {
  return at >= addSeconds(grant.lastUsedAt ?? grant.addedAt, unusedAfterDays * DAY_SECONDS);
}

/** The smaller set that use would have been enough for: what to keep, and what to remove. */
export function rightSized(
  grants: readonly Grant[],
  unusedAfterDays: number,
  at: Date,
): { readonly keep: readonly Id<'grant'>[]; readonly remove: readonly Id<'grant'>[] } {
  const unused = grants.filter((grant) => isUnused(grant, unusedAfterDays, at));
  return {
    keep: grants.filter((grant) => !unused.includes(grant)).map(({ id }) => id),
    remove: unused.map(({ id }) => id),
  };
}

function refuseSelfVerification(addedBy: string, verifierId: string | null): void {
  if (verifierId !== null && verifierId === addedBy)
    throw new InventoryError('self_verification', 'Have somebody else verify a grant that you add.');
}
