import type { Json } from '../../kernel/index.js';
import type { TargetAccount } from './account.js';
import type { Observation } from './adapter.js';
import type { Target } from './target.js';

/** A target as the audit log keeps it: without how to get in. */
export function targetImage(target: Target): Json {
  return {
    id: target.id,
    name: target.name,
    kind: target.kind,
    place: target.place,
    ca_certificates: target.caCertificates,
    private_network: target.privateNetwork && { ...target.privateNetwork },
    owner_id: target.ownerId,
    status: target.status,
    version: target.version,
    created_by: target.createdBy,
    created_at: target.createdAt.toISOString(),
    changed_at: target.changedAt.toISOString(),
  };
}

export function accountImage(account: TargetAccount): Json {
  return {
    id: account.id,
    target_id: account.targetId,
    identity_id: account.identityId,
    account: account.account,
    added_by: account.addedBy,
    added_at: account.addedAt.toISOString(),
    removed_by: account.removedBy,
    removed_at: account.removedAt?.toISOString() ?? null,
  };
}

export function observationImage({ observedAt, ...seen }: Observation): { readonly [key: string]: Json } {
  return {
    ...seen,
    memberships: [...seen.memberships],
    privileges: [...seen.privileges],
    observedAt: observedAt.toISOString(),
  };
}
