import type { Id, Json } from '../../kernel/index.js';
import { type Identity, type Party } from './identity.js';

/** What somebody else must agree to. */
export const ACTIVATE = 'identity.activate';
export const CHANGE = 'identity.change';

/**
 * The answer to "has somebody else agreed to exactly this?": with `granted` the approval is spent; `waiting` and `denied`
 * name the one that stands in the way.
 */
export type Consent =
  | { readonly kind: 'granted'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'waiting'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'denied'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'none' };

/**
 * Whether an identity must not work before somebody else agreed: it is privileged, or it enters orders
 * (SEC rule 15c3-5(c)(2)(iii)).
 */
export function needsConsent(identity: Pick<Identity, 'privileged' | 'dataClasses'>): boolean {
  return identity.privileged || identity.dataClasses.includes('order-entry');
}

/** Whether a change gives an identity what it could not have been registered with unapproved. */
export function raises(before: Identity, after: Identity): boolean {
  const newlyPrivileged = after.privileged && !before.privileged;
  const newlyOrders = after.dataClasses.includes('order-entry') && !before.dataClasses.includes('order-entry');
  return newlyPrivileged || newlyOrders;
}

/** Everything an approver agrees to: whatever of it changes afterwards needs a new approval. */
export function consentPayload(action: string, identity: Identity): Json {
  return {
    action,
    id: identity.id,
    spiffeId: identity.spiffeId,
    name: identity.name,
    kind: identity.kind,
    environment: identity.environment,
    teamId: identity.teamId,
    purpose: identity.purpose,
    criticality: identity.criticality,
    dataClasses: identity.dataClasses,
    privileged: identity.privileged,
    supportExpiresAt: identity.supportExpiresAt?.toISOString() ?? null,
    primaryCustodianId: identity.primaryCustodianId,
    backupCustodianId: identity.backupCustodianId,
  };
}

/** What the approver reads. */
export function consentSummary(action: string, identity: Identity): string {
  const verb = action === ACTIVATE ? 'Activate' : 'Change';
  const what = identity.privileged ? `privileged ${identity.kind}` : identity.kind;
  const touches = identity.dataClasses.length > 0 ? `, touching ${identity.dataClasses.join(', ')}` : '';
  return `${verb} ${what} ${identity.name} in ${identity.environment}${touches}: ${identity.purpose}`;
}

/** The authors with one more, once each: they are remembered only while the identity waits. */
export function withAuthor(identity: Identity, by: Party): readonly string[] {
  if (identity.status !== 'pending' || identity.authors.includes(by.name)) return identity.authors;
  return [...identity.authors, by.name];
}
